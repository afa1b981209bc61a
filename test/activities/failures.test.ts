import { ApplicationFailure, ApplicationFailureCategory, CancelledFailure } from '@temporalio/common';
import { AccountPausedError } from '../../src/activities/account-pause';
import { AccountUnknownError } from '../../src/activities/accounts';
import { retryIn, toFailure } from '../../src/activities/failures';
import { jsonBytes } from '../../src/common/byte-budgets';
import { InputProblems } from '../../src/common/inputs';
import {
  ZendeskAnswerInvalidError,
  ZendeskInputError,
  ZendeskJobNotFoundError,
  ZendeskNoAnswerError,
  ZendeskRateLimitedError,
  ZendeskRejectedError,
  ZendeskResponseTooLargeError,
  ZendeskTooManyJobsError,
  ZendeskUnauthorizedError,
  ZendeskUnavailableError,
  ZendeskUnreachableError,
} from '../../src/zendesk/errors';

const request = { method: 'GET', path: '/api/v2/job_statuses/V3-1' };
const facts = { text: 'what came', status: 418, requestId: 'req-1' };

test.each<[Error, string]>([
  [new ZendeskUnauthorizedError(request, facts), 'ZendeskAuthenticationFailed'],
  [new ZendeskRejectedError(request, facts), 'ZendeskRequestRejected'],
  [new ZendeskJobNotFoundError(request, facts), 'ZendeskRequestRejected'],
  [new ZendeskResponseTooLargeError(request, facts), 'ZendeskResponseTooLarge'],
  [new ZendeskInputError('jobId', 'odd'), 'ZendeskInputInvalid'],
  [new InputProblems('awaitZendeskJob', [{ field: 'jobId', problem: 'odd' }]), 'ZendeskInputInvalid'],
  [new AccountUnknownError('nobody', ['default']), 'ZendeskAccountUnknown'],
])('%p is not tried again', (error, type) => {
  const failure = toFailure(error, 'acme') as ApplicationFailure;
  expect(failure).toBeInstanceOf(ApplicationFailure);
  expect(failure).toMatchObject({ type, nonRetryable: true, message: error.message });
  expect(failure.details![0]).toMatchObject({ account: 'acme' });
});

test.each<[Error, string]>([
  [new ZendeskUnreachableError(request, { text: 'ECONNREFUSED' }), 'ZendeskUnavailable'],
  [new ZendeskNoAnswerError(request, { text: 'ECONNRESET' }), 'ZendeskUnavailable'],
  [new ZendeskUnavailableError(request, facts), 'ZendeskUnavailable'],
  [new ZendeskAnswerInvalidError(request, facts), 'ZendeskUnavailable'],
  [new ZendeskRateLimitedError(request, facts), 'ZendeskRateLimited'],
  [new ZendeskTooManyJobsError(request, facts, ['V3-2']), 'ZendeskRateLimited'],
  [new AccountPausedError(5000, '429'), 'ZendeskRateLimited'],
  [new DOMException('too long', 'TimeoutError'), 'ZendeskUnavailable'],
])('%p is tried again', (error, type) => {
  expect(toFailure(error, 'acme')).toMatchObject({ type, nonRetryable: false });
});

test('the details of what many wrong fields or many accounts come to stay small', () => {
  const problems = Array.from({ length: 10_000 }, (_, i) => ({ field: `${'日'.repeat(1_000)}${i}`, problem: 'odd' }));
  const known = Array.from({ length: 10_000 }, (_, i) => `account-${'x'.repeat(80)}-${i}`);
  for (const error of [new InputProblems('run', problems), new AccountUnknownError('nobody', known)]) {
    const { message, details } = toFailure(error, 'acme') as ApplicationFailure;
    expect(jsonBytes(message)).toBeLessThan(5_000);
    expect(jsonBytes(details)).toBeLessThan(100_000);
  }
});

test('Zendesk says when to try again', () => {
  const error = new ZendeskUnavailableError(request, { ...facts, retryAfter: 30_000 });
  expect(toFailure(error, 'acme')).toMatchObject({ nextRetryDelay: 30_000 });
});

test('the details name the request and its id, for Zendesk support', () => {
  const failure = toFailure(new ZendeskRejectedError(request, facts), 'acme') as ApplicationFailure;
  expect(failure.details).toEqual([
    {
      account: 'acme',
      code: 'ERR_ZENDESK_REJECTED',
      status: 418,
      requestId: 'req-1',
      retryAfter: undefined,
      ...request,
    },
  ]);
});

test('a worker that shuts down hands over: its cancellation does not end the wait', () => {
  const failure = toFailure(new CancelledFailure('WORKER_SHUTDOWN'), 'acme');
  expect(failure).toMatchObject({ type: 'ZendeskUnavailable', nonRetryable: false, nextRetryDelay: 100 });
});

test('an error that is none of ours stays what it is', () => {
  const bug = new TypeError('x is not a function');
  expect(toFailure(bug, 'acme')).toBe(bug);
});

test('a failure put off keeps everything but its delay', () => {
  const failure = toFailure(new AccountPausedError(5000, '429'), 'acme') as ApplicationFailure;
  const later = retryIn(failure, 70_000);
  expect(later).toMatchObject({
    type: failure.type,
    message: failure.message,
    details: failure.details,
    category: ApplicationFailureCategory.BENIGN,
    nextRetryDelay: 70_000,
  });
});
