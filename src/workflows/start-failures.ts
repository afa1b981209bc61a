/** Which failure a start ends with: thrown by the workflow itself, as the errors of docs/errors.md. */
import { ApplicationFailure } from '@temporalio/workflow';
import type { TroubleDetails, StartFailedDetails, StartUncertainDetails } from '../common/error-details';
import { ZendeskErrorType } from '../common/error-types';
import type { StartCandidate } from '../common/starting';

/** Why a start did not bring a job, and what that means. */
export interface StartTrouble {
  /** `again`: nothing was queued, and trying again may help. `never`: nothing was queued. `uncertain`: who knows. */
  verdict: 'again' | 'never' | 'uncertain';
  type: string;
  message: string;
  /** What Zendesk asked for, in ms. */
  retryAfter?: number;
  cause?: Error;
  details?: TroubleDetails;
}

/** Zendesk refused the start, and would refuse it again. Nothing was queued. */
export function startRefused(trouble: StartTrouble, account: string, operation: string): ApplicationFailure {
  return failure<StartFailedDetails>(trouble.type, trouble.message, { account, operation }, trouble);
}

/** The time was up before Zendesk took the job. Only where each try was refused is it known that none is queued. */
export function neverStarted(
  trouble: StartTrouble,
  account: string,
  operation: string,
  repeatSafe: boolean,
): ApplicationFailure {
  const queued = repeatSafe ? 'a job may have been queued, and starting it again is safe' : 'no job was queued';
  const message = `${operation} could not be started in time; ${queued}: ${trouble.message}`;
  return failure<StartFailedDetails>(
    ZendeskErrorType.JOB_TIMED_OUT,
    message,
    { account, operation, lastSeen: null },
    trouble,
  );
}

/** Nobody can know whether Zendesk took the job. */
export function startUncertain(
  trouble: StartTrouble,
  account: string,
  operation: string,
  startedAt: number,
  candidates: StartCandidate[],
): ApplicationFailure {
  const fit = candidates.length === 1 ? '1 listed job fits' : `${candidates.length || 'no'} listed jobs fit`;
  const message =
    `${operation} may have been started or not, and is not safe to send again; ${fit}. Look at the candidates and at the ` +
    `records themselves before starting it anew: ${trouble.message}`;
  const subject = { account, operation, startedAt: new Date(startedAt).toISOString(), candidates };
  return failure<StartUncertainDetails>(ZendeskErrorType.START_UNCERTAIN, message, subject, trouble);
}

function failure<Details extends StartFailedDetails>(
  type: string,
  message: string,
  subject: Omit<Details, 'lastTrouble'>,
  trouble: StartTrouble,
): ApplicationFailure {
  const lastTrouble = { type: trouble.type, message: trouble.message };
  return ApplicationFailure.create({
    type,
    message,
    nonRetryable: true,
    details: [{ ...trouble.details, ...subject, lastTrouble }],
    cause: trouble.cause,
  });
}
