import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { DefaultLogger } from '@temporalio/worker';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createZendeskActivities, ZendeskAccounts, type AccountsOptions } from '../../src/activities';
import { NOT_SEEN, type PollReport, type PollRound } from '../../src/common/polling';
import { FakeZendesk } from '../../src/testing';
import { newRound } from './support/poll-round';

let zendesk: FakeZendesk;
let accounts: ZendeskAccounts;

const NO_PAUSES = { minRequestInterval: 0, batchWindow: 0 };

beforeEach(async () => {
  zendesk = await FakeZendesk.start({ jobDefaults: { queuedFor: 0 } });
  accounts = accountsWith({});
});

afterEach(async () => {
  accounts.close();
  await zendesk.stop();
});

interface Attempt {
  number?: number;
  /** ms since the round's first attempt was scheduled. */
  after?: number;
  /** startToClose, in ms. Default 15 s. */
  timeout?: number;
  cancel?: Parameters<MockActivityEnvironment['cancel']>[0];
  onHeartbeat?: () => void;
  /** Default: that of a worker of its own. */
  poll?: (round: PollRound) => Promise<PollReport>;
}

/** One attempt at a round, as a worker would run it. */
async function attempt(
  round: PollRound,
  {
    number = 1,
    after = 0,
    timeout = 15_000,
    cancel,
    onHeartbeat,
    poll = createZendeskActivities({ accounts }).pollZendeskJobs,
  }: Attempt = {},
): Promise<PollReport> {
  const scheduledTimestampMs = Date.now() - after;
  const environment = new MockActivityEnvironment(
    {
      attempt: number,
      scheduledTimestampMs,
      currentAttemptScheduledTimestampMs: Date.now(),
      startToCloseTimeoutMs: timeout,
    },
    { logger: new DefaultLogger('ERROR') },
  );
  if (onHeartbeat) environment.on('heartbeat', onHeartbeat);
  if (cancel) setTimeout(() => environment.cancel(cancel), 50);
  return (await environment.run(poll, round)) as PollReport;
}

const failureOf = async (running: Promise<unknown>) =>
  await running.then(
    (value) => {
      throw new Error(`expected a failure, got ${JSON.stringify(value)}`);
    },
    (error: unknown) => error as ApplicationFailure,
  );

const round = (jobIds: string[], fields: Partial<PollRound> = {}) => newRound(jobIds, Date.now(), fields);

test('an unfinished job is a benign failure that says when to look again and how far the job is', async () => {
  const jobId = zendesk.addJob({ queuedFor: 60_000 });
  const failure = await failureOf(attempt(round([jobId])));
  expect(failure).toMatchObject({
    type: 'ZendeskJobPending',
    message: 'queued',
    nonRetryable: false,
    category: ApplicationFailureCategory.BENIGN,
    details: [{ status: 'queued', ended: 0, jobs: 1 }],
  });
  expect(Number(failure.nextRetryDelay)).toBeGreaterThanOrEqual(1000);
});

test('no heartbeat is sent: each is a billed action', async () => {
  const jobId = zendesk.addJob({ queuedFor: 60_000 });
  const onHeartbeat = jest.fn();
  await failureOf(attempt(round([jobId]), { onHeartbeat }));
  zendesk.finishJob(jobId);
  await attempt(round([jobId]), { onHeartbeat });
  expect(onHeartbeat).not.toHaveBeenCalled();
});

test.each([
  ['100 jobs with long messages', 200, 'x'],
  ['100 jobs with long Japanese messages', 200, '日'],
  ['an error with a long text', 500, 'x'],
  ['an error with a long Japanese text', 500, '日'],
])('what Temporal keeps between two polls stays below its 4 KB: %s', async (_, status, character) => {
  const jobIds = Array.from({ length: 100 }, () => zendesk.addJob());
  const message = character.repeat(10_000);
  const job_statuses = jobIds.map((id) => ({ id, status: 'working', progress: 5, total: 100, message }));
  const body = { job_statuses, error: message, description: message };
  zendesk.injectFault({ kind: 'status', status, body, times: status === 200 ? 1 : Infinity });
  const working = { ...NOT_SEEN, status: 'working', progress: 5, total: 100, workingSince: Date.now() };
  const jobs = jobIds.map((jobId) => ({ jobId, seen: working }));
  const failure = await failureOf(attempt(round([], { jobs })));
  expect(failure.type).toBe(status === 200 ? 'ZendeskJobPending' : 'ZendeskUnavailable');
  expect(Buffer.byteLength(`${failure.message}${failure.stack}${JSON.stringify(failure.details)}`)).toBeLessThan(4000);
});

