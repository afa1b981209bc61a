/** Which failure a bulk run ends with, and which trouble concerns one batch alone. */
import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';
import type { BulkEndedDetails } from '../../common/error-details';
import { ZendeskErrorType } from '../../common/error-types';
import type { Trouble } from '../../common/polling';
import type { StartCandidate } from '../../common/starting';
import type { BulkState } from './bulk-state';
import { resultOf } from './tally';

/** Answers of Zendesk that are about the records of a start: the same start with others may succeed. */
const ABOUT_RECORDS = [400, 409, 413, 422];

/** Uncertain batches that a run takes: more of them are no accident. */
export const MOST_UNCERTAIN = 100;

interface Details {
  status?: number;
  candidates?: StartCandidate[];
}

/** Candidates for the job of a start of which nobody knows; undefined for any other failure. */
export function uncertainStart(error: unknown): StartCandidate[] | undefined {
  if (!(error instanceof ApplicationFailure) || error.type !== ZendeskErrorType.START_UNCERTAIN) return undefined;
  return detailsOf(error).candidates ?? [];
}

/** Why Zendesk refused these records; undefined for a failure that others would meet as well. */
export function refusedRecords(error: unknown): Trouble | undefined {
  if (!(error instanceof ApplicationFailure) || error.type !== ZendeskErrorType.REQUEST_REJECTED) return undefined;
  const { status = 0 } = detailsOf(error);
  return ABOUT_RECORDS.includes(status) ? { type: error.type, message: error.message } : undefined;
}

/** Ends the run for what concerns all batches. The details have the result so far, and the jobs that still run. */
export function bulkFailure(error: unknown, account: string, operation: string, state: BulkState): Error {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  const application = cause instanceof ApplicationFailure ? cause : undefined;
  if (!application && !(error instanceof ActivityFailure)) return error as Error;

  const timedOut = error instanceof ActivityFailure && error.retryState === 'TIMEOUT';
  if (timedOut && !application) return bulkTimedOut(account, operation, state);
  const type = timedOut && !isSourceTrouble(application) ? ZendeskErrorType.JOB_TIMED_OUT : application?.type;
  const message = `${operation}: ${(cause as Error | undefined)?.message ?? (error as Error).message}`;
  return failure(type ?? ZendeskErrorType.JOB_TIMED_OUT, message, account, operation, state, application);
}

export function bulkTimedOut(account: string, operation: string, state: BulkState): ApplicationFailure {
  const message =
    `${operation} had not ended in time: ${state.tally.total} of ${state.total ?? 'an unknown number of'} records are done. ` +
    'The jobs in `jobIds` may still run; import the rest anew';
  return failure(ZendeskErrorType.JOB_TIMED_OUT, message, account, operation, state);
}

export function tooManyUncertain(account: string, operation: string, state: BulkState): ApplicationFailure {
  const message =
    `${operation}: ${state.tally.uncertain.length} batches may have been started or not. Nothing more is started; look at ` +
    'the records of `result.uncertain` before sending them anew';
  return failure(ZendeskErrorType.START_UNCERTAIN, message, account, operation, state);
}

function failure(
  type: string,
  message: string,
  account: string,
  operation: string,
  { running, tally }: BulkState,
  cause?: ApplicationFailure,
): ApplicationFailure {
  const jobIds = running.flatMap(({ jobId }) => jobId ?? []);
  const details: BulkEndedDetails = { ...detailsOf(cause), account, operation, jobIds, result: resultOf(tally) };
  return ApplicationFailure.create({ type, message, nonRetryable: true, details: [details], cause });
}

function isSourceTrouble(failure?: ApplicationFailure): boolean {
  return failure?.type === ZendeskErrorType.SOURCE_FAILED;
}

function detailsOf(failure?: ApplicationFailure): Details {
  return (failure?.details?.[0] ?? {}) as Details;
}
