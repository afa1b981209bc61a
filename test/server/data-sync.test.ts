/** The example of examples/data-sync on an embedded PostgreSQL, as a user's worker runs it: bundled against the built package. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import { WorkflowFailedError } from '@temporalio/client';
import { ChildWorkflowFailure } from '@temporalio/common';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { createSyncActivities } from '../../examples/data-sync/activities';
import { openDemoDatabase } from '../../examples/data-sync/demo-database';
import type { syncUsers } from '../../examples/data-sync/workflows';
import { createZendeskActivities } from '../../src/activities';
import type { PollRound } from '../../src/common/polling';
import { FakeZendesk } from '../../src/testing';
import { eventually, startSuite, type Suite } from '../support/suite';

let zendesk: FakeZendesk;
let suite: Suite;
let database: PGlite;
/** Jobs are taken for so much older than they are, in ms: a young one that Zendesk does not show would be looked for. */
let age = 0;

beforeAll(async () => {
  database = await openDemoDatabase(250);
  zendesk = await FakeZendesk.start({
    jobDefaults: { queuedFor: 0, duration: 1000 },
    onRecord: ({ email }) =>
      String(email).includes('@')
        ? undefined
        : { error: 'UserCreateError', details: 'Email: is not properly formatted' },
  });
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath: path.resolve(__dirname, '../../examples/data-sync/workflows.ts'),
    logger: new DefaultLogger('WARN'),
  });
  const accounts = { default: { baseUrl: zendesk.origin } };
  const zendeskActivities = createZendeskActivities({ accounts });
  const activities = {
    ...zendeskActivities,
    ...createSyncActivities(database),
    pollZendeskJobs: (round: PollRound) =>
      zendeskActivities.pollZendeskJobs({ ...round, startedAt: round.startedAt - age }),
  };
  suite = await startSuite({ accounts, worker: { workflowBundle, activities } });
});

afterEach(() => {
  zendesk.clearFaults();
  age = 0;
});

afterAll(async () => {
  await suite.stop();
  await zendesk.stop();
  await database.close();
});

const startSync = () =>
  suite.client.workflow.start<typeof syncUsers>('syncUsers', {
    workflowId: `sync-${randomUUID()}`,
    taskQueue: suite.taskQueue,
    args: [{}],
  });
const sync = async () => await (await startSync()).result();
const rowsOf = async (query: string) => (await database.query<Record<string, unknown>>(query)).rows;
const failures = () => rowsOf('SELECT external_id, error, details FROM zendesk_failure ORDER BY external_id');
const change = (set: string, ...externalIds: string[]) =>
  database.query(`UPDATE app_user SET ${set} WHERE external_id = ANY($1)`, [externalIds]);
const behind = () =>
  rowsOf('SELECT external_id FROM app_user WHERE change_id > (SELECT change_id FROM zendesk_cursor) ORDER BY 1');
/** The external ids of each job that was started while `use` ran. */
async function sentBy(use: () => Promise<unknown>): Promise<unknown[][]> {
  const before = zendesk.starts.length;
  await use();
  return zendesk.starts.slice(before).map(({ records }) => records.map((record) => record['external_id']));
}

test('every changed user is sent once, a hundred a job, and the refused ones are written down by external id', async () => {
  const wrong = ['crm-7', 'crm-107', 'crm-250'];
  await change(`email = 'nonsense'`, ...wrong);
  const jobs = await sentBy(async () => {
    expect(await sync()).toEqual({ batches: 3, succeeded: 247, failed: 3 });
  });
  expect(jobs.map((sent) => sent.length)).toEqual([100, 100, 50]);
  expect(new Set(jobs.flat()).size).toBe(250);
  const failure = { error: 'UserCreateError', details: 'Email: is not properly formatted' };
  expect(await failures()).toEqual(wrong.sort().map((external_id) => ({ external_id, ...failure })));
  expect(await behind()).toEqual([]);
});

test('a sync without changes starts no job', async () => {
  expect(await sentBy(sync)).toEqual([]);
});

test('a user who was corrected is sent again, alone, and is off the list', async () => {
  await change(`email = 'right@example.com'`, 'crm-7');
  expect(await sentBy(sync)).toEqual([['crm-7']]);
  expect((await failures()).map(({ external_id }) => external_id)).toEqual(['crm-107', 'crm-250']);
});

test('a rate limit holds the sync up and loses nothing', async () => {
  await change(`name = 'Renamed'`, 'crm-8');
  zendesk.injectFault({ kind: 'rate-limit', retryAfter: 1, match: { method: 'POST' } });
  expect(await sentBy(sync)).toEqual([['crm-8']]);
  expect(await behind()).toEqual([]);
});

test.each([
  ['was killed', 'ZendeskJobKilled', (jobId: string) => zendesk.killJob(jobId)],
  [
    'is not known any more',
    'ZendeskJobLost',
    (jobId: string) => {
      zendesk.expireJob(jobId);
      age = 120_000;
    },
  ],
])('the users of a job that %s are written down, and can be sent again', async (_, error, end) => {
  await change(`name = 'Renamed'`, 'crm-8', 'crm-9');
  const before = zendesk.starts.length;
  const handle = await startSync();
  end((await eventually('the start', () => zendesk.starts[before])).jobId);
  expect(await handle.result()).toEqual({ batches: 1, succeeded: 0, failed: 2 });
  age = 0;
  const written = (await failures()).filter((failure) => failure['error'] === error);
  expect(written.map(({ external_id }) => external_id)).toEqual(['crm-8', 'crm-9']);

  await change(`name = 'Renamed again'`, 'crm-8', 'crm-9');
  expect(await sync()).toEqual({ batches: 1, succeeded: 2, failed: 0 });
  expect((await failures()).map(({ external_id }) => external_id)).toEqual(['crm-107', 'crm-250']);
});

test('what Zendesk rejects ends the sync, and the next one begins with the same users', async () => {
  await change(`name = 'Renamed'`, 'crm-11');
  zendesk.injectFault({ kind: 'status', status: 403, match: { method: 'POST' } });
  const error = await sync().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(WorkflowFailedError);
  const { cause } = error as WorkflowFailedError;
  expect(cause).toBeInstanceOf(ChildWorkflowFailure);
  expect((cause as ChildWorkflowFailure).cause).toMatchObject({ type: 'ZendeskRequestRejected' });
  expect(await behind()).toEqual([{ external_id: 'crm-11' }]);
  expect(await sentBy(sync)).toEqual([['crm-11']]);
});
