import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { startTemporalServer } from '../../dev/temporal-server';
import type { AwaitZendeskJobInput } from '../../src/common/types';
import { FakeZendesk } from '../../src/testing';
import { spawnWorker, Workers, type WorkerProcess } from '../support/processes';
import { address, connect, type ServerConnections } from '../support/server';
import { eventually } from '../support/eventually';
import { SECRET_TOKEN } from '../support/suite';

let zendesk: FakeZendesk;
let connections: ServerConnections;
let client: Client;
let taskQueue: string;
const workers = new Workers();

beforeAll(async () => {
  zendesk = await FakeZendesk.start({ auth: { oauthTokens: [SECRET_TOKEN] }, jobDefaults: { queuedFor: 0 } });
  connections = await connect();
  ({ client } = connections);
});

beforeEach(() => {
  taskQueue = `durability-${randomUUID()}`;
});

afterEach(async () => {
  zendesk.clearFaults();
  await workers.kill();
});

afterAll(async () => {
  await connections.close();
  await zendesk.stop();
});

const workerEnv = (temporal = address()) => ({
  TEMPORAL_ADDRESS: temporal,
  TEMPORAL_TASK_QUEUE: taskQueue,
  ZENDESK_BASE_URL: zendesk.origin,
  ZENDESK_OAUTH_TOKEN: SECRET_TOKEN,
});

const worker = (temporal?: string): Promise<WorkerProcess> => workers.start(workerEnv(temporal));

const awaitJob = (input: AwaitZendeskJobInput, via = client) =>
  via.workflow.start('awaitZendeskJob', { workflowId: `wait-${randomUUID()}`, taskQueue, args: [input] });

const polled = (jobId: string) => eventually('a poll', () => zendesk.requests.some(({ path }) => path.includes(jobId)));

test('a worker is killed between two polls: another one finishes the wait', async () => {
  const first = await worker();
  const jobId = zendesk.addJob({ total: 10, duration: 4000 });
  const handle = await awaitJob({ jobId });
  await polled(jobId);
  await first.stop('SIGKILL');
  await worker();
  expect(await handle.result()).toMatchObject({ status: 'completed', succeeded: 10 });
});

test('a worker is killed in mid-poll: another one finishes the wait', async () => {
  const first = await worker();
  const jobId = zendesk.addJob({ total: 10, duration: 2000 });
  zendesk.injectFault({ kind: 'hang', match: { path: new RegExp(jobId) } });
  const handle = await awaitJob({ jobId });
  await polled(jobId);
  await first.stop('SIGKILL');
  await worker();
  // The server learns of the death from the poll's timeout, 15 s.
  expect(await handle.result()).toMatchObject({ status: 'completed', succeeded: 10 });
});

test('SIGTERM drains: the poll under way is handed over, the process ends with 0, nothing fails', async () => {
  const first = await worker();
  const jobId = zendesk.addJob({ total: 10, duration: 2000 });
  zendesk.injectFault({ kind: 'slow', delay: 1500, match: { path: new RegExp(jobId) } });
  const handle = await awaitJob({ jobId });
  await polled(jobId);
  expect(await first.stop('SIGTERM')).toBe(0);
  expect(first.output()).toContain('Worker stopped');
  await worker();
  expect(await handle.result()).toMatchObject({ status: 'completed', succeeded: 10 });
});

test('SIGTERM while Zendesk hangs: the poll is given up and made again elsewhere, the wait goes on', async () => {
  const first = await worker();
  const jobId = zendesk.addJob({ total: 10, duration: 0 });
  zendesk.injectFault({ kind: 'hang', match: { path: new RegExp(jobId) } });
  const handle = await awaitJob({ jobId });
  await polled(jobId);
  expect(await first.stop('SIGTERM')).toBe(0);
  await worker();
  expect(await handle.result()).toMatchObject({ status: 'completed', succeeded: 10 });
});

test('the server restarts on its database in mid-wait', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'temporal-'));
  const dbFilename = path.join(folder, 'temporal.db');
  let server = await startTemporalServer({ own: true, dbFilename });
  const port = Number(server.address.split(':').at(-1));
  try {
    let own = await Connection.connect({ address: server.address });
    await worker(server.address);
    const jobId = zendesk.addJob({ total: 10, duration: 5000 });
    const { workflowId } = await awaitJob({ jobId }, new Client({ connection: own }));
    await polled(jobId);
    await own.close();
    await server.stop();

    server = await startTemporalServer({ own: true, dbFilename, port });
    own = await Connection.connect({ address: server.address });
    const outcome: unknown = await new Client({ connection: own }).workflow.getHandle(workflowId).result();
    expect(outcome).toMatchObject({ status: 'completed', succeeded: 10 });
    await own.close();
  } finally {
    await workers.kill();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
});

describe('a worker that cannot start exits with 1 and one clear line', () => {
  test.each<[string, Record<string, string>, RegExp]>([
    ['without an account', { ZENDESK_BASE_URL: '', ZENDESK_OAUTH_TOKEN: '' }, /ZENDESK_SUBDOMAIN/],
    ['with half of its credentials', { ZENDESK_OAUTH_TOKEN: '', ZENDESK_EMAIL: 'a@example.com' }, /ZENDESK_API_TOKEN/],
    ['with plain http to another host', { ZENDESK_BASE_URL: 'http://example.com' }, /https/],
    ['without a Temporal server', { TEMPORAL_ADDRESS: '127.0.0.1:1' }, /127\.0\.0\.1:1/],
    [
      'with an accounts file that is not there',
      { ZENDESK_ACCOUNTS_FILE: '/nowhere.json', ZENDESK_BASE_URL: '', ZENDESK_OAUTH_TOKEN: '' },
      /nowhere\.json/,
    ],
  ])('%s', async (_, env, line) => {
    const failing = spawnWorker({ ...workerEnv(), ...env });
    expect(await failing.exited).toBe(1);
    const said = failing
      .output()
      .split('\n')
      .filter((text) => text.startsWith('Worker cannot run'));
    expect(said).toEqual([expect.stringMatching(line)]);
    expect(failing.output()).not.toContain(SECRET_TOKEN);
    expect(failing.output()).not.toMatch(/\n\s+at /);
  });
});
