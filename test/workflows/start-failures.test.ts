import type { RetryState } from '@temporalio/common';
import { ActivityFailure, ApplicationFailure, CancelledFailure, TimeoutFailure } from '@temporalio/common';
import { startFailureOf, startTimedOut } from '../../src/workflows/start-failures';

const failed = (cause: Error, retryState?: RetryState) =>
  new ActivityFailure('Activity task failed', 'start', '1', retryState, undefined, cause);
const timedOut = (type: 'START_TO_CLOSE' | 'SCHEDULE_TO_START', heartbeat?: unknown, retryState?: RetryState) =>
  failed(new TimeoutFailure('timed out', heartbeat, type), retryState);
const failure = (type: string, nonRetryable = false, details: object = { retryAfter: 7_000 }) =>
  failed(ApplicationFailure.create({ type, message: 'why', nonRetryable, details: [details] }));

test.each([
  ['no worker took it', timedOut('SCHEDULE_TO_START'), 'retry'],
  ['its worker was lost', timedOut('START_TO_CLOSE'), 'uncertain'],
  ['its worker was lost until the time was over', timedOut('START_TO_CLOSE', undefined, 'TIMEOUT'), 'uncertain'],
  ['it was rate limited', failure('ZendeskRateLimited'), 'retry'],
  ['Zendesk is known to have refused it', failure('ZendeskUnavailable'), 'retry'],
  ['its records could not be read', failure('ZendeskSourceFailed'), 'retry'],
  ['it was rejected for a reason that passes', failure('ZendeskRequestRejected'), 'retry'],
  ['it was rejected', failure('ZendeskRequestRejected', true), 'rejected'],
  ['it got no response', failure('ZendeskStartUncertain', true), 'uncertain'],
  ['its time was over', failure('ZendeskJobTimedOut', true), 'timed_out'],
  ['an unknown error came up', failure('TypeError'), 'uncertain'],
  ['an unknown error came up before it was sent', failure('TypeError', false, { sent: false }), 'retry'],
])('a start fails because %s', (_, error, verdict) => {
  expect(startFailureOf(error)).toMatchObject({ verdict });
});

test.each([
  ['with a heartbeat: it may have been sent', 'sending', 'uncertain'],
  ['without one: it was not sent', undefined, 'retry'],
])('a start that is announced by a heartbeat, and whose worker was lost %s', (_, heartbeat, verdict) => {
  expect(startFailureOf(timedOut('START_TO_CLOSE', heartbeat), true)).toMatchObject({ verdict });
});

test('Retry-After goes with the failure', () => {
  expect(startFailureOf(failure('ZendeskRateLimited'))).toMatchObject({ retryAfter: 7_000 });
});

test('a cancellation is not a failed start, nor is an error that is not of an activity', () => {
  expect(startFailureOf(failed(new CancelledFailure('cancelled')))).toBeUndefined();
  expect(startFailureOf(new Error('other'))).toBeUndefined();
});

test('a start that ran out of time says whether a job may have been queued, and never both', () => {
  const last = startFailureOf(failure('ZendeskUnavailable'))!;
  expect(startTimedOut(last, 'default', 'users/create_or_update_many', true).message).toBe(
    'users/create_or_update_many could not be started in time; starting it again is safe. The last failure: why',
  );
  expect(startTimedOut(last, 'default', 'tickets/create_many', false).message).toBe(
    'tickets/create_many could not be started in time; no job was queued. The last failure: why',
  );
});
