import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { startTimeSkippingEnvironment } from '../../dev/time-skipping-server';
import { FakeZendesk, ManualClock } from '../../src/testing';
import { eventually } from '../support/eventually';
import { eventCount, failureOf, startSuite, type Suite } from '../support/suite';

const HOUR = 3_600_000;

let environment: TestWorkflowEnvironment;
let zendesk: FakeZendesk;
let suite: Suite;
let clock: ManualClock;

beforeAll(async () => {
  environment = await startTimeSkippingEnvironment();
  clock = new ManualClock(await environment.currentTimeMs());
  zendesk = await FakeZendesk.start({ clock, retention: 48 * HOUR, jobDefaults: { queuedFor: 0 } });
  suite = await startSuite({
    environment,
    accounts: { default: { baseUrl: zendesk.origin } },
    options: { reader: { minRequestInterval: 0, now: () => clock.now() } },
    serverTime: now,
  });
}, 300_000);

afterEach(() => zendesk.clearFaults());

afterAll(async () => {
  await suite?.stop();
  await zendesk?.stop();
  await environment?.teardown();
});

const now = async () => {
  clock.set(Math.max(await environment.currentTimeMs(), clock.now()));
  return clock.now();
};
const requestsAbout = (jobId: string) => zendesk.requests.filter(({ path }) => path.includes(jobId));

test('a job of 20 hours costs few events, however often it is polled', async () => {
  await now();
  const jobId = zendesk.addJob({ total: 1000, duration: 20 * HOUR });
  const ends = clock.now() + 20 * HOUR;
  const handle = await suite.awaitJob({ jobId, results: 'none', polling: { maxInterval: '30m' } });
  expect(await handle.result()).toMatchObject({ status: 'completed', succeeded: 1000 });

  expect(await eventCount(handle)).toBeLessThanOrEqual(11 + 4 * 6);
  const last = requestsAbout(jobId).at(-1)!;
  expect(last.at - ends).toBeLessThan(0.5 * HOUR);
  expect(requestsAbout(jobId).length).toBeLessThan(150);
});

test('a job of 60 s takes at most 10 polls and 60 events', async () => {
  await now();
  const jobId = zendesk.addJob({ total: 100, duration: 60_000 });
  const ends = clock.now() + 60_000;
  const handle = await suite.awaitJob({ jobId });
  expect(await handle.result()).toMatchObject({ status: 'completed', succeeded: 100 });
  expect(await eventCount(handle)).toBeLessThanOrEqual(60);
  expect(requestsAbout(jobId).length).toBeLessThanOrEqual(10);
  // How late, to the second, is what the simulation and the benchmark are for.
  expect(requestsAbout(jobId).at(-1)!.at - ends).toBeLessThan(5_000);
});

test('a job of 10 minutes takes at most 20 polls', async () => {
  await now();
  const jobId = zendesk.addJob({ total: 100, duration: 600_000 });
  const outcome = await (await suite.awaitJob({ jobId })).result();
  expect(outcome.polls).toBeLessThanOrEqual(20);
  expect(requestsAbout(jobId).length).toBeLessThanOrEqual(20);
});

test('a job in the queue for hours, as in the incident of August 2025, is waited for', async () => {
  await now();
  const jobId = zendesk.addJob({ total: 10, queuedFor: 9 * HOUR, duration: 60_000 });
  expect(await (await suite.awaitJob({ jobId })).result()).toMatchObject({ status: 'completed', succeeded: 10 });
});

test.each([
  [429, undefined, 3, 8],
  [429, '7', 6, 10],
  [422, undefined, 3, 8],
  [422, '7', 6, 10],
])(
  'TooManyJobs for a minute, as %d with Retry-After %s: the job is started once, when there is room',
  async (status, retryAfter, fewest, most) => {
    const began = await now();
    const subject = `refused ${status} ${retryAfter}`;
    const isOurs = (entry: object) => JSON.stringify(entry).includes(`"${subject}"`);
    const description = 'Too many TicketBulkCreateJob jobs are currently queued or running. Try again later.';
    zendesk.injectFault({
      kind: 'status',
      status,
      retryAfter,
      body: { error: 'TooManyJobs', description, current_job_ids: [] },
      times: Infinity,
      match: (request) => isOurs(request) && clock.now() < began + 60_000,
    });
    const input = { operation: 'tickets/create_many', items: [{ subject }] };
    const outcome = await (await suite.start('runZendeskJob', [input])).result();

    expect(outcome).toMatchObject({ status: 'completed', succeeded: 1 });
    expect(zendesk.starts.filter(isOurs).map(({ jobId }) => jobId)).toEqual([(outcome as { jobId: string }).jobId]);
    const times = zendesk.requests.filter(isOurs).map(({ at }) => at);
    expect(times.at(-1)! - began).toBeGreaterThanOrEqual(60_000);
    expect(times.length).toBeGreaterThanOrEqual(fewest);
    expect(times.length).toBeLessThanOrEqual(most);
    const gaps = times.slice(1).map((at, i) => at - times[i]!);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(retryAfter === undefined ? 2_000 : 7_000);
  },
);

