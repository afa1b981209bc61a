/** Workers of bulk runs that are killed: nothing is lost, nothing is done twice. */
import { randomInt, randomUUID } from 'node:crypto';
import type { RunZendeskBulkResult } from '../../src/common/bulk-types';
import { FakeZendesk } from '../../src/testing';
import { soakBulk } from '../soak/bulk-soak';
import { Workers } from '../support/processes';
import { address, connect, type ServerConnections } from '../support/server';
import { eventually } from '../support/eventually';

const STARTED = 2; // PENDING_ACTIVITY_STATE_STARTED
let connections: ServerConnections;
let zendesk: FakeZendesk;
const workers = new Workers();

beforeAll(async () => {
  connections = await connect();
  zendesk = await FakeZendesk.start({ jobDefaults: { queuedFor: 0, duration: 1_000 } });
});

afterAll(async () => {
  await workers.kill();
  await zendesk.stop();
  await connections.close();
});

test('5,000 records with faults, killed workers and a server that restarts: none lost, none made twice', async () => {
  const seed = Number(process.env['SEED'] ?? randomInt(2 ** 31));
  console.info(`SEED=${seed}`);
  const report = await soakBulk({
    records: 5_000,
    seed,
    faulty: 0.05,
    killEvery: 3_000,
    kills: 3,
    vanishing: 2,
    restartServer: true,
    log: () => {},
  });
  expect(report.problems).toEqual([]);
  expect(report.kills).toBe(3);
  expect(report.vanished).toBeGreaterThan(0);
  expect(report.faultyAnswers).toBeGreaterThan(0);
  expect(report.refusedStarts).toBeLessThanOrEqual(report.starts / 10);
}, 300_000);

test('starts that wait for a slot when their worker is killed were not sent, and go out later, once', async () => {
  const strangers = Array.from({ length: 30 }, () => zendesk.addJob({ endsAs: 'never' }));
  const env = {
    TEMPORAL_ADDRESS: address(),
    TEMPORAL_TASK_QUEUE: `killed-bulk-${randomUUID()}`,
    ZENDESK_BASE_URL: zendesk.origin,
  };
  // An answer tells the worker that there is no slot; the next starts wait for one.
  const start = (items: object[]) =>
    connections.client.workflow.start('runZendeskBulk', {
      workflowId: `bulk-${randomUUID()}`,
      taskQueue: env.TEMPORAL_TASK_QUEUE,
      args: [{ operation: 'tickets/create_many', items }],
    });
  await workers.start(env);
  const first = await start([{ subject: 'first' }]);
  await eventually('a refusal', () => zendesk.requests.some(({ status }) => status === 429));
  const handle = await start(Array.from({ length: 450 }, (_, i) => ({ subject: `Ticket ${i}` })));
  await eventually('starts that wait', async () => {
    const { raw } = await handle.describe();
    return raw.pendingActivities?.filter(({ state }) => state === STARTED).length === 5;
  });
  await workers.kill();
  for (const jobId of strangers) zendesk.finishJob(jobId);
  await workers.start(env);

  const result = (await handle.result()) as RunZendeskBulkResult;
  expect(result).toMatchObject({ total: 450, jobs: 5, uncertain: [] });
  await first.result();
  expect(zendesk.starts.map(({ records }) => records.length).sort()).toEqual([1, 100, 100, 100, 100, 50].sort());
}, 240_000);
