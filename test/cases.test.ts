/** Responses of Zendesk that went wrong, and what becomes of each: test/cases/responses.json. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rowsOfJob } from '../src/activities/bulk/batch-rows';
import { recordsOf } from '../src/activities/bulk/read-batch';
import type { BulkStart } from '../src/common/bulk';
import { ZendeskAccounts } from '../src/activities';
import { listNewestJobs } from '../src/activities/job-list';
import { FakeZendesk } from '../src/testing';
import { parseShow } from '../src/zendesk/job-status';
import { outcomeOf } from '../src/zendesk/outcome';

interface Case {
  name: string;
  response: { job_status?: unknown };
}

const cases = JSON.parse(readFileSync(join(__dirname, 'cases/responses.json'), 'utf8')) as Case[];
const responseOf = (name: string) => cases.find((each) => each.name === name)!.response;

/** The outcome of a wait for job J. */
const outcomeFor = (name: string) =>
  outcomeOf('default', parseShow(responseOf(name), 'J'), { results: 'all', polls: 1 });

/** What becomes of records that were sent in job J. */
function recordsFor(name: string, start: BulkStart, items: unknown[], repeatSafe: boolean) {
  const records = recordsOf(
    start,
    items.map((item, position) => ({ position, item })),
  );
  const tie = records.request!.tie;
  const outcome = outcomeOf('default', parseShow(responseOf(name), 'J'), { results: 'all', polls: 1, tie });
  const found = rowsOfJob(outcome, records, { firstIndex: 0, repeatSafe, lastAttempt: false });
  return { outcome, ...found, fates: found.rows.map(({ index, result, details }) => [index, result, details]) };
}

const tickets = (count: number) => Array.from({ length: count }, (_, i) => ({ subject: `ticket ${i}` }));

test.each([
  ['null row', { status: 'completed', succeeded: 1, failed: 0, unreported: 1 }],
  ['text as results', { status: 'completed', succeeded: 0, failed: 0, unreported: 2 }],
  ['total as text', { status: 'completed', total: 2, message: null, unreported: 2 }],
  ['old status text', { succeeded: 0, failed: 1 }],
])('%s: the wait ends', (name, expected) => {
  expect(outcomeFor(name)).toMatchObject(expected);
});

test('index outranks id: each record gets its own row', () => {
  const items = [11, 12, 13].map((id) => ({ id, priority: 'low' }));
  const { fates } = recordsFor('index outranks id', { operation: 'tickets/update_many' }, items, true);
  expect(fates).toEqual([
    [0, 'succeeded', undefined],
    [1, 'failed', 'd1'],
    [2, 'failed', 'd2'],
  ]);
});

test('one object for the job: all records succeeded, none is sent again', () => {
  const ids = Array.from({ length: 12 }, (_, i) => i + 1);
  const start = { operation: 'deleted_tickets/destroy_many' };
  const { outcome, rows, retryPositions } = recordsFor('one object for the job', start, ids, true);
  expect(outcome).toMatchObject({ succeeded: 12, failed: 0, unreported: 0 });
  expect(rows.filter(({ result }) => result === 'succeeded')).toHaveLength(12);
  expect(retryPositions).toEqual([]);
});

test('total null, one row with an index: one record succeeded, three are unreported', () => {
  const start = { operation: 'tickets/create_many' };
  const { outcome, rows } = recordsFor('total null, one row with an index', start, tickets(4), false);
  expect(outcome).toMatchObject({ succeeded: 1, unreported: 3 });
  expect(rows.map(({ result }) => result)).toEqual(['uncertain', 'uncertain', 'succeeded', 'uncertain']);
});

test('timed out in an unsafe operation: never sent again, uncertain', () => {
  const start = { operation: 'tickets/create_many' };
  const found = recordsFor('timed out in an unsafe operation', start, tickets(1), false);
  expect([found.retryPositions, found.rows[0]!.result]).toEqual([[], 'uncertain']);
});