test('a job that Zendesk has never heard of is lost after a minute, not before', async () => {
  const began = await now();
  const jobId = 'V3-00000000000000000000000000000000';
  const failure = await failureOf(await suite.awaitJob({ jobId }));
  expect(failure).toMatchObject({ type: 'ZendeskJobLost', nonRetryable: true });
  expect(failure.message).toMatch(/does not know job V3-0+ .* it was never seen/);
  expect(failure.details![0]).toMatchObject({ account: 'default', jobId, lastSeen: null });
  expect((await now()) - began).toBeGreaterThanOrEqual(60_000);
  expect(zendesk.requestsTo(/job_statuses\?/).length).toBeGreaterThan(0);
});

test('a job that expires in mid-wait is lost, with what was last seen of it', async () => {
  await now();
  const jobId = zendesk.addJob({ total: 10, duration: 10 * HOUR });
  const fault = zendesk.injectFault({
    kind: 'slow',
    delay: 1,
    times: Infinity,
    match: ({ path }) => {
      if (path.includes(jobId) && (zendesk.job(jobId)?.progress ?? 0) > 5) zendesk.expireJob(jobId);
      return false;
    },
  });
  const failure = await failureOf(await suite.awaitJob({ jobId }));
  fault.remove();
  expect(failure).toMatchObject({ type: 'ZendeskJobLost' });
  expect(failure.details![0]).toMatchObject({ lastSeen: { status: 'working', total: 10 } });
});

test('a job that only the list still knows is followed there (zenpy issue 291)', async () => {
  await now();
  const jobId = zendesk.addJob({ total: 10, duration: 5 * 60_000, onlyInList: true });
  expect(await (await suite.awaitJob({ jobId })).result()).toMatchObject({ status: 'completed', succeeded: 10 });
});

test('lost jobs among many have that in their outcomes', async () => {
  await now();
  const known = zendesk.addJob({ total: 2, duration: 0 });
  const unknown = Array.from({ length: 5 }, (_, i) => `V3-gone${i}`);
  const { outcomes } = await (await suite.awaitJobs({ jobIds: [known, ...unknown] })).result();
  expect(outcomes.map(({ status }) => status)).toEqual(['completed', ...unknown.map(() => 'lost')]);
  expect(outcomes[1]!.error).toMatchObject({ type: 'ZendeskJobLost' });
});

test('Retry-After of 50 minutes is obeyed, beyond maxInterval', async () => {
  await now();
  const jobId = zendesk.addJob({ total: 1, duration: 0 });
  zendesk.injectFault({ kind: 'rate-limit', retryAfter: 3000, match: { path: new RegExp(jobId) } });
  await (await suite.awaitJob({ jobId })).result();
  const [first, second] = requestsAbout(jobId);
  expect(requestsAbout(jobId)).toHaveLength(2);
  expect(second!.at - first!.at).toBeGreaterThanOrEqual(3_000_000);
  expect(second!.at - first!.at).toBeLessThan(2 * HOUR);
});

test('429 without Retry-After, twice: the wait goes on, after pauses of our own', async () => {
  await now();
  const jobId = zendesk.addJob({ total: 1, duration: 0 });
  zendesk.injectFault({ kind: 'rate-limit', times: 2, match: { path: jobId } });
  expect(await (await suite.awaitJob({ jobId })).result()).toMatchObject({ status: 'completed' });
  const [first, second, third] = requestsAbout(jobId);
  expect(requestsAbout(jobId)).toHaveLength(3);
  expect(second!.at - first!.at).toBeGreaterThanOrEqual(5_000);
  expect(third!.at - second!.at).toBeGreaterThanOrEqual(10_000);
  expect(third!.at - first!.at).toBeLessThan(60_000);
});

test('Zendesk down for an hour: the wait goes on, at a growing distance', async () => {
  const began = await now();
  const jobId = zendesk.addJob({ total: 1, duration: 0 });
  zendesk.injectFault({
    kind: 'unavailable',
    times: Infinity,
    match: ({ path }) => path.includes(jobId) && clock.now() - began < HOUR,
  });
  expect(await (await suite.awaitJob({ jobId })).result()).toMatchObject({ status: 'completed' });
  expect(requestsAbout(jobId).length).toBeLessThan(100);
});

test('the deadline of 24 hours comes with a last look', async () => {
  const began = await now();
  const jobId = zendesk.addJob({ endsAs: 'never' });
  const failure = await failureOf(await suite.awaitJob({ jobId, polling: { minInterval: '1h', maxInterval: '1h' } }));
  expect(failure).toMatchObject({
    type: 'ZendeskJobTimedOut',
    message: expect.stringContaining('had not ended after 1d'),
  });
  expect(requestsAbout(jobId).at(-1)!.at - began).toBeGreaterThanOrEqual(24 * HOUR);
});

test('a bulk run that is paused for an hour starts nothing meanwhile, and goes on where it was', async () => {
  await now();
  const items = Array.from({ length: 250 }, (_, i) => ({ subject: `paused ${i}` }));
  const handle = await suite.start('runZendeskBulk', [{ operation: 'tickets/create_many', items, maxJobs: 1 }]);
  const starts = () => zendesk.starts.filter((start) => JSON.stringify(start).includes('"paused '));
  await eventually('the first start', () => starts().length > 0);
  await handle.signal('pause');
  const pausedAt = await now();
  await environment.sleep(HOUR);
  expect(starts().length).toBe(1);
  expect(await handle.query('progress')).toMatchObject({ status: 'paused', progress: 100, jobs: 1, jobIds: [] });
  await handle.signal('resume');
  expect(await handle.result()).toMatchObject({ total: 250, succeeded: 250, jobs: 3 });
  expect(starts()[1]!.at - pausedAt).toBeGreaterThanOrEqual(HOUR);
});