test('an attempt long before its time sends no request, and leaves the wait to the server', async () => {
  const jobId = zendesk.addJob();
  const failure = await failureOf(attempt(round([jobId], { notBefore: Date.now() + 20_000 })));
  expect(failure).toMatchObject({ type: 'ZendeskJobPending' });
  expect(Number(failure.nextRetryDelay)).toBeGreaterThan(15_000);
  expect(Number(failure.nextRetryDelay)).toBeLessThanOrEqual(20_000);
  expect(zendesk.requests).toHaveLength(0);
});

test('an attempt shortly before its time waits for it: giving up would cost another one', async () => {
  const jobId = zendesk.addJob({ duration: 0 });
  const notBefore = Date.now() + 400;
  expect(await attempt(round([jobId], { notBefore }))).toMatchObject({ polls: 1 });
  expect(zendesk.requests[0]!.at).toBeGreaterThanOrEqual(notBefore);
});

test('at most 20 attempts wait in a worker, the server keeps the others', async () => {
  const { pollZendeskJobs } = createZendeskActivities({ accounts });
  const jobIds = Array.from({ length: 25 }, () => zendesk.addJob({ duration: 0 }));
  const notBefore = Date.now() + 2_000;
  const ends = await Promise.allSettled(
    jobIds.map((jobId) => attempt(round([jobId], { notBefore }), { poll: pollZendeskJobs })),
  );
  const left = ends.flatMap((end) => (end.status === 'rejected' ? (end.reason as ApplicationFailure) : []));
  expect(left).toHaveLength(5);
  for (const failure of left) expect(failure).toMatchObject({ type: 'ZendeskJobPending' });
});

test('an attempt that waits for its time when the worker shuts down is handed over, with what is left of the wait', async () => {
  const jobId = zendesk.addJob();
  const early = round([jobId], { notBefore: Date.now() + 10_000 });
  const failure = await failureOf(attempt(early, { cancel: 'WORKER_SHUTDOWN' }));
  expect(failure).toMatchObject({ type: 'ZendeskJobPending' });
  expect(Number(failure.nextRetryDelay)).toBeGreaterThan(5_000);
  expect(zendesk.requests).toHaveLength(0);
});

test('an idle first attempt does not count as a poll', async () => {
  const jobId = zendesk.addJob({ duration: 0 });
  const early = round([jobId], { notBefore: Date.now() - 100 });
  expect(await attempt(early, { number: 3, after: 30_000 })).toMatchObject({ polls: 2 });
  expect(await attempt(early, { number: 3, after: 5_000 })).toMatchObject({ polls: 3 });
  expect(await attempt(round([jobId]), { number: 3, after: 30_000 })).toMatchObject({ polls: 3 });
});

test('no delay reaches past the deadline', async () => {
  const jobId = zendesk.addJob({ queuedFor: 60_000 });
  const failure = await failureOf(attempt(round([jobId], { deadline: Date.now() + 1500, minInterval: 60_000 })));
  expect(Number(failure.nextRetryDelay)).toBeLessThanOrEqual(1500);
});

test('the look at the deadline ends the round, whatever it sees', async () => {
  const jobId = zendesk.addJob({ queuedFor: 60_000 });
  const report = await attempt(round([jobId], { deadline: Date.now() }));
  expect(report).toMatchObject({ jobs: [{ jobId, seen: { status: 'queued' } }] });
  expect(report.jobs[0]).not.toHaveProperty('outcome');
});

test('trouble at the deadline is reported, with what was known before', async () => {
  const jobId = zendesk.addJob();
  zendesk.injectFault({ kind: 'unavailable' });
  const seen = { ...NOT_SEEN, status: 'working', progress: 4, total: 10 };
  const report = await attempt(round([jobId], { deadline: Date.now(), jobs: [{ jobId, seen }] }));
  expect(report).toMatchObject({ checkedAt: null, jobs: [{ jobId, seen }], trouble: { type: 'ZendeskUnavailable' } });
});

test('Retry-After is the next delay, beyond maxInterval', async () => {
  const jobId = zendesk.addJob();
  zendesk.injectFault({ kind: 'rate-limit', retryAfter: 600 });
  const failure = await failureOf(attempt(round([jobId])));
  expect(failure).toMatchObject({ type: 'ZendeskRateLimited' });
  expect(Number(failure.nextRetryDelay)).toBeGreaterThanOrEqual(600_000);
});

test.each([['abc'], [-5], ['Wed, 21 Oct 2015 07:28:00 GMT']])(
  'Retry-After: %s is neither a hot loop nor a year',
  async (retryAfter) => {
    const jobId = zendesk.addJob();
    zendesk.injectFault({ kind: 'rate-limit', retryAfter });
    const delay = Number((await failureOf(attempt(round([jobId])))).nextRetryDelay);
    expect(delay).toBeGreaterThanOrEqual(1000);
    expect(delay).toBeLessThanOrEqual(61_000);
  },
);

