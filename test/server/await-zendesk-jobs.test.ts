import { FakeZendesk } from '../../src/testing';
import type { ZendeskJobsProgress } from '../../src/common/types';
import { eventually } from '../support/eventually';
import { eventCount, failureOf, startSuite, type Suite } from '../support/suite';

let zendesk: FakeZendesk;
let suite: Suite;

beforeAll(async () => {
  zendesk = await FakeZendesk.start({ jobDefaults: { queuedFor: 0 } });
  suite = await startSuite({ accounts: { default: { baseUrl: zendesk.origin } } });
});

afterEach(() => zendesk.clearFaults());

afterAll(async () => {
  await suite.stop();
  await zendesk.stop();
});

const many = (count: number, options: Parameters<FakeZendesk['addJob']>[0] = {}) =>
  Array.from({ length: count }, () => zendesk.addJob({ total: 2, duration: 0, ...options }));

test('returns an outcome for each job in the order of the input, errors in their outcomes', async () => {
  const done = zendesk.addJob({ total: 2, duration: 500, failures: 1 });
  const failed = zendesk.addJob({ total: 2, duration: 500, failures: 2, endsAs: 'failed' });
  const killed = zendesk.addJob({ duration: 0, endsAs: 'killed' });
  const stuck = zendesk.addJob({ total: 7, endsAs: 'never', duration: 60_000 });
  const jobIds = [stuck, done, killed, failed, done];

  const { outcomes, succeeded, failed: failedRows } = await (await suite.awaitJobs({ jobIds, timeout: '5s' })).result();

  expect(outcomes.map(({ jobId }) => jobId)).toEqual(jobIds);
  expect(outcomes.map(({ status }) => status)).toEqual(['timed_out', 'completed', 'killed', 'failed', 'completed']);
  expect(outcomes.map(({ error }) => error?.type)).toEqual([
    'ZendeskJobTimedOut',
    undefined,
    'ZendeskJobKilled',
    'ZendeskJobFailed',
    undefined,
  ]);
  expect(outcomes[1]).toEqual(outcomes[4]);
  expect(outcomes[1]!.results).toEqual([expect.objectContaining({ ok: false })]);
  expect({ succeeded, failedRows }).toEqual({ succeeded: 1, failedRows: 3 });
});

test('asks about 100 jobs in one request, and stays below 200 events', async () => {
  const jobIds = many(100).map((_, i) => zendesk.addJob({ total: 5, duration: 100 * i }));
  const before = zendesk.requests.length;
  const handle = await suite.awaitJobs({ jobIds });
  const { outcomes } = await handle.result();

  expect(outcomes.every(({ status }) => status === 'completed')).toBe(true);
  expect(await eventCount(handle)).toBeLessThanOrEqual(200);
  const requests = zendesk.requests.slice(before);
  expect(requests.filter(({ path }) => path.includes('show_many')).length).toBeLessThan(30);
});

test('takes a thousand jobs', async () => {
  const jobIds = many(1000);
  const handle = await suite.awaitJobs({ jobIds });
  const { outcomes, succeeded } = await handle.result();
  expect(outcomes.map(({ jobId }) => jobId)).toEqual(jobIds);
  expect(succeeded).toBe(2000);
  expect(await handle.query<ZendeskJobsProgress>('progress')).toMatchObject({
    status: 'completed',
    finished: 1000,
    running: [],
  });
});

test('keeps rows far below what Temporal takes in a payload, and says what it left out', async () => {
  const failures = Array.from({ length: 100 }, (_, index) => ({
    index,
    error: 'UserUpdateFailed',
    details: 'x'.repeat(1900),
  }));
  const jobIds = many(30, { total: 100, failures });
  const handle = await suite.awaitJobs({ jobIds });
  const result = await handle.result();
  expect(result.failed).toBe(3000);
  expect(Buffer.byteLength(JSON.stringify(result))).toBeLessThan(1_200_000);
  const returned = result.outcomes.reduce(
    (sum, { results, resultsOmitted = 0 }) => sum + results.length + resultsOmitted,
    0,
  );
  expect(returned).toBe(3000);
});

test('shows how far all jobs are', async () => {
  const jobIds = [...many(2), zendesk.addJob({ total: 10, duration: 60_000, endsAs: 'never' })];
  const handle = await suite.awaitJobs({ jobIds });
  const progress = await eventually('two ended jobs', async () => {
    const now = await handle.query<ZendeskJobsProgress>('progress');
    return now.finished === 2 ? now : undefined;
  });
  expect(progress).toMatchObject({ jobIds, status: 'working', running: [jobIds[2]] });
  zendesk.finishJob(jobIds[2]!);
  await handle.signal('pollNow');
  await handle.result();
});

test('fails at the end where asked to, with everything it knows', async () => {
  const jobIds = [...many(1, { failures: 1 }), ...many(1)];
  const failure = await failureOf(await suite.awaitJobs({ jobIds, failOnItemErrors: true }));
  expect(failure).toMatchObject({ type: 'ZendeskItemsFailed' });
  expect(failure.details![0]).toMatchObject({ account: 'default', jobIds, outcome: { failed: 1, succeeded: 3 } });
});

test('a refusal concerns all jobs', async () => {
  const jobIds = many(150);
  zendesk.injectFault({ kind: 'status', status: 403, match: { path: /show_many/ } });
  const failure = await failureOf(await suite.awaitJobs({ jobIds }));
  expect(failure).toMatchObject({ type: 'ZendeskRequestRejected' });
  expect(failure.details![0]).toMatchObject({ status: 403, jobIds: expect.any(Array) });
});

test.each([
  ['no ids', []],
  ['too many ids', Array<string>(1001).fill('V3-1')],
])('refuses %s', async (_, jobIds) => {
  expect(await failureOf(await suite.awaitJobs({ jobIds }))).toMatchObject({ type: 'ZendeskInputInvalid' });
});

test('200 waits at once share their polls', async () => {
  const jobIds = many(200).map((_, i) => zendesk.addJob({ total: 4, duration: 2000 + 25 * i }));
  const before = zendesk.requests.length;
  const began = Date.now();
  const handles = await Promise.all(jobIds.map((jobId) => suite.awaitJob({ jobId })));
  const outcomes = await Promise.all(handles.map((handle) => handle.result()));
  const seconds = (Date.now() - began) / 1000;

  expect(outcomes.every(({ status, succeeded }) => status === 'completed' && succeeded === 4)).toBe(true);
  const requests = zendesk.requests.length - before;
  // One polling request a second an account a worker, however many wait; one more for the first instant.
  expect(requests).toBeLessThanOrEqual(Math.ceil(seconds) + 2);
});
