/** The example of examples/data-sync on a PostgreSQL server, as a user's worker runs it: bundled against the built package. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { WorkflowFailedError } from '@temporalio/client';
import { ChildWorkflowFailure } from '@temporalio/common';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { Pool } from 'pg';
import { startPostgres, type PostgresServer } from '../../dev/postgres-server';
import { createSyncActivities } from '../../examples/data-sync/activities';
import { changedUsersSink, changedUsersSource } from '../../examples/data-sync/changed-users';
import { SCHEMA } from '../../examples/data-sync/schema';
import type { syncUsers } from '../../examples/data-sync/workflows';
import { createZendeskActivities } from '../../src/activities';
import type { BatchRound } from '../../src/common/bulk';
import { FakeZendesk, type FakeJobOptions } from '../../src/testing';
import { address } from '../support/server';
import { eventually } from '../support/eventually';
import { startSuite, type Suite } from '../support/suite';

const ROOT = path.resolve(__dirname, '../..');

let zendesk: FakeZendesk;
let suite: Suite;
let server: PostgresServer;
let database: Pool;
/** Jobs are taken for so much older than they are, in ms: a young one that Zendesk does not show would be looked for. */
let age = 0;
const jobDefaults: FakeJobOptions = { queuedFor: 0, duration: 300 };

afterEach(() => {
  jobDefaults.endsAs = 'completed';
});

beforeAll(async () => {
  server = await startPostgres();
  database = new Pool({ connectionString: server.url });
  await database.query(SCHEMA);
  await addUsers(1, 250);
  zendesk = await FakeZendesk.start({
    jobDefaults,
    onRecord: ({ email }) =>
      String(email).includes('@')
        ? undefined
        : { error: 'UserCreateError', details: 'Email: is not properly formatted' },
  });
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath: path.join(ROOT, 'examples/data-sync/workflows.ts'),
    logger: new DefaultLogger('WARN'),
  });
  const accounts = { default: { baseUrl: zendesk.origin } };
  const zendeskActivities = createZendeskActivities({
    accounts,
    sources: { 'changed-users': changedUsersSource(database) },
    sinks: { 'changed-users': changedUsersSink(database) },
  });
  const activities = {
    ...zendeskActivities,
    ...createSyncActivities(database),
    pollZendeskBatch: ({ round, ...input }: BatchRound) =>
      zendeskActivities.pollZendeskBatch({ ...input, round: round && { ...round, startedAt: round.startedAt - age } }),
  };
  suite = await startSuite({ accounts, worker: { workflowBundle, activities } });
}, 120_000);

afterEach(() => {
  zendesk.clearFaults();
  age = 0;
});

afterAll(async () => {
  await suite?.stop();
  await zendesk?.stop();
  await database?.end();
  await server?.stop();
});

const addUsers = (from: number, to: number) =>
  database.query(
    `INSERT INTO app_user (external_id, name, email)
     SELECT 'crm-' || i, 'User ' || i, 'user' || i || '@example.com' FROM generate_series($1::int, $2::int) AS i`,
    [from, to],
  );
const change = (set: string, ...externalIds: string[]) =>
  database.query(`UPDATE app_user SET ${set} WHERE external_id = ANY($1)`, [externalIds]);
const rowsOf = async (query: string) => (await database.query<Record<string, unknown>>(query)).rows;
const refused = () =>
  rowsOf('SELECT external_id, error, details FROM zendesk_user WHERE error IS NOT NULL ORDER BY external_id');
/** Users whose last change Zendesk neither has nor refused. */
const behind = async () =>
  (
    await rowsOf(
      `SELECT external_id FROM app_user LEFT JOIN zendesk_user USING (external_id, change_id)
       WHERE zendesk_user.external_id IS NULL ORDER BY external_id`,
    )
  ).map(({ external_id }) => external_id);

const startSync = () =>
  suite.client.workflow.start<typeof syncUsers>('syncUsers', {
    workflowId: `sync-${randomUUID()}`,
    taskQueue: suite.taskQueue,
    args: [{}],
  });
const sync = async () => await (await startSync()).result();
/** The external ids of each job that was started while `use` ran. */
async function sentBy(use: () => Promise<unknown>): Promise<unknown[][]> {
  const before = zendesk.starts.length;
  await use();
  return zendesk.starts.slice(before).map(({ records }) => records.map((record) => record['external_id']));
}

test('every changed user is sent once, a hundred a job, and what became of each is in the database', async () => {
  const wrong = ['crm-107', 'crm-250', 'crm-7'];
  await change(`email = 'nonsense'`, ...wrong);
  const jobs = await sentBy(async () => {
    const report = { users: 250, succeeded: 247, failed: 3, uncertain: 0, errors: { UserCreateError: 3 } };
    expect(await sync()).toEqual(report);
  });
  expect(jobs.map((sent) => sent.length).sort()).toEqual([100, 100, 50]);
  expect(new Set(jobs.flat()).size).toBe(250);
  const failure = { error: 'UserCreateError', details: 'Email: is not properly formatted' };
  expect(await refused()).toEqual(wrong.map((external_id) => ({ external_id, ...failure })));
  expect(await rowsOf('SELECT count(zendesk_id)::int AS known FROM zendesk_user')).toEqual([{ known: 247 }]);
  expect(await behind()).toEqual([]);
});

test('a sync without changes starts no job', async () => {
  expect(await sentBy(sync)).toEqual([]);
});

