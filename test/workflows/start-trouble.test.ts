import { ActivityFailure, ApplicationFailure, CancelledFailure, TimeoutFailure } from '@temporalio/common';
import { troubleOf } from '../../src/workflows/start-job';

const failed = (cause: Error) => new ActivityFailure('Activity task failed', 'start', '1', undefined, undefined, cause);
const timedOut = (type: 'START_TO_CLOSE' | 'SCHEDULE_TO_START', heartbeat?: unknown) =>
  failed(new TimeoutFailure('timed out', heartbeat, type));
const failure = (type: string, nonRetryable = false) =>
  failed(ApplicationFailure.create({ type, message: 'why', nonRetryable, details: [{ retryAfter: 7_000 }] }));

test.each([
  ['no worker took it', timedOut('SCHEDULE_TO_START'), 'again'],
  ['its worker was lost', timedOut('START_TO_CLOSE'), 'uncertain'],
  ['rate limited', failure('ZendeskRateLimited'), 'again'],
  ['unavailable, and known to be refused', failure('ZendeskUnavailable'), 'again'],
  ['its records could not be read', failure('ZendeskSourceFailed'), 'again'],
  ['rejected, and may pass', failure('ZendeskRequestRejected'), 'again'],
  ['rejected for good', failure('ZendeskRequestRejected', true), 'never'],
  ['unanswered', failure('ZendeskStartUncertain', true), 'uncertain'],
  ['failed by an error of nobody', failure('TypeError'), 'uncertain'],
])('a start that was %s', (_, error, verdict) => {
  expect(troubleOf(error)).toMatchObject({ verdict });
});

test.each([
  ['with a heartbeat: it may have been sent', 'sending', 'uncertain'],
  ['without one: it was not sent', undefined, 'again'],
])('a start that is announced by a heartbeat, and whose worker was lost %s', (_, heartbeat, verdict) => {
  expect(troubleOf(timedOut('START_TO_CLOSE', heartbeat), true)).toMatchObject({ verdict });
});

test('Retry-After goes with it', () => {
  expect(troubleOf(failure('ZendeskRateLimited'))).toMatchObject({ retryAfter: 7_000 });
});

test('a cancellation is no trouble, nor is what no activity failed with', () => {
  expect(troubleOf(failed(new CancelledFailure('cancelled')))).toBeUndefined();
  expect(troubleOf(new Error('other'))).toBeUndefined();
});