test('while the account is paused nobody asks, and nobody is alarmed', async () => {
  const [first, second] = [zendesk.addJob(), zendesk.addJob()];
  zendesk.injectFault({ kind: 'rate-limit', retryAfter: 30 });
  await failureOf(attempt(round([first])));
  const failure = await failureOf(attempt(round([second])));
  expect(failure).toMatchObject({ type: 'ZendeskRateLimited', category: ApplicationFailureCategory.BENIGN });
  expect(Number(failure.nextRetryDelay)).toBeGreaterThan(25_000);
  expect(zendesk.requests).toHaveLength(1);
});

test('a worker that shuts down hands the poll over at once: a cancellation would end the wait', async () => {
  const jobId = zendesk.addJob();
  zendesk.injectFault({ kind: 'hang' });
  const failure = await failureOf(attempt(round([jobId]), { cancel: 'WORKER_SHUTDOWN' }));
  expect(failure).toBeInstanceOf(ApplicationFailure);
  expect(failure).toMatchObject({ nonRetryable: false, message: 'the worker is shutting down' });
});

test('a Zendesk that hangs past the deadline does not hold up the end of the wait', async () => {
  const jobId = zendesk.addJob();
  zendesk.injectFault({ kind: 'hang' });
  const began = Date.now();
  const report = await attempt(round([jobId], { deadline: Date.now() }));
  expect(report).toMatchObject({ trouble: { type: 'ZendeskUnavailable' } });
  // The request's own timeout is 10 s.
  expect(Date.now() - began).toBeLessThan(8_000);
});

test.each([
  ['a refusal', { kind: 'status', status: 403 }, 'ZendeskRequestRejected', 403],
  ['wrong credentials', { kind: 'status', status: 401 }, 'ZendeskAuthenticationFailed', 401],
  [
    'a wrong address',
    { kind: 'status', status: 404, body: { error: 'InvalidEndpoint', description: 'Not found' } },
    'ZendeskRequestRejected',
    404,
  ],
  [
    'a wrong subdomain',
    { kind: 'status', status: 404, body: { error: { title: 'No help desk at acme.zendesk.com', message: 'None' } } },
    'ZendeskRequestRejected',
    404,
  ],
  ['a redirect', { kind: 'redirect' }, 'ZendeskRequestRejected', 302],
] as const)('%s ends the wait at once', async (_, fault, type, status) => {
  const jobId = zendesk.addJob();
  zendesk.injectFault(fault);
  const failure = await failureOf(attempt(round([jobId])));
  expect(failure).toMatchObject({ type, nonRetryable: true, details: [{ account: 'default', status, polls: 1 }] });
});

test.each([401, 403, 404])('a page of a proxy (%d) does not end the wait', async (status) => {
  const jobId = zendesk.addJob();
  zendesk.injectFault({ kind: 'html', status });
  const failure = await failureOf(attempt(round([jobId])));
  expect(failure).toMatchObject({ type: 'ZendeskUnavailable', nonRetryable: false });
});

test('a job not seen for a minute is lost; a young one is not', async () => {
  const young = await failureOf(attempt(round(['V3-unknown'])));
  expect(young).toMatchObject({ type: 'ZendeskJobPending', message: 'not visible yet' });
  const old = await attempt(round(['V3-unknown'], { startedAt: Date.now() - 61_000 }));
  expect(old.jobs).toEqual([{ jobId: 'V3-unknown', seen: NOT_SEEN, lost: true }]);
});

test('an account that this worker does not have', async () => {
  const failure = await failureOf(attempt(round(['V3-1'], { account: 'nobody' })));
  expect(failure).toMatchObject({ type: 'ZendeskAccountUnknown', nonRetryable: true });
});

