import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import type { ZendeskJobProgress } from '../../src/common/types';
import { FakeZendesk } from '../../src/testing';
import { eventually, startSuite, type Suite } from '../support/suite';

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
