import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import type { RunZendeskBulkResult, ZendeskBulkProgress } from '../../src/common/bulk-types';
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

describe('the helper of a bulk run', () => {
  const upsert = 'users/create_or_update_many';
  const users = (count: number, name: string) =>
    Array.from({ length: count }, (_, i) => ({ name, external_id: `${name}-${i}` }));

  test('runs it as a child workflow on another worker, and returns its result', async () => {
    const childId = `child-${own.taskQueue}`;
    const input = { operation: upsert, items: users(150, 'bulk') };
    const handle = await own.start('importAll', [input, ready.taskQueue, childId]);
    expect((await handle.result()) as RunZendeskBulkResult).toMatchObject({ total: 150, succeeded: 150, jobs: 2 });
    const child = own.client.workflow.getHandle(childId);
    expect(await child.query<ZendeskBulkProgress>('progress')).toMatchObject({ status: 'completed', progress: 150 });
  });

  test('throws the failure of the child itself, with its type and details', async () => {
    const start = (input: object, id: string) =>
      own.start('importAll', [input, ready.taskQueue, `${id}-${own.taskQueue}`]);
    const refused = await start({ operation: upsert }, 'refused');
    expect(await refused.result()).toMatch(/expected either items or a source/);
    const unknown = await start({ operation: upsert, items: users(1, 'x'), account: 'nobody' }, 'unknown');
    const failure = await failureOf(unknown);
    expect(failure).toMatchObject({ type: 'ZendeskAccountUnknown', nonRetryable: true });
    expect(failure.details).toMatchObject([{ account: 'nobody', operation: upsert, jobIds: [] }]);
  });

  test('is cancelled with its parent, and the child ends first', async () => {
    const childId = `cancelled-${own.taskQueue}`;
    const input = { operation: 'tickets/create_many', items: users(100, 'slow') };
    const { remove } = zendesk.injectFault({ kind: 'not-found', times: Infinity, match: { path: /job_statuses/ } });
    const handle = await own.start('importAll', [input, ready.taskQueue, childId]);
    const child = own.client.workflow.getHandle(childId);
    const progress = () => child.query<ZendeskBulkProgress>('progress').catch(() => undefined);
    await eventually('a job', async () => (await progress())?.jobIds.length === 1);
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow('cancelled');
    expect((await child.describe()).status.name).toBe('CANCELLED');
    remove();
  });
});