describe('a round of many jobs', () => {
  const failsFor = (jobId: string, status = 500) =>
    zendesk.injectFault({ kind: 'status', status, match: { path: jobId }, times: Infinity });

  test('reports the jobs that have finished although Zendesk fails for one of them', async () => {
    const jobIds = Array.from({ length: 8 }, () => zendesk.addJob({ duration: 0 }));
    failsFor(jobIds[3]!);
    const report = await attempt(round(jobIds));
    expect(report.jobs.filter(({ outcome }) => outcome)).toHaveLength(7);
    expect(report.jobs[3]).toEqual({
      jobId: jobIds[3],
      seen: NOT_SEEN,
      trouble: { type: 'ZendeskUnavailable', message: expect.stringContaining('500') },
    });
  });

  test.each([404, 500])('a %i for one job delays the others by nothing that they show', async (status) => {
    const jobIds = Array.from({ length: 4 }, () => zendesk.addJob({ queuedFor: 60_000 }));
    failsFor(jobIds[0]!, status);
    const failure = await failureOf(attempt(round(jobIds)));
    expect(failure).toMatchObject({ type: 'ZendeskJobPending', details: [{ jobs: 4, ended: 0 }] });
  });

  test('fails as a whole while Zendesk answers no one', async () => {
    const jobIds = Array.from({ length: 150 }, () => zendesk.addJob());
    zendesk.injectFault({ kind: 'status', status: 500, times: Infinity });
    expect(await failureOf(attempt(round(jobIds)))).toMatchObject({ type: 'ZendeskUnavailable', nonRetryable: false });
    expect(zendesk.requests.length).toBeLessThanOrEqual(4);
  });

  test('reports a job whose status is too large as unreadable, and the others with their rows', async () => {
    const small = accountsWith({ maxBodyBytes: 100_000 });
    const { pollZendeskJobs } = createZendeskActivities({ accounts: small });
    const fine = zendesk.addJob({ duration: 0, total: 2 });
    const large = zendesk.addJob({ duration: 0, results: [{ index: 0, details: 'x'.repeat(200_000) }] });
    const report = await attempt(round([large, fine]), { poll: pollZendeskJobs });
    small.close();
    expect(report.jobs[0]).toEqual({
      jobId: large,
      seen: NOT_SEEN,
      unreadable: {
        type: 'ZendeskResponseTooLarge',
        message: expect.stringContaining('the response is longer than 100000 bytes'),
      },
    });
    expect(report.jobs[1]!.outcome).toMatchObject({ status: 'completed', results: [{ ok: true }, { ok: true }] });
  });
});

describe('a search for missing jobs', () => {
  const old = () => ({ startedAt: Date.now() - 61_000 });

  test('that has no time left goes on with the next attempt, soon', async () => {
    const slow = accountsWith({ reader: { minRequestInterval: 1_500, batchWindow: 0 } });
    const { pollZendeskJobs } = createZendeskActivities({ accounts: slow });
    const missing = round(['V3-unknown'], { ...old(), minInterval: 3_600_000, maxInterval: 3_600_000 });
    const failure = await failureOf(attempt(missing, { poll: pollZendeskJobs, timeout: 3_000 }));
    expect(failure).toMatchObject({ type: 'ZendeskJobPending' });
    expect(Number(failure.nextRetryDelay)).toBeLessThanOrEqual(3_000);

    const report = await attempt(missing, { poll: pollZendeskJobs, number: 2 });
    slow.close();
    expect(report.jobs).toEqual([{ jobId: 'V3-unknown', seen: NOT_SEEN, lost: true }]);
  });

  test('is waited for by at most maxHeldAttempts attempts, so that others find a slot', async () => {
    const slow = accountsWith({ reader: { minRequestInterval: 200, batchWindow: 20 } });
    const { pollZendeskJobs } = createZendeskActivities({ accounts: slow, maxHeldAttempts: 3 });
    const missing = Array.from({ length: 10 }, (_, i) => round([`V3-unknown${i}`], old()));
    const poll = (each: PollRound) => attempt(each, { poll: pollZendeskJobs });
    const first = await Promise.allSettled(missing.map(poll));
    const left = first.flatMap((end) => (end.status === 'rejected' ? (end.reason as ApplicationFailure) : []));
    expect(left).toHaveLength(7);
    for (const failure of left) expect(failure).toMatchObject({ type: 'ZendeskJobPending' });

    const before = zendesk.requests.length;
    const others = missing.filter((_, i) => first[i]!.status === 'rejected');
    const second = await Promise.all(others.map(poll));
    slow.close();
    expect(second.every(({ jobs }) => jobs[0]!.lost)).toBe(true);
    expect(zendesk.requests.length - before).toBe(1); // The search of the others was theirs, too.
  });

  test('that a worker which shuts down breaks off is handed over at once', async () => {
    const slow = accountsWith({ reader: { minRequestInterval: 5_000, batchWindow: 0 } });
    const { pollZendeskJobs } = createZendeskActivities({ accounts: slow });
    const missing = round(['V3-unknown'], old());
    const failure = await failureOf(attempt(missing, { poll: pollZendeskJobs, cancel: 'WORKER_SHUTDOWN' }));
    slow.close();
    expect(failure).toMatchObject({ nonRetryable: false, message: 'the worker is shutting down' });
  });
});

function accountsWith(options: AccountsOptions): ZendeskAccounts {
  return ZendeskAccounts.of({ default: { baseUrl: zendesk.origin } }, { reader: NO_PAUSES, ...options });
}
