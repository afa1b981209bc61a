/** Which failure comes of which error: the one place where Zendesk's answers become Temporal's `ApplicationFailure`s. */
import {
  ApplicationFailure,
  ApplicationFailureCategory,
  CancelledFailure,
  type ApplicationFailureOptions,
} from '@temporalio/common';
import { cutToBytes } from '../common/byte-budgets';
import { ZendeskErrorType } from '../common/error-types';
import { inputFailure } from '../common/input-failure';
import { InputProblems } from '../common/inputs';
import {
  ZendeskError,
  ZendeskInputError,
  ZendeskRateLimitedError,
  ZendeskResponseTooLargeError,
  ZendeskTooManyJobsError,
  ZendeskUnauthorizedError,
} from '../zendesk/errors';
import { AccountPausedError } from './account-pause';
import { AccountUnknownError } from './accounts';
import { SinkError, SourceError } from './bulk/errors';
import { NoJobSlotError } from './job-slots';
import { EarlierJobRunningError, StartNotAnnouncedError, StartTooLateError } from './start-errors';

/** Retry delay while a job runs that may be the one of an earlier attempt of the same start. */
const EARLIER_JOB_DELAY_MS = 5_000;
/** Temporal keeps 4 KB of a failure between two attempts. The message is in its stack trace, too. */
const MAX_MESSAGE_BYTES = 1_000;
/** Accounts that a `ZendeskAccountUnknown` names. */
const MAX_KNOWN_ACCOUNTS = 100;
/** Retry delay when this worker goes away in mid-request: another one takes over at once. */
const HAND_OVER = 100;

/**
 * Translates whatever an activity caught.
 *
 * - `ZendeskInputInvalid`, `ZendeskAccountUnknown`, `ZendeskAuthenticationFailed`, `ZendeskRequestRejected`, `ZendeskResponseTooLarge`:
 *   not retried;
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
    const { message, problems } = inputFailure(error);
    return permanent(ZendeskErrorType.INPUT_INVALID, message, { account, problems });
  }
  if (error instanceof ZendeskInputError) {
    const problems = [{ field: error.field, problem: error.message }];
    return permanent(ZendeskErrorType.INPUT_INVALID, error.message, { account, problems });
  }
  if (error instanceof AccountUnknownError) {
    const known = error.known.slice(0, MAX_KNOWN_ACCOUNTS);
    return permanent(ZendeskErrorType.ACCOUNT_UNKNOWN, error.message, { account, known });
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
    ? temporary(temporaryType(error), cutToBytes(error.message, MAX_MESSAGE_BYTES), details, retryAfter)
    : permanent(permanentType(error), cutToBytes(error.message, MAX_MESSAGE_BYTES), details);
}

/** The error of a job whose status is longer than the client accepts, as data. */
export function responseTooLarge({ message }: ZendeskResponseTooLargeError): { type: string; message: string } {
  return { type: ZendeskErrorType.RESPONSE_TOO_LARGE, message: cutToBytes(message, MAX_MESSAGE_BYTES) };
}

/** The failure of an activity whose result is longer than Temporal can carry. */
export function resultTooLarge(account: string, bytes: number, maxBytes: number): ApplicationFailure {
  const message = `the job statuses take ${bytes} bytes, more than the ${maxBytes} that an activity may return`;
  return permanent(ZendeskErrorType.RESPONSE_TOO_LARGE, message, { account });
}

/** The same failure, with what to do about it. */
export function withAdvice(failure: ApplicationFailure, advice: string): ApplicationFailure {
  return copyOf(failure, { message: `${failure.message}: ${advice}` });
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
  if (error instanceof ZendeskUnauthorizedError) return ZendeskErrorType.AUTHENTICATION_FAILED;
  if (error instanceof ZendeskResponseTooLargeError) return ZendeskErrorType.RESPONSE_TOO_LARGE;
  return ZendeskErrorType.REQUEST_REJECTED;
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
