/** Workflows that are started while no worker polls their task queue. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { FakeZendesk } from '../../src/testing';
import { connect, uniqueTaskQueue, type ServerConnections } from '../support/server';
import { failureOf, startSuite, type Suite } from '../support/suite';

const TIMEOUT_MS = 3_000;

let zendesk: FakeZendesk;
let server: ServerConnections;
let taskQueue: string;
let worker: Suite | undefined;

beforeAll(async () => {
  zendesk = await FakeZendesk.start({ jobDefaults: { queuedFor: 0 } });
  server = await connect();
});
beforeEach(() => (taskQueue = uniqueTaskQueue('late')));
afterEach(async () => {
  await worker?.stop();
  worker = undefined;
});
afterAll(async () => {
  await server.close();
  await zendesk.stop();
});

/** Starts a workflow, and a worker when its time is up. */
async function startLate(type: string, input: object, timeout: number = TIMEOUT_MS): Promise<WorkflowHandle> {
  const workflowId = `${type}-${taskQueue}`;
  const handle = await server.client.workflow.start(type, { args: [{ ...input, timeout }], taskQueue, workflowId });
  const { startTime } = await handle.describe();
  while (Date.now() <= startTime.getTime() + TIMEOUT_MS) await sleep(100);
  worker = await startSuite({ accounts: { default: { baseUrl: zendesk.origin } }, taskQueue });
  return handle;
}

test('a wait whose time is up when a worker comes ends with one last poll', async () => {
  const jobId = zendesk.addJob({ total: 5, endsAs: 'never' });
  const failure = await failureOf(await startLate('awaitZendeskJob', { jobId }));
  expect(failure).toMatchObject({ type: 'ZendeskJobTimedOut', details: [{ jobId, polls: 1 }] });
});

test('a wait whose job has finished meanwhile returns its outcome nevertheless', async () => {
  const jobId = zendesk.addJob({ total: 5, duration: 0 });
  const handle = await startLate('awaitZendeskJob', { jobId });
  expect(await handle.result()).toMatchObject({ status: 'completed', succeeded: 5, polls: 1 });
});

test('a wait for many jobs ends in the same way', async () => {
  const jobIds = [zendesk.addJob({ total: 5, endsAs: 'never' }), zendesk.addJob({ total: 2, duration: 0 })];
  const handle = await startLate('awaitZendeskJobs', { jobIds });
  expect(await handle.result()).toMatchObject({
    outcomes: [{ status: 'timed_out', polls: 1 }, { status: 'completed' }],
  });
});

test.each([
  ['safe to repeat', 'users/create_or_update_many', { external_id: 'a', name: 'Ann' }],
  ['not safe to repeat', 'tickets/create_many', { subject: 'One' }],
])('a run whose time is up starts no job, if that is %s', async (_, operation, item) => {
  const before = zendesk.starts.length;
  const failure = await failureOf(await startLate('runZendeskJob', { operation, items: [item] }));
  expect(failure.type).toBe('ZendeskJobTimedOut');
  expect(zendesk.starts.length).toBe(before);
});

test('a bulk run whose time is up starts no job, and reports that everything remains', async () => {
  const before = zendesk.starts.length;
  const input = { operation: 'tickets/create_many', items: [{ subject: 'One' }] };
  const failure = await failureOf(await startLate('runZendeskBulk', input));
  expect(failure).toMatchObject({
    type: 'ZendeskJobTimedOut',
    message: expect.stringContaining('waiting: for a worker'),
    details: [{ remaining: { ranges: [], fromIndex: 0 } }],
  });
  expect(zendesk.starts.length).toBe(before);
});

test('a wait that still has time when a worker comes goes on', async () => {
  const jobId = zendesk.addJob({ total: 5, duration: 0 });
  const handle = await startLate('awaitZendeskJob', { jobId }, 600_000);
  expect(await handle.result()).toMatchObject({ status: 'completed' });
});
