/** A bulk run whose worker is killed every few seconds, with failing records and faulty answers: what Zendesk has against the result. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BulkRow } from '../../src/common/bulk';
import type { RunZendeskBulkResult } from '../../src/common/types';
import { FakeZendesk } from '../../src/testing';
import { Workers } from '../support/processes';
import { address, connect, type ServerConnections } from '../support/server';
import { eventually } from '../support/suite';

const RECORDS = 5_000;
const STARTED = 2; // PENDING_ACTIVITY_STATE_STARTED
let connections: ServerConnections;
let zendesk: FakeZendesk;
let folder: string;
const workers = new Workers();

beforeAll(async () => {
  connections = await connect();
  folder = await mkdtemp(path.join(tmpdir(), 'killed-bulk-'));
});

beforeEach(async () => {
  zendesk = await FakeZendesk.start({
    jobDefaults: { queuedFor: 0, duration: 4_000 },
    onRecord: (record) =>
      String(record['subject']).endsWith('7') ? { error: 'TicketCreateFailed', details: 'no' } : undefined,
  });
});

afterEach(async () => {
  await workers.kill();
  await zendesk.stop();
});

afterAll(async () => {
  await rm(folder, { recursive: true });
  await connections.close();
});

test('every record ends as done, failed or uncertain; none is made twice, and the rows are those of the result', async () => {
  const source = path.join(folder, 'tickets.ndjson');
  const sink = path.join(folder, 'rows.ndjson');
  const subjects = Array.from({ length: RECORDS }, (_, i) => `Ticket ${i}`);
  await writeFile(source, subjects.map((subject) => `${JSON.stringify({ subject })}\n`).join(''));
  // One in a hundred polls fails in one way or another.
  for (const kind of ['reset', 'html', 'unavailable'] as const) {
    let count = 0;
    zendesk.injectFault({ kind, times: Infinity, match: ({ method }) => method === 'GET' && ++count % 100 === 33 });
  }
  const env = {
    TEMPORAL_ADDRESS: address(),
    TEMPORAL_TASK_QUEUE: `killed-bulk-${randomUUID()}`,
    ZENDESK_BASE_URL: zendesk.origin,
  };
  await workers.start(env);
  const handle = await connections.client.workflow.start('runZendeskBulk', {
    workflowId: `bulk-${randomUUID()}`,
    taskQueue: env.TEMPORAL_TASK_QUEUE,
    args: [
      {
        operation: 'tickets/create_many',
        source: { name: 'ndjson', args: { path: source } },
        sink: { name: 'ndjson', args: { path: sink } },
        batchesPerRun: 20,
      },
    ],
  });
  let ended = false;
  const result = (handle.result() as Promise<RunZendeskBulkResult>).finally(() => (ended = true));
  for (let kills = 0; kills < 3 && !ended; kills++) {
    await Promise.race([result, new Promise((resolve) => setTimeout(resolve, 3_000))]);
    await workers.kill();
    await workers.start(env);
  }

  const { total, succeeded, failed, uncertain } = await result;
  const unknown = uncertain.flatMap(({ firstIndex, count }) => subjects.slice(firstIndex, firstIndex + count));
  expect({ total, sum: succeeded + failed + unknown.length }).toEqual({ total: RECORDS, sum: RECORDS });

  const made = zendesk.starts.flatMap(({ records }) => records.map(({ subject }) => String(subject)));
  expect(new Set(made).size).toBe(made.length);
  const known = new Set(made);
  const rows = (await readFile(sink, 'utf8')).trimEnd().split('\n');
  const written = rows.map((row) => JSON.parse(row) as BulkRow);
  expect(written.map(({ index }) => index)).toEqual(
    subjects.flatMap((subject, index) => (unknown.includes(subject) ? [] : [index])),
  );
  for (const { index, ok } of written) {
    expect([index, known.has(`Ticket ${index}`), ok]).toEqual([index, true, index % 10 !== 7]);
  }
  expect(zendesk.requests.filter(({ status }) => status === 429).length).toBeLessThanOrEqual(
    zendesk.starts.length / 10,
  );
}, 240_000);

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