test('a failed job without rows: five records are uncertain', () => {
  const found = recordsFor('failed job without rows', { operation: 'tickets/create_many' }, tickets(5), false);
  expect(found.rows.map(({ result }) => result)).toEqual(Array(5).fill('uncertain'));
  expect(found.rows[0]).toMatchObject({ error: 'ZendeskJobFailed', details: 'Failed: deadlock found' });
});

test('words of data are no reason to retry: failed, sent once', () => {
  const start = { operation: 'organizations/create_many' };
  const name = 'words of data are no reason to retry';
  const found = recordsFor(name, start, [{ name: 'Temporary Works Ltd' }], true);
  expect([found.retryPositions, found.rows[0]!.result]).toEqual([[], 'failed']);
});

test('e-mail addresses with blanks around them: each record gets its own row', () => {
  const lines = readFileSync(join(__dirname, 'cases/blank-emails.ndjson'), 'utf8').trim().split('\n');
  const items = lines.map((line) => JSON.parse(line) as unknown);
  const start = { operation: 'users/create_or_update_many' };
  const rows = [
    { id: 2, status: 'Failed', email: 'Bob@example.com' },
    { id: 1, status: 'Created', email: 'ann@example.com' },
  ];
  const records = recordsOf(
    start,
    items.map((item, position) => ({ position, item })),
  );
  const jobStatus = parseShow({ job_status: { id: 'J', status: 'completed', total: 2, results: rows } }, 'J');
  const { results } = outcomeOf('default', jobStatus, { results: 'all', polls: 1, tie: records.request!.tie });
  expect(results.map(({ index, id }) => [index, id])).toEqual([
    [0, 1],
    [1, 2],
  ]);
});

describe('over HTTP', () => {
  let zendesk: FakeZendesk;
  let accounts: ZendeskAccounts;
  const warnings: unknown[] = [];

  beforeAll(async () => {
    zendesk = await FakeZendesk.start();
    const options = { onOddElement: (odd: unknown) => warnings.push(odd), reader: { minRequestInterval: 0 } };
    accounts = ZendeskAccounts.of({ default: { baseUrl: zendesk.origin, oauthToken: 'tok-0123456789' } }, options);
  });

  afterAll(async () => {
    accounts.close();
    await zendesk.stop();
  });

  const answer = (name: string, path: RegExp, times = 1) =>
    zendesk.injectFault({ kind: 'status', status: 200, body: responseOf(name), match: { path }, times });

  test('null in show_many: A is read, B is asked for alone', async () => {
    const { reader } = accounts.connect('default');
    zendesk.addJob({ id: 'B', duration: 0, queuedFor: 0 });
    answer('null in show_many', /show_many/);
    const { readings } = await reader.readJobs(['A', 'B'], new AbortController().signal, ({ status }) => status);
    expect(Object.fromEntries(readings)).toEqual({ A: 'working', B: 'completed' });
    expect(zendesk.requests.at(-1)!.path).toBe('/api/v2/job_statuses/B');
    expect(warnings.splice(0)).toEqual([{ jobId: null, problem: 'job_statuses[]: expected an object, got null' }]);
  });

  test('an odd job of somebody else in the list: J is found, X is skipped with one warning', async () => {
    const { client } = accounts.connect('default');
    answer('odd job of somebody else in the list', /page/, 3);
    for (let time = 0; time < 3; time++) {
      const { jobStatuses, unreadable } = await listNewestJobs(client);
      expect([jobStatuses.map(({ id }) => id), unreadable]).toEqual([['J'], ['X']]);
    }
    const problem = 'job_statuses[].status: expected a string that is not empty, got 7';
    expect(warnings.splice(0)).toEqual([{ jobId: 'X', problem }]);
  });

  test('secrets in what cannot be read are struck out, and long texts cut', async () => {
    const { client } = accounts.connect('default');
    const body = { job_status: { id: 'J', status: 'completed', results: `tok-0123456789 ${'x'.repeat(500)}` } };
    zendesk.injectFault({ kind: 'status', status: 200, body });
    await client.show('J');
    const [{ problem }] = warnings.splice(0) as [{ problem: string }];
    expect(problem).toContain('got "[redacted] xxx');
    expect(problem.length).toBeLessThan(130);
  });
});
