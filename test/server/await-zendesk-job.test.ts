import { randomUUID } from 'node:crypto';
import { ApplicationFailure, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import type { AccountsConfiguration } from '../../src/activities';
import type { ZendeskJobProgress } from '../../src/common/types';
import { FakeZendesk, type FaultOptions } from '../../src/testing';
import { eventually } from '../support/eventually';
import { eventCount, failureOf, SECRET_TOKEN, startSuite, type Suite } from '../support/suite';

let zendesk: FakeZendesk;
let suite: Suite;
let accounts: AccountsConfiguration;

beforeAll(async () => {
  zendesk = await FakeZendesk.start({ auth: { oauthTokens: [SECRET_TOKEN] }, jobDefaults: { queuedFor: 0 } });
  accounts = {
    default: { baseUrl: zendesk.origin, oauthToken: SECRET_TOKEN },
    wrong: { baseUrl: zendesk.origin, oauthToken: 'not-the-token' },
    // Of its own, as a pause is for the whole account.
    paused: { baseUrl: zendesk.origin, oauthToken: SECRET_TOKEN },
  };
  suite = await startSuite({ accounts });
});

afterEach(() => zendesk.clearFaults());

afterAll(async () => {
  await suite.stop();
  await zendesk.stop();
});

const requestsAbout = (jobId: string) => zendesk.requests.filter(({ path }) => path.includes(jobId)).length;
/** How the first round of polls was scheduled. */
async function pollOptions(handle: WorkflowHandle) {
  const { events } = await handle.fetchHistory();
  return events!.flatMap(({ activityTaskScheduledEventAttributes: found }) => found ?? [])[0]!;
}

describe('a job that ends', () => {
  test('returns what became of every record', async () => {
    const failures = [{ index: 3, error: 'UserUpdateFailed', details: 'Email: is invalid' }];
    const jobId = zendesk.addJob({ total: 5, endsAs: 'never', failures });
    const handle = await suite.awaitJob({ jobId });
    await eventually('the first poll', () => requestsAbout(jobId) > 0);
    zendesk.finishJob(jobId);
    const outcome = await handle.result();

    expect(outcome).toMatchObject({
      jobId,
      account: 'default',
      status: 'completed',
      total: 5,
      progress: 5,
      succeeded: 4,
      failed: 1,
      unreported: 0,
    });
    expect(outcome.results).toHaveLength(5);
    expect(outcome.results[3]).toMatchObject({
      index: 3,
      ok: false,
      error: 'UserUpdateFailed',
      details: 'Email: is invalid',
    });
    expect(outcome.polls).toBeGreaterThan(1);
    expect(requestsAbout(jobId)).toBe(outcome.polls);
  });

  test('costs 11 history events and one request when it has ended already', async () => {
    const jobId = zendesk.addJob({ total: 3, duration: 0 });
    const handle = await suite.awaitJob({ jobId });
    expect(await handle.result()).toMatchObject({ status: 'completed', succeeded: 3, polls: 1 });
    expect(await eventCount(handle)).toBe(11);
    expect(requestsAbout(jobId)).toBe(1);
  });

  test.each([
    ['all', 4],
    ['failed', 1],
    ['none', 0],
  ] as const)('returns the rows asked for: %s', async (results, rows) => {
    const jobId = zendesk.addJob({ total: 4, duration: 0, failures: 1 });
    const handle = await suite.awaitJob({ jobId, results });
    const outcome = await handle.result();
    expect(outcome).toMatchObject({ succeeded: 3, failed: 1 });
    expect(outcome.results).toHaveLength(rows);
  });

  test('has records that failed: an error only where one was asked for', async () => {
    const jobId = zendesk.addJob({ total: 4, duration: 0, failures: 2 });
    const failure = await failureOf(await suite.awaitJob({ jobId, failOnItemErrors: true }));
    expect(failure).toMatchObject({ type: 'ZendeskItemsFailed', nonRetryable: true });
    expect(failure.details).toEqual([
      { account: 'default', jobId, polls: 1, outcome: expect.objectContaining({ succeeded: 2, failed: 2 }) },
    ]);
  });

  test.each([
    ['failed', 'ZendeskJobFailed'],
    ['killed', 'ZendeskJobKilled'],
  ])('%s: throws %s with the whole outcome', async (endsAs, type) => {
    const jobId = zendesk.addJob({ total: 2, duration: 0, endsAs, failures: 2 });
    const failure = await failureOf(await suite.awaitJob({ jobId }));
    expect(failure).toMatchObject({ type, nonRetryable: true, message: expect.stringContaining(jobId) });
    expect(failure.details![0]).toMatchObject({
      account: 'default',
      jobId,
      polls: 1,
      outcome: { jobId, status: endsAs },
    });
  });

  test('goes through a status that nobody knows', async () => {
    const jobId = zendesk.addJob({ total: 2, duration: 1200, statusWhileRunning: 'rebalancing' });
    expect(await (await suite.awaitJob({ jobId })).result()).toMatchObject({ status: 'completed', succeeded: 2 });
  });

  test('was not visible at first', async () => {
    const jobId = zendesk.addJob({ total: 1, duration: 0, invisibleFor: 1500 });
    expect(await (await suite.awaitJob({ jobId })).result()).toMatchObject({ status: 'completed', succeeded: 1 });
  });
});

describe('while the job runs', () => {
  test('its progress can be asked for, and still after the end', async () => {
    const jobId = zendesk.addJob({ total: 10, duration: 4000 });
    const handle = await suite.awaitJob({ jobId });
    const early = await eventually('a checkpoint', async () => {
      const progress = await handle.query<ZendeskJobProgress>('progress');
      return progress.status === 'working' ? progress : undefined;
    });
    expect(early).toMatchObject({
      account: 'default',
      jobId,
      status: 'working',
      total: 10,
      checkedAt: expect.any(String),
    });
    await handle.result();
    expect(await handle.query<ZendeskJobProgress>('progress')).toMatchObject({
      status: 'completed',
      progress: 10,
      total: 10,
    });
    expect(await eventCount(handle)).toBeLessThanOrEqual(11 + 4 * 6);
  });

  test('what the last poll saw can be read for free', async () => {
    const jobId = zendesk.addJob({ total: 10, duration: 60_000, endsAs: 'never' });
    const handle = await suite.awaitJob({ jobId });
    const message = await eventually('a pending poll', async () => {
      const { raw } = await handle.describe();
      return raw.pendingActivities?.[0]?.lastFailure?.message;
    });
    expect(message).toMatch(/queued|working/);
    await handle.terminate();
  });

  test('a round costs no heartbeats, and no attempt outlives a dead worker by more than 15 s', async () => {
    const jobId = zendesk.addJob({ duration: 0 });
    const handle = await suite.awaitJob({ jobId, timeout: '1h' });
    await handle.result();
    const { heartbeatTimeout, startToCloseTimeout, scheduleToCloseTimeout, retryPolicy } = await pollOptions(handle);
    expect(Number(heartbeatTimeout?.seconds ?? 0)).toBe(0);
    expect(Number(startToCloseTimeout!.seconds)).toBe(15);
    // Past the deadline: the activity makes its last look there itself.
    expect(Number(scheduleToCloseTimeout!.seconds)).toBeGreaterThan(3600);
    expect(retryPolicy).toMatchObject({ backoffCoefficient: 1, maximumAttempts: 0 });
  });

  test('a delay of an hour is kept as it is: no maximumInterval is below it', async () => {
    const jobId = zendesk.addJob();
    zendesk.injectFault({ kind: 'rate-limit', retryAfter: 3600, match: { path: jobId } });
    const handle = await suite.awaitJob({ jobId, account: 'paused' });
    const activity = await eventually('a poll that failed', async () => {
      const found = (await handle.describe()).raw.pendingActivities?.[0];
      return found?.lastFailure && found;
    });
    await handle.terminate();
    expect(Number(activity.currentRetryInterval?.seconds)).toBeGreaterThanOrEqual(3600);
    // Server 1.29.1 does not clip to it, later ones may.
    expect(Number((await pollOptions(handle)).retryPolicy!.maximumInterval!.seconds)).toBeGreaterThan(3600);
    expect(requestsAbout(jobId)).toBe(1);
  });

  test('a checkpoint does not hurry the next poll', async () => {
    const jobId = zendesk.addJob({ total: 100, duration: 5000 });
    const handle = await suite.awaitJob({ jobId, polling: { minInterval: '1600ms' } });
    await handle.result();
    expect(await eventCount(handle)).toBeGreaterThan(11);
    const times = zendesk.requests.filter(({ path }) => path.includes(jobId)).map(({ at }) => at);
    const gaps = times.slice(1).map((at, i) => at - times[i]!);
    // A poll may come up to its linger (50 ms) sooner after one that had to wait.
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1500);
  });

  test('a slow Zendesk is never asked twice at a time, nor after the end', async () => {
    const jobId = zendesk.addJob({ total: 10, duration: 4000 });
    zendesk.injectFault({ kind: 'slow', delay: 2500, times: Infinity, match: { path: jobId } });
    await (await suite.awaitJob({ jobId })).result();
    const times = zendesk.requests.filter(({ path }) => path.includes(jobId)).map(({ at }) => at);
    const gaps = times.slice(1).map((at, i) => at - times[i]!);
    expect(gaps.length).toBeGreaterThan(0);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(2490);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(requestsAbout(jobId)).toBe(times.length);
  });

  test('pollNow looks at once', async () => {
    const jobId = zendesk.addJob({ total: 1, duration: 60_000 });
    const handle = await suite.awaitJob({ jobId, polling: { minInterval: '30m', maxInterval: '1h' } });
    await eventually('the first poll', () => requestsAbout(jobId) > 0);
    zendesk.finishJob(jobId);
    await handle.signal('pollNow');
    expect(await handle.result()).toMatchObject({ status: 'completed' });
  });

  test('pollNow counts that comes together with what a poll has seen', async () => {
    const taskQueue = `split-${randomUUID()}`;
    const onlyWorkflows = () => startSuite({ accounts, taskQueue, worker: { activities: undefined } });
    const onlyActivities = () => startSuite({ accounts, taskQueue, worker: { workflowBundle: undefined } });
    const jobId = zendesk.addJob({ total: 1, duration: 60_000 });
    const input = { jobId, polling: { minInterval: '30m', maxInterval: '1h' } };
    const handle = await suite.start('awaitZendeskJob', [input], { taskQueue });
    const first = await onlyWorkflows();
    await eventually('the first round', async () => (await handle.describe()).raw.pendingActivities?.length).finally(
      () => first.stop(),
    );

    // The first look sees the job at work: a checkpoint, which no workflow worker is there to take.
    const polling = await onlyActivities();
    const reported = async () =>
      (await handle.fetchHistory()).events!.some(({ activityTaskCompletedEventAttributes: found }) => found);
    await eventually('the checkpoint', reported).finally(() => polling.stop());
    await handle.signal('pollNow');
    zendesk.finishJob(jobId);

    const others = [await onlyWorkflows(), await onlyActivities()];
    try {
      expect(await handle.result()).toMatchObject({ status: 'completed' });
    } finally {
      for (const other of others) await other.stop();
    }
  });

  test('a flood of pollNow signals costs a bounded number of polls and events', async () => {
    const jobId = zendesk.addJob({ total: 1, endsAs: 'never' });
    const handle = await suite.awaitJob({ jobId, polling: { minInterval: '30m', maxInterval: '1h' } });
    await eventually('the first poll', () => requestsAbout(jobId) > 0);
    await Promise.all(Array.from({ length: 200 }, () => handle.signal('pollNow')));
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    zendesk.finishJob(jobId);
    await handle.signal('pollNow');
    await handle.result();
    expect(requestsAbout(jobId)).toBeLessThan(20);
  });

  test('cancelling the wait ends it at once, between two polls too', async () => {
    const jobId = zendesk.addJob({ endsAs: 'never' });
    const handle = await suite.awaitJob({ jobId, polling: { minInterval: '30m', maxInterval: '1h' } });
    await eventually('a pending poll', async () => (await handle.describe()).raw.pendingActivities?.[0]?.lastFailure);
    const before = Date.now();
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
    // Bound of the issue: the default cancellation type would wait for the next attempt, half an hour.
    expect(Date.now() - before).toBeLessThan(1000);
    expect((await handle.describe()).status.name).toBe('CANCELLED');
    expect(await handle.query<ZendeskJobProgress>('progress')).toMatchObject({ jobId });
  });

  test('cancelling the wait ends it at once, in mid-poll too', async () => {
    const jobId = zendesk.addJob({ endsAs: 'never' });
    zendesk.injectFault({ kind: 'hang', match: { path: jobId } });
    const handle = await suite.awaitJob({ jobId });
    await eventually('the first poll', () => requestsAbout(jobId) > 0);
    const before = Date.now();
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
    // WAIT_CANCELLATION_COMPLETED would wait for the poll, which gives up after 10 s.
    expect(Date.now() - before).toBeLessThan(4000);
    expect((await handle.describe()).status.name).toBe('CANCELLED');
  });
});

