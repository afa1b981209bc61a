/** A ready worker that may keep but few workflows in memory. */
import { randomUUID } from 'node:crypto';
import { freePort } from '../../dev/free-port';
import { FakeZendesk } from '../../src/testing';
import { eventually } from '../support/eventually';
import { spawnWorker, startWorker, type WorkerProcess } from '../support/processes';
import { address, connect, type ServerConnections } from '../support/server';

const WAITS = 6;
const KEPT = 2;

let zendesk: FakeZendesk;
let connections: ServerConnections;
let worker: WorkerProcess | undefined;

beforeAll(async () => {
  zendesk = await FakeZendesk.start({ jobDefaults: { queuedFor: 0, endsAs: 'never' } });
  connections = await connect();
});

afterAll(async () => {
  await worker?.stop('SIGKILL');
  await connections?.close();
  await zendesk?.stop();
});

const env = (settings: Record<string, string>) => ({
  TEMPORAL_ADDRESS: address(),
  ZENDESK_BASE_URL: zendesk.origin,
  ...settings,
});

test('keeps no more of them than it may, and all of their waits end', async () => {
  const taskQueue = `workflow-cache-${randomUUID()}`;
  const metricsAddress = `127.0.0.1:${await freePort()}`;
  worker = await startWorker(
    env({
      TEMPORAL_TASK_QUEUE: taskQueue,
      METRICS_ADDRESS: metricsAddress,
      TEMPORAL_MAX_CACHED_WORKFLOWS: String(KEPT),
    }),
  );
  const jobIds = Array.from({ length: WAITS }, () => zendesk.addJob({ total: 1 }));
  const handles = await Promise.all(
    jobIds.map((jobId) =>
      connections.client.workflow.start('awaitZendeskJob', { workflowId: jobId, taskQueue, args: [{ jobId }] }),
    ),
  );
  const looked = (jobId: string) => zendesk.requests.some(({ path }) => path.includes(jobId));
  await eventually('a look at each job', () => jobIds.every(looked));

  const metrics = await (await fetch(`http://${metricsAddress}/metrics`)).text();
  const kept = Number(/^temporal_sticky_cache_size\{.*\} (\d+)$/m.exec(metrics)?.[1]);
  expect(kept).toBeGreaterThan(0);
  expect(kept).toBeLessThanOrEqual(KEPT);

  for (const jobId of jobIds) zendesk.finishJob(jobId);
  const outcomes = await Promise.all(handles.map((handle) => handle.result()));
  expect(outcomes).toMatchObject(jobIds.map((jobId) => ({ jobId, status: 'completed' })));
});

test('does not start with a number that is none, and says what is expected', async () => {
  const refused = spawnWorker(env({ TEMPORAL_MAX_CACHED_WORKFLOWS: 'some' }));
  expect(await refused.exited).toBe(1);
  expect(refused.output()).toContain('TEMPORAL_MAX_CACHED_WORKFLOWS: expected a whole number from 1');
});
