/** Which failure a bulk run ends with, and which failure concerns one batch alone. */
import { ActivityFailure, ApplicationFailure, isCancellation, workflowInfo } from '@temporalio/workflow';
import type { BulkRun } from '../../common/bulk';
import type { RemainingRecords } from '../../common/bulk-types';
import { BYTE_BUDGETS, cutToBytes, jsonBytes } from '../../common/byte-budgets';
import { continueCommand, isEverything, isNothing } from '../../common/continue-import';
import type { BulkEndedDetails } from '../../common/error-details';
import { ZendeskErrorType } from '../../common/error-types';
import type { Trouble as Failure } from '../../common/polling';
import type { StartCandidate } from '../../common/starting';
import type { BulkState } from './bulk-state';
import { remainingRecords } from './remaining';
import { resultOf } from './tally';

/**
 * Responses that may be about some records of a start, so that the same start with others may succeed: what Zendesk cannot read or
 * process, and what is too large for it or for a proxy (body, URL, headers).
 */
const ABOUT_RECORDS = [400, 413, 414, 422, 431];
/** A start, and not the token for it. */
const START_PATH = /^\/api\//;

/** Batches that may be uncertain as a whole before the run ends: more of them are no accident. */
export const MAX_UNCERTAIN_BATCHES = 100;

/** Of the details of an activity's failure: what a bulk run's failure takes over. */
const FACTS = [
  'code',
  'status',
  'requestId',
  'retryAfter',
  'method',
  'path',
  'known',
  'problems',
  'source',
  'sink',
  'lastTrouble',
] as const satisfies (keyof BulkEndedDetails)[];
const OUR_TYPES: string[] = Object.values(ZendeskErrorType);

interface Details extends Partial<BulkEndedDetails> {
  candidates?: StartCandidate[];
}

/** Why a start is uncertain, and the candidates for its job; undefined for any other failure. */
export function uncertainStart(error: unknown): { reason: string; candidates: StartCandidate[] } | undefined {
  if (!(error instanceof ApplicationFailure) || error.type !== ZendeskErrorType.START_UNCERTAIN) return undefined;
  const { lastTrouble, candidates = [] } = detailsOf(error);
  return { reason: `whether Zendesk received the start is unknown: ${lastTrouble?.message ?? ''}`, candidates };
}

/** Why Zendesk refused these records, and queued nothing; undefined for a failure that others would meet as well. */
export function refusedRecords(error: unknown): Failure | undefined {
  if (!(error instanceof ApplicationFailure) || error.type !== ZendeskErrorType.REQUEST_REJECTED) return undefined;
  const { status = 0, path = '' } = detailsOf(error);
  const isAboutRecords = ABOUT_RECORDS.includes(status) && START_PATH.test(path);
  return isAboutRecords ? { type: error.type, message: error.message } : undefined;
}

/** Ends the run for what concerns all batches: the details have the result so far, the jobs that ran, and what was not sent. */
export function bulkFailure(
  error: unknown,
  run: BulkRun,
  state: BulkState,
  end: { jobIds: string[]; sinkProblem?: string },
): Error {
  if (isCancellation(error)) return error as Error;
  const cause = error instanceof ActivityFailure ? error.cause : error;
  const application = cause instanceof ApplicationFailure ? cause : undefined;
  if (!application && !(error instanceof ActivityFailure)) return error as Error;

  const timedOut = error instanceof ActivityFailure && error.retryState === 'TIMEOUT';
  const type = timedOut && !isOfSourceOrSink(application) ? ZendeskErrorType.JOB_TIMED_OUT : application?.type;
  const { account, start } = run;
  const { operation } = start;
  const { jobIds, sinkProblem } = end;
  const reason = (cause as Error | undefined)?.message || (error as Error).message;
  const text = reason.startsWith(operation) ? reason : `${operation}: ${reason}`;
  const message = cutToBytes(text, BYTE_BUDGETS.failureMessage);
  const remaining = remainingRecords(state);
  const details: BulkEndedDetails = {
    ...factsOf(application),
    account,
    operation,
    jobIds,
    result: resultOf(state.tally),
    remaining,
    ...(sinkProblem !== undefined && { sinkProblem: cutToBytes(sinkProblem, BYTE_BUDGETS.message) }),
  };
  return ApplicationFailure.create({
    type: type ?? ZendeskErrorType.JOB_TIMED_OUT,
    message: `${message}${continueAdvice(run, remaining)}`,
    nonRetryable: true,
    details: [details],
    cause: application && causeOf(application),
  });
}

