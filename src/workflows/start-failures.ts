/** What a failed start means, and which failure a run ends with for it: pure. */
import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import type { StartFailedDetails, StartUncertainDetails, TroubleDetails } from '../common/error-details';
import { ZendeskErrorType } from '../common/error-types';
import type { StartCandidate } from '../common/starting';

/** Why a start made no job that is known. */
export interface StartFailure {
  /**
   * - `retry`: nothing was queued, or repeating the start is safe; trying again may help.
   * - `rejected`: nothing was queued, and trying again does not help.
   * - `timed_out`: the time for the start is over.
   * - `uncertain`: it is unknown whether a job was queued.
   */
  verdict: 'retry' | 'rejected' | 'timed_out' | 'uncertain';
  /** Temporal's server has retried the start until the time was over. */
  retriedToTheEnd?: boolean;
  type: string;
  message: string;
  /** What Zendesk asked for, in ms. */
  retryAfter?: number;
  cause?: Error;
  details?: StartFailureDetails;
}

type StartFailureDetails = TroubleDetails & {
  /** Whether the last attempt sent the start. */
  sent?: boolean;
  /** Zendesk responded to another request right after it had not accepted this one. */
  otherCallsSucceed?: boolean;
};

/**
 * Undefined for a cancellation, and for an error that is not of an activity. `announced`: Temporal learns of a start by a heartbeat
 * before it is sent, so an attempt that timed out without one has sent nothing.
 */
export function startFailureOf(error: unknown, announced = false): StartFailure | undefined {
  if (!(error instanceof ActivityFailure)) return undefined;
  const { cause } = error;
  const retriedToTheEnd = error.retryState === 'TIMEOUT';
  if (cause instanceof TimeoutFailure) {
    if (cause.timeoutType === 'SCHEDULE_TO_START') {
      return { verdict: 'retry', type: 'Timeout', message: 'no worker took the start in time' };
    }
    if (announced && cause.lastHeartbeatDetails === undefined) {
      return { verdict: 'retry', type: 'Timeout', message: 'the worker was lost before it sent the start' };
    }
    const message = 'the worker was lost before it reported how the start ended';
    return { verdict: 'uncertain', type: 'Timeout', message, retriedToTheEnd };
  }
  if (!(cause instanceof ApplicationFailure)) return undefined;
  const type = cause.type ?? 'ApplicationFailure';
  const details = cause.details?.[0] as StartFailureDetails | undefined;
  const failure = { type, message: cause.message, cause, details, retriedToTheEnd };
  if (type === ZendeskErrorType.START_UNCERTAIN) return { ...failure, verdict: 'uncertain' };
  if (type === ZendeskErrorType.JOB_TIMED_OUT) return { ...failure, verdict: 'timed_out' };
  if (cause.nonRetryable) return { ...failure, verdict: 'rejected' };
  // An error of no known type may have come up before or after the request.
  if (details?.sent === undefined && !KNOWN_TYPES.includes(type)) return { ...failure, verdict: 'uncertain' };
  // Not the failure's own retry delay: each of these attempts is a first one, whose delay does not grow.
  return { ...failure, verdict: 'retry', retryAfter: details?.retryAfter };
}

const KNOWN_TYPES: string[] = [
  ZendeskErrorType.RATE_LIMITED,
  ZendeskErrorType.UNAVAILABLE,
  ZendeskErrorType.SOURCE_FAILED,
  ZendeskErrorType.REQUEST_REJECTED,
];

/** Zendesk refused the start, and would refuse it again. Nothing was queued. */
export function startRejected(failure: StartFailure, account: string, operation: string): ApplicationFailure {
  return failWith<StartFailedDetails>(failure.type, failure.message, { account, operation }, failure);
}

/** The time was over before Zendesk accepted the job. */
export function startTimedOut(
  failure: StartFailure,
  account: string,
  operation: string,
  repeatSafe: boolean,
): ApplicationFailure {
  const queued = repeatSafe ? 'starting it again is safe' : 'no job was queued';
  const message = `${operation} could not be started in time; ${queued}. The last failure: ${failure.message}`;
  const subject = { account, operation, lastSeen: null };
  return failWith<StartFailedDetails>(ZendeskErrorType.JOB_TIMED_OUT, message, subject, failure);
}

/** It is unknown whether Zendesk received the start. */
export function startUncertain(
  failure: StartFailure,
  { account, operation, repeatSafe }: { account: string; operation: string; repeatSafe: boolean },
  startedAt: number,
  candidates: StartCandidate[],
): ApplicationFailure {
  const fit = candidates.length === 1 ? '1 listed job fits' : `${candidates.length || 'no'} listed jobs fit`;
  const why = repeatSafe ? 'another attempt would end in the same way' : 'it is not safe to repeat';
  const message =
    `whether Zendesk received the start of ${operation} is unknown, and ${why}; ${fit}. Check the candidates and ` +
    `the records in Zendesk before you start it again: ${failure.message}`;
  const subject = { account, operation, startedAt: new Date(startedAt).toISOString(), candidates };
  return failWith<StartUncertainDetails>(ZendeskErrorType.START_UNCERTAIN, message, subject, failure);
}

function failWith<Details extends StartFailedDetails>(
  type: string,
  message: string,
  subject: Omit<Details, 'lastTrouble'>,
  { type: lastType, message: lastMessage, details, cause }: StartFailure,
): ApplicationFailure {
  const { sent, otherCallsSucceed, ...response } = details ?? {};
  const lastTrouble = { type: lastType, message: lastMessage };
  return ApplicationFailure.create({
    type,
    message,
    nonRetryable: true,
    details: [{ ...response, ...subject, lastTrouble }],
    cause,
  });
}
