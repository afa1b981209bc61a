/** The example of examples/encryption, as the ready worker and the CLI take it: what a Temporal server gets to see. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { FakeZendesk } from '../../src/testing';
import { runCli, startCli } from '../cli/support';
import { eventually } from '../support/eventually';
import { spawnWorker, startWorker, type WorkerProcess } from '../support/processes';
import { address, connect, type ServerConnections } from '../support/server';
import { startSuite } from '../support/suite';

const { History } = temporal.api.history.v1;

const KEYS = { first: randomBytes(32).toString('base64'), second: randomBytes(32).toString('base64') };
const keyring = (current: string, ...ids: (keyof typeof KEYS)[]) =>
  JSON.stringify({ current, keys: Object.fromEntries(ids.map((id) => [id, KEYS[id]])) });
const FIRST = keyring('first', 'first');

const USERS = [
  { name: 'Zaphod Beeblebrox', email: 'zaphod@heart-of-gold.example', external_id: 'crm-4711' },
  { name: 'Marvin', email: 'marvin@heart-of-gold.example', external_id: 'crm-4712' },
];
const REASON = 'Email: marvin@heart-of-gold.example is already being used';
/** Of what was sent, of its results, and of what Zendesk says when it refuses. */
const PRIVATE = ['Zaphod', 'heart-of-gold', 'crm-471', 'already being used', 'UserUpdateFailed', 'Vogons'];

let zendesk: FakeZendesk;
let connections: ServerConnections;
/** Sees what is on the server, as it is. */
let plain: Client;
let folder: string;
let records: string;

beforeAll(async () => {
  zendesk = await FakeZendesk.start({
    jobDefaults: { queuedFor: 0, duration: 500 },
    onRecord: ({ name }) => (name === 'Marvin' ? { error: 'UserUpdateFailed', details: REASON } : undefined),
  });
  connections = await connect();
  plain = connections.client;
  folder = await mkdtemp(path.join(tmpdir(), 'encryption-'));
  records = await write('users.json', JSON.stringify(USERS));
});

afterEach(() => zendesk.clearFaults());

afterAll(async () => {
  await connections.close();
  await zendesk.stop();
  await rm(folder, { recursive: true });
});

async function write(name: string, text: string): Promise<string> {
  await writeFile(path.join(folder, name), text);
  return path.join(folder, name);
}

async function environment(keys: string): Promise<Record<string, string>> {
  return {
    TEMPORAL_ADDRESS: address(),
    TEMPORAL_TASK_QUEUE: `encryption-${randomUUID()}`,
    ZENDESK_BASE_URL: zendesk.origin,
    ZENDESK_EXTENSIONS: './examples/encryption/extension.ts',
    NODE_OPTIONS: '--import tsx',
    ENCRYPTION_KEYS_FILE: await write(`${randomUUID()}.json`, keys),
  };
}

async function bytesOf(workflowId: string): Promise<Buffer> {
  return Buffer.from(History.encode(await plain.workflow.getHandle(workflowId).fetchHistory()).finish());
}

const privateIn = (bytes: Buffer) => PRIVATE.filter((text) => bytes.includes(text));

test('without encryption a history has what is private', async () => {
  const suite = await startSuite({ accounts: { default: { baseUrl: zendesk.origin } } });
  const handle = await suite.start('runZendeskJob', [{ operation: 'users/create_or_update_many', items: USERS }]);
  await handle.result();
  await suite.stop();
  expect(privateIn(await bytesOf(handle.workflowId))).toEqual(PRIVATE.filter((text) => text !== 'Vogons'));
});

test('a worker that cannot read its keys says so, and ends', async () => {
  const worker = spawnWorker(await environment('{}'));
  expect(await worker.exited).toBe(1);
  const line = /^Worker cannot run: ZENDESK_EXTENSIONS .* cannot be loaded: ENCRYPTION_KEYS_FILE .*: expected .*$/m;
  expect(worker.output()).toMatch(line);
});

describe('from the CLI to the worker and back, the server sees no record, result or reason', () => {
  let env: Record<string, string>;
  let worker: WorkerProcess;
  const runId = `encryption-${randomUUID()}`;
  const run = async (workflowId: string) =>
    await runCli(['run', 'users/create_or_update_many', records, '--workflow-id', workflowId, '--json'], env);

  beforeAll(async () => {
    env = await environment(FIRST);
    worker = await startWorker(env);
  });
  afterAll(() => worker.stop('SIGTERM'));

  test('of a run', async () => {
    expect(worker.output()).toContain('a data converter');
    const { code, stdout } = await run(runId);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      succeeded: 1,
      failed: 1,
      results: [{ externalId: 'crm-4711' }, { error: 'UserUpdateFailed', details: REASON }],
    });
    expect(privateIn(await bytesOf(runId))).toEqual([]);
  });

  test('of a bulk run', async () => {
    const lines = await write('users.ndjson', USERS.map((user) => JSON.stringify(user)).join('\n'));
    const { code, stdout, stderr } = await runCli(['import', 'users/create_or_update_many', lines], env);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('1 succeeded, 1 failed') });
    const [, workflowId] = /Running in workflow (\S+)/.exec(stderr)!;
    const bytes = await bytesOf(workflowId!);
    expect([...privateIn(bytes), bytes.includes(folder)]).toEqual([false]);
  });

  test('that fails', async () => {
    zendesk.injectFault({ kind: 'status', status: 403, body: { error: 'Forbidden', description: 'No Vogons here' } });
    const workflowId = `encryption-${randomUUID()}`;
    const { code, stdout } = await run(workflowId);
    expect({ code, stdout }).toEqual({ code: 8, stdout: expect.stringContaining('No Vogons here') });
    const bytes = await bytesOf(workflowId);
    expect(privateIn(bytes)).toEqual([]);
    // Callers of any language tell failures apart by their type, which stays as it is.
    for (const text of ['Encoded failure', 'ZendeskRequestRejected']) expect(bytes.includes(text)).toBe(true);
  });

  test('between two polls', async () => {
    const jobId = zendesk.addJob({ endsAs: 'never', total: 42, duration: 60_000 });
    const workflowId = `encryption-${randomUUID()}`;
    const waiting = startCli(['await', jobId, '--workflow-id', workflowId], env);
    const handle = plain.workflow.getHandle(workflowId);
    await eventually('the progress', () => waiting.stderr().includes('of 42'));
    const failure = await eventually('what the last poll says', async () => {
      const { raw } = await handle.describe();
      return raw.pendingActivities?.[0]?.lastFailure;
    });
    await handle.terminate();
    await waiting.ended;
    expect(failure).toMatchObject({ message: 'Encoded failure', stackTrace: '' });
    expect(JSON.stringify(failure)).toContain('ZendeskJobPending');
    expect((await bytesOf(workflowId)).includes(jobId)).toBe(false);
  });

  test.each([
    ['with the keys of before and after a rotation', keyring('second', 'first', 'second'), {}, 0, REASON],
    ['not with another key', keyring('second', 'second'), {}, 1, 'key "first", which is not among the keys'],
    ['not without the extension', FIRST, { ZENDESK_EXTENSIONS: '' }, 2, 'set ZENDESK_EXTENSIONS as for the worker'],
  ])('and the run is read %s', async (_, keys, more, code, words) => {
    const run = await runCli(['watch', runId, '--json'], { ...(await environment(keys)), ...more });
    expect({ ...run, stdout: JSON.parse(run.stdout) as object }).toMatchObject({ code, stderr: '' });
    expect(JSON.stringify(JSON.parse(run.stdout))).toContain(JSON.stringify(words).slice(1, -1));
  });
});
