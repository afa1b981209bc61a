/** Which failure comes of which error: the one place where Zendesk's answers become Temporal's `ApplicationFailure`s. */
import {
  ApplicationFailure,
  ApplicationFailureCategory,
  CancelledFailure,
  type ApplicationFailureOptions,
} from '@temporalio/common';
import { ZendeskErrorType } from '../common/error-types';
import { InputProblems } from '../common/inputs';
import {
  ZendeskError,
  ZendeskInputError,
  ZendeskRateLimitedError,
  ZendeskTooManyJobsError,
  ZendeskUnauthorizedError,
} from '../zendesk/errors';
import { AccountUnknownError } from './accounts';
import { SinkError, SourceError } from './bulk/errors';
import { AccountPausedError } from './job-reader';
import { NoJobSlotError } from './job-slots';
import { EarlierJobRunningError, StartNotAnnouncedError, StartTooLateError } from './start-errors';

/** Retry delay while a job runs that may be the one of an earlier attempt of the same start. */
const EARLIER_JOB_DELAY_MS = 5_000;
/** Retry delay when this worker goes away in mid-request: another one takes over at once. */
const HAND_OVER = 100;

/**
 * Translates whatever an activity caught.
 *
 * - `ZendeskInputInvalid`, `ZendeskAccountUnknown`, `ZendeskAuthenticationFailed`, `ZendeskRequestRejected`: not retried;
 * - `ZendeskSourceFailed`: not retried where the source broke its contract, retried where it threw;
 * - `ZendeskSinkFailed`: retried;
 * - `ZendeskRateLimited` (429, an account on pause or without a job slot), `ZendeskUnavailable` (network, 408, 5xx, unreadable answers, a worker
 *   that shuts down): retried, after what Zendesk asked for where it did.
 *
 * `details[0]` has `account` and, for answers, `code`, `status`, `requestId`, `method`, `path`. What is no error of ours is
 * returned as it came, and Temporal retries it.
 */
export function toFailure(error: unknown, account: string): unknown {
  if (error instanceof InputProblems) {
    return permanent(ZendeskErrorType.INPUT_INVALID, error.message, { account, problems: error.problems });
  }
  if (error instanceof ZendeskInputError) {
    const problems = [{ field: error.field, problem: error.message }];
    return permanent(ZendeskErrorType.INPUT_INVALID, error.message, { account, problems });
  }
  if (error instanceof AccountUnknownError) {
    return permanent(ZendeskErrorType.ACCOUNT_UNKNOWN, error.message, { account, known: error.known });
  }
  if (error instanceof SourceError) {
    const failure = error.permanent ? permanent : temporary;
    return failure(ZendeskErrorType.SOURCE_FAILED, error.message, { account, source: error.source });
  }
  if (error instanceof StartTooLateError) {
    return error.deadlineIsOver
      ? permanent(ZendeskErrorType.JOB_TIMED_OUT, error.message, { account })
      : temporary(ZendeskErrorType.UNAVAILABLE, error.message, { account });
  }
  if (error instanceof StartNotAnnouncedError) {
    return temporary(ZendeskErrorType.UNAVAILABLE, error.message, { account });
  }
  if (error instanceof EarlierJobRunningError) {
    return temporary(ZendeskErrorType.UNAVAILABLE, error.message, { account }, EARLIER_JOB_DELAY_MS, BENIGN);
  }
  if (error instanceof SinkError) {
    return temporary(ZendeskErrorType.SINK_FAILED, error.message, { account, sink: error.sink });
  }
  if (error instanceof NoJobSlotError) {
    return temporary(ZendeskErrorType.RATE_LIMITED, error.message, { account }, undefined, BENIGN);
  }
  if (error instanceof AccountPausedError) {
    return temporary(ZendeskErrorType.RATE_LIMITED, error.message, { account }, error.remaining, BENIGN);
  }
  if (error instanceof CancelledFailure) {
    // Without heartbeats an activity hears of no other cancellation. Thrown as it is, it would end the wait.
    return temporary(ZendeskErrorType.UNAVAILABLE, 'the worker is shutting down', { account }, HAND_OVER, BENIGN);
  }
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return temporary(ZendeskErrorType.UNAVAILABLE, "Zendesk did not answer within the attempt's time", { account });
  }
  if (!(error instanceof ZendeskError)) return error;

  const { code, status, requestId, retryAfter } = error;
  const details = { account, code, status, requestId, retryAfter, ...error.request };
  return error.temporary
    ? temporary(temporaryType(error), error.message, details, retryAfter)
    : permanent(permanentType(error), error.message, details);
}

/** The same failure, to be retried after so many ms. */
export function retryIn(failure: ApplicationFailure, nextRetryDelay: number): ApplicationFailure {
  return copyOf(failure, { nonRetryable: false, nextRetryDelay });
}

/** The same failure, with more in its details. */
export function withDetails(failure: ApplicationFailure, more: object): ApplicationFailure {
  return copyOf(failure, { details: [{ ...(failure.details?.[0] as object), ...more }] });
}

function copyOf(failure: ApplicationFailure, changes: ApplicationFailureOptions): ApplicationFailure {
  const { type, message, nonRetryable, details, category, nextRetryDelay } = failure;
  return ApplicationFailure.create({
    type: type ?? undefined,
    message,
    nonRetryable: nonRetryable ?? undefined,
    details: details ?? [],
    category: category ?? undefined,
    nextRetryDelay: nextRetryDelay ?? undefined,
    ...changes,
  });
}

const BENIGN = ApplicationFailureCategory.BENIGN;

function temporaryType(error: ZendeskError): ZendeskErrorType {
  const rateLimited = error instanceof ZendeskRateLimitedError || error instanceof ZendeskTooManyJobsError;
  return rateLimited ? ZendeskErrorType.RATE_LIMITED : ZendeskErrorType.UNAVAILABLE;
}

function permanentType(error: ZendeskError): ZendeskErrorType {
  return error instanceof ZendeskUnauthorizedError
    ? ZendeskErrorType.AUTHENTICATION_FAILED
    : ZendeskErrorType.REQUEST_REJECTED;
}

function permanent(type: ZendeskErrorType, message: string, details: object): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, type, details);
}

function temporary(
  type: ZendeskErrorType,
  message: string,
  details: object,
  nextRetryDelay?: number,
  category?: ApplicationFailureCategory,
): ApplicationFailure {
  return ApplicationFailure.create({ type, message, details: [details], nextRetryDelay, category });
}