test('a user who was corrected is sent again, alone, and is refused no longer', async () => {
  await change(`email = 'right@example.com'`, 'crm-7');
  expect(await sentBy(sync)).toEqual([['crm-7']]);
  expect((await refused()).map(({ external_id }) => external_id)).toEqual(['crm-107', 'crm-250']);
});

test('a user who changes while the sync runs is sent as it was, and again by the next one', async () => {
  await change(`name = 'First'`, 'crm-8');
  const before = zendesk.starts.length;
  const handle = await startSync();
  await eventually('the start', () => zendesk.starts[before]);
  await change(`name = 'Second'`, 'crm-8');
  expect(await handle.result()).toMatchObject({ users: 1, succeeded: 1 });
  expect(await behind()).toEqual(['crm-8']);
  expect(await sync()).toMatchObject({ users: 1, succeeded: 1 });
  expect(zendesk.starts.slice(before).map(({ records }) => records[0]!['name'])).toEqual(['First', 'Second']);
  expect(await behind()).toEqual([]);
});

test('a rate limit holds the sync up and loses nothing', async () => {
  await change(`name = 'Renamed'`, 'crm-8');
  zendesk.injectFault({ kind: 'rate-limit', retryAfter: 1, match: { method: 'POST' } });
  expect(await sentBy(sync)).toEqual([['crm-8']]);
  expect(await behind()).toEqual([]);
});

test('a table that cannot be written for a moment holds the sync up and loses nothing', async () => {
  await change(`name = 'Twice renamed'`, 'crm-9');
  const before = zendesk.starts.length;
  const handle = await startSync();
  await eventually('the start', () => zendesk.starts[before]);
  await database.query('ALTER TABLE zendesk_user RENAME TO zendesk_user_away');
  await eventually('a refused row', async () => {
    const { raw } = await suite.client.workflow.getHandle(await childOf(handle.workflowId)).describe();
    return raw.pendingActivities?.some(({ lastFailure }) => lastFailure?.message?.includes('zendesk_user'));
  });
  await database.query('ALTER TABLE zendesk_user_away RENAME TO zendesk_user');
  expect(await handle.result()).toMatchObject({ users: 1, succeeded: 1 });
  expect(await behind()).toEqual([]);
});

test('the users whose jobs are killed are sent three times, are written down then, and are sent again when they change', async () => {
  await change(`name = 'Renamed'`, 'crm-8', 'crm-9');
  jobDefaults.endsAs = 'killed';
  const before = zendesk.starts.length;
  const report = { users: 2, succeeded: 0, failed: 2, uncertain: 0, errors: { ZendeskJobKilled: 2 } };
  expect(await sync()).toEqual(report);
  expect(zendesk.starts.length - before).toBe(3);
  jobDefaults.endsAs = 'completed';
  await change(`name = 'Renamed again'`, 'crm-8', 'crm-9');
  expect(await sync()).toMatchObject({ users: 2, succeeded: 2 });
  expect((await refused()).map(({ external_id }) => external_id)).toEqual(['crm-107', 'crm-250']);
});

test('the users of a job that Zendesk does not know any more are sent again at once, which an upsert bears', async () => {
  await change(`name = 'Renamed'`, 'crm-10');
  jobDefaults.endsAs = 'never';
  const before = zendesk.starts.length;
  const handle = await startSync();
  const { jobId } = await eventually('the start', () => zendesk.starts[before]);
  jobDefaults.endsAs = 'completed';
  zendesk.expireJob(jobId);
  age = 120_000;
  expect(await handle.result()).toMatchObject({ users: 1, succeeded: 1 });
  expect(zendesk.starts.length - before).toBe(2);
});

test('what Zendesk rejects ends the sync, and the next one begins with the same users', async () => {
  await change(`name = 'Renamed'`, 'crm-11');
  zendesk.injectFault({ kind: 'status', status: 403, match: { method: 'POST' } });
  const error = await sync().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(WorkflowFailedError);
  const { cause } = error as WorkflowFailedError;
  expect(cause).toBeInstanceOf(ChildWorkflowFailure);
  expect((cause as ChildWorkflowFailure).cause).toMatchObject({ type: 'ZendeskRequestRejected' });
  expect(await behind()).toEqual(['crm-11']);
  expect(await sentBy(sync)).toEqual([['crm-11']]);
});

test('the example runs as it is: its worker and its client', async () => {
  await change(`name = 'By the example'`, 'crm-12', 'crm-13');
  const env = {
    ...process.env,
    TEMPORAL_ADDRESS: address(),
    DATABASE_URL: server.url,
    ZENDESK_BASE_URL: zendesk.origin,
    ZENDESK_OAUTH_TOKEN: 'any',
  };
  const run = (file: string) =>
    spawn(process.execPath, ['--import', 'tsx', `examples/data-sync/${file}`], { cwd: ROOT, env });
  const worker = run('worker.ts');
  try {
    const client = run('client.ts');
    let output = '';
    for (const stream of [client.stdout, client.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await once(client, 'close');
    expect(JSON.parse(output)).toMatchObject({ users: 2, succeeded: 2 });
  } finally {
    worker.kill('SIGTERM');
    await once(worker, 'close');
  }
});

async function childOf(workflowId: string): Promise<string> {
  const history = await suite.client.workflow.getHandle(workflowId).fetchHistory();
  const started = history.events?.find((event) => event.childWorkflowExecutionStartedEventAttributes);
  return started!.childWorkflowExecutionStartedEventAttributes!.workflowExecution!.workflowId!;
}