/** An import of the command line names the version of its file: it can be continued where it stopped. */
function continueAdvice({ source }: BulkRun, remaining: RemainingRecords): string {
  const { version } = (source?.args ?? {}) as { version?: unknown };
  const canContinue = source?.name === 'ndjson' && version !== undefined;
  if (!canContinue || isEverything(remaining) || isNothing(remaining)) return '';
  return `. Go on where it stopped with: ${continueCommand(workflowInfo().workflowId)}`;
}

/** The time of the run is over. `waitingFor`: what it was waiting for. */
export function bulkTimedOut(operation: string, { tally, total }: BulkState, waitingFor: string | null): Error {
  const message =
    `${operation} did not finish in time: ${tally.total} of ${total ?? 'an unknown number of'} records are done` +
    `${waitingFor === null ? '' : `; it was waiting: ${cutToBytes(waitingFor, BYTE_BUDGETS.message)}`}. The details say which jobs were not reported, and what was not sent`;
  return ApplicationFailure.nonRetryable(message, ZendeskErrorType.JOB_TIMED_OUT);
}

export function tooManyUncertain(operation: string, { uncertainBatches }: BulkState): Error {
  const message =
    `${operation}: of ${uncertainBatches} batches it is unknown whether Zendesk did them. Nothing more is started; check the ` +
    'records of `result.uncertain` in Zendesk before they are sent again';
  return ApplicationFailure.nonRetryable(message, ZendeskErrorType.START_UNCERTAIN);
}

/** A source that would never end. */
export function sourceCycles(source: string): Error {
  const message = `source ${source}: it returned to a cursor that was read before, and would never end`;
  return ApplicationFailure.nonRetryable(message, ZendeskErrorType.SOURCE_FAILED, { source });
}

function isOfSourceOrSink(failure?: ApplicationFailure): boolean {
  return failure?.type === ZendeskErrorType.SOURCE_FAILED || failure?.type === ZendeskErrorType.SINK_FAILED;
}

/** What is known of the reason. A failure of the user's own has its details in the cause alone: their shape is the user's. */
function factsOf(failure?: ApplicationFailure): Partial<BulkEndedDetails> {
  if (!OUR_TYPES.includes(failure?.type ?? '')) return {};
  const details = detailsOf(failure);
  let room = BYTE_BUDGETS.failureFacts;
  const kept = FACTS.filter((name) => {
    const bytes = jsonBytes(details[name]);
    if (bytes === 0 || bytes > room) return false;
    room -= bytes;
    return true;
  });
  return Object.fromEntries(kept.map((name) => [name, details[name]]));
}

/** The failure of an activity; without its details and causes where they are too long, as a source of the user's own may throw. */
function causeOf(failure: ApplicationFailure): ApplicationFailure {
  if (failureBytes(failure) <= BYTE_BUDGETS.failureCause) return failure;
  const { type, nonRetryable } = failure;
  const message = cutToBytes(failure.message, BYTE_BUDGETS.failureMessage);
  return ApplicationFailure.create({ type: type ?? undefined, message, nonRetryable: nonRetryable ?? undefined });
}

function failureBytes(failure: Error): number {
  const { message, stack, cause } = failure;
  try {
    const bytes = jsonBytes([message, stack, (failure as ApplicationFailure).details]);
    return bytes + (cause instanceof Error ? failureBytes(cause) : 0);
  } catch {
    return Infinity; // Details that a converter of the user's own makes something else than JSON of.
  }
}

function detailsOf(failure?: ApplicationFailure): Details {
  return (failure?.details?.[0] ?? {}) as Details;
}