describe('the deadline', () => {
  test('ends the wait with a last real look, and says how to go on', async () => {
    const jobId = zendesk.addJob({ total: 100, endsAs: 'never', duration: 60_000 });
    const before = Date.now();
    const failure = await failureOf(await suite.awaitJob({ jobId, timeout: '3s' }));
    const lasted = Date.now() - before;
    expect(failure).toMatchObject({ type: 'ZendeskJobTimedOut', nonRetryable: true });
    expect(failure.message).toMatch(
      /had not ended after 3s; last seen .* in \d+ polls. It may still run: wait for the same id again/,
    );
    expect(failure.details![0]).toMatchObject({
      account: 'default',
      jobId,
      lastSeen: { total: 100 },
      lastTrouble: null,
    });
    expect(lasted).toBeGreaterThanOrEqual(3000);
    const last = zendesk.requests.filter(({ path }) => path.includes(jobId)).at(-1)!;
    expect(last.at - before).toBeGreaterThan(2900);
  });

  test('leaves the job alone: it can be waited for again', async () => {
    const jobId = zendesk.addJob({ total: 3, duration: 3000 });
    const failure = await failureOf(await suite.awaitJob({ jobId, timeout: '1s' }));
    expect(failure).toMatchObject({ type: 'ZendeskJobTimedOut' });
    expect(await (await suite.awaitJob({ jobId })).result()).toMatchObject({ status: 'completed', succeeded: 3 });
    const methods = zendesk.requests.filter(({ path }) => path.includes(jobId)).map(({ method }) => method);
    expect(new Set(methods)).toEqual(new Set(['GET']));
  });

  test('an activity that Temporal has given up on is a timeout of ours, with its last failure as the cause', async () => {
    const trouble = { type: 'ZendeskUnavailable', message: 'no answer' };
    const activities = {
      async pollZendeskJobs() {
        await new Promise((resolve) => setTimeout(resolve, 1200));
        // Past scheduleToClose: Temporal does not wait for such a retry.
        throw ApplicationFailure.create({ ...trouble, nextRetryDelay: '1h' });
      },
    };
    const accounts = { default: { baseUrl: zendesk.origin } };
    const other = await startSuite({ accounts, worker: { activities } });
    try {
      const failure = await failureOf(await other.awaitJob({ jobId: 'V3-1', timeout: '1s' }));
      expect(failure).toMatchObject({ type: 'ZendeskJobTimedOut', nonRetryable: true, cause: trouble });
      expect(failure.details![0]).toMatchObject({ jobId: 'V3-1', lastSeen: null, lastTrouble: trouble });
    } finally {
      await other.stop();
    }
  });

  test('says what the last trouble was', async () => {
    const jobId = zendesk.addJob({ endsAs: 'never' });
    zendesk.injectFault({ kind: 'unavailable', times: Infinity, match: { path: new RegExp(jobId) } });
    const failure = await failureOf(await suite.awaitJob({ jobId, timeout: '2s' }));
    expect(failure).toMatchObject({ type: 'ZendeskJobTimedOut', cause: { type: 'ZendeskUnavailable' } });
    expect(failure.details![0]).toMatchObject({
      lastTrouble: { type: 'ZendeskUnavailable', message: expect.stringContaining('503') },
    });
  });
});

