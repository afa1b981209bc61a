import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import type { ZendeskJobOutcome, ZendeskJobProgress } from '../../src/common/types';
import { FakeZendesk } from '../../src/testing';
import { eventually } from '../support/eventually';
import { failureOf, startSuite, type Suite } from '../support/suite';

let zendesk: FakeZendesk;
let ready: Suite;
let own: Suite;

beforeAll(async () => {
  zendesk = await FakeZendesk.start({ jobDefaults: { queuedFor: 0 } });
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath: path.resolve(__dirname, '../support/own-workflows.ts'),
    logger: new DefaultLogger('WARN'),
  });
  const accounts = { default: { baseUrl: zendesk.origin } };
  ready = await startSuite({ accounts });
  own = await startSuite({ accounts, worker: { workflowBundle, activities: {} } });
});

afterAll(async () => {
  await own.stop();
  await ready.stop();
  await zendesk.stop();
});

test("a helper polls on another worker's task queue, and its workflow can show progress and poll at once", async () => {
  const jobId = zendesk.addJob({ total: 10, duration: 60_000 });
  const handle = await own.start('importUsers', [jobId, ready.taskQueue]);
  const early = await eventually('a checkpoint', async () => {
    const progress = await handle.query<ZendeskJobProgress>('progress');
    return progress.status === 'working' ? progress : undefined;
  });
  expect(early).toMatchObject({ account: 'default', jobId, total: 10, polls: 1 });

  zendesk.finishJob(jobId);
  await handle.signal('pollNow');
  expect(await handle.result()).toMatchObject({ jobId, status: 'completed', succeeded: 10 });
  expect(await handle.query<ZendeskJobProgress>('progress')).toMatchObject({ status: 'completed', progress: 10 });
});

test('a helper starts its jobs and blocks on them, on another worker too', async () => {
  const upsert = (...ids: string[]) => ({
    operation: 'users/create_or_update_many',
    items: ids.map((id) => ({ name: 'Ann', external_id: id })),
  });
  const handle = await own.start('runInTurn', [[upsert('a', 'b'), upsert('c')], ready.taskQueue]);
  const [first, second] = (await handle.result()) as ZendeskJobOutcome[];
  expect(first).toMatchObject({ status: 'completed', results: [{ externalId: 'a' }, { externalId: 'b' }] });
  expect(second).toMatchObject({ status: 'completed', results: [{ externalId: 'c' }] });
  expect(zendesk.starts.map(({ jobId }) => jobId)).toEqual([first!.jobId, second!.jobId]);
});

test("a helper's failure is the parent's to catch: it has the type and the details of the workflow's", async () => {
  const handle = await own.start('runInTurn', [[{ operation: 'users/create_mny', items: [{}] }], ready.taskQueue]);
  const failure = await failureOf(handle);
  expect(failure).toMatchObject({ type: 'ZendeskInputInvalid', nonRetryable: true });
  expect(failure.message).toContain('did you mean users/create_many');
});