describe('trouble that passes does not end a wait', () => {
  test.each<[string, Partial<FaultOptions>]>([
    ['429 with Retry-After', { kind: 'rate-limit', retryAfter: 1 }],
    ['500', { kind: 'status', status: 500 }],
    ['502 with HTML', { kind: 'html', status: 502 }],
    ['503 with Retry-After', { kind: 'unavailable', retryAfter: 1 }],
    ['408', { kind: 'status', status: 408 }],
    ['200 with HTML', { kind: 'html', status: 200 }],
    ['200 with {}', { kind: 'empty-object' }],
    ['a truncated answer', { kind: 'truncated' }],
    ['a reset connection', { kind: 'reset' }],
  ])('%s, twice', async (_, fault) => {
    const jobId = zendesk.addJob({ total: 1, duration: 0 });
    zendesk.injectFault({ ...fault, times: 2, match: { path: new RegExp(jobId) } } as FaultOptions);
    expect(await (await suite.awaitJob({ jobId })).result()).toMatchObject({ status: 'completed', succeeded: 1 });
    expect(requestsAbout(jobId)).toBeGreaterThanOrEqual(3);
  });
});

describe('what cannot work is said at once', () => {
  test('a wrong token', async () => {
    const jobId = zendesk.addJob({});
    const failure = await failureOf(await suite.awaitJob({ jobId, account: 'wrong' }));
    expect(failure).toMatchObject({ type: 'ZendeskAuthenticationFailed', nonRetryable: true });
    expect(failure.details![0]).toMatchObject({ account: 'wrong', jobId, status: 401 });
  });

  test('a refused request', async () => {
    const jobId = zendesk.addJob({});
    zendesk.injectFault({ kind: 'status', status: 403, match: { path: new RegExp(jobId) } });
    const failure = await failureOf(await suite.awaitJob({ jobId }));
    expect(failure).toMatchObject({ type: 'ZendeskRequestRejected', nonRetryable: true });
    expect(failure.details![0]).toMatchObject({
      account: 'default',
      jobId,
      status: 403,
      lastTrouble: { type: 'ZendeskRequestRejected' },
    });
  });

  test('a redirect, which is never followed', async () => {
    const jobId = zendesk.addJob({});
    zendesk.injectFault({ kind: 'redirect', match: { path: new RegExp(jobId) } });
    const failure = await failureOf(await suite.awaitJob({ jobId }));
    expect(failure).toMatchObject({ type: 'ZendeskRequestRejected', message: expect.stringMatching(/redirect/i) });
    expect(requestsAbout(jobId)).toBe(1);
  });

  test('an account that the worker does not have', async () => {
    const failure = await failureOf(await suite.awaitJob({ jobId: 'V3-1', account: 'nobody' }));
    expect(failure).toMatchObject({
      type: 'ZendeskAccountUnknown',
      message: expect.stringContaining('default, wrong, paused'),
    });
  });

  test('input of the wrong shape, without a request', async () => {
    const before = zendesk.requests.length;
    const handle = await suite.awaitJob({ jobId: '../users/1', timeout: -5 });
    const failure = await failureOf(handle);
    expect(failure).toMatchObject({ type: 'ZendeskInputInvalid', nonRetryable: true });
    expect(failure.details![0]).toMatchObject({ problems: [{ field: 'jobId' }, { field: 'timeout' }] });
    expect(zendesk.requests.length).toBe(before);
    expect(await eventCount(handle)).toBe(5);
  });
});
