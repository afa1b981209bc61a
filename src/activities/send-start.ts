import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { toMilliseconds } from '../common/duration';
import { ZendeskErrorType } from '../common/error-types';
import { startDelay } from '../common/start-delay';
import type { StartIdentity } from '../common/starting';
import { ZendeskError, ZendeskUnavailableError } from '../zendesk/errors';
import { isTerminal } from '../zendesk/outcome';
import { mayPass, startWas, wasAnswered } from '../zendesk/start-certainty';
import type { StartRequest } from '../zendesk/start-input';
import type { AccountConnection } from './accounts';
import { candidatesIn } from './candidates';
import { startFailed } from './events';
import { retryIn, toFailure, withDetails } from './failures';
import { listNewestJobs } from './job-list';
import { EarlierJobRunningError, SentBeforeResetError, StartTooLateError } from './start-errors';
import { startsBeforeReset } from './starts-before-reset';

/** Left of an attempt's time for reporting how the start ended. */
const REPORT_TIME_MS = 2_000;
/** No start is sent with less time than that. */
const MIN_SEND_TIME_MS = 1_000;
/** So long after the first attempt, a running job that may be the start's own holds up its repetition. */
const EARLIER_JOB_PATIENCE_MS = 3 * 60_000;
/** From this attempt on, another call tells whether Zendesk is down, or refuses this start alone. */
const PROBE_FROM_ATTEMPT = 3;

export interface StartContext {
  account: string;
  connection: AccountConnection;
  identity: StartIdentity;
  /** Waits for whatever a start has to wait for, then sends it. Default: sends it at once. */
  whenPossible?: <T>(send: () => Promise<T>) => Promise<T>;
  /** Whether the input of an activity of the same type was for the same start. Asked in a workflow that was reset. */
  isSameStart(input: unknown): boolean;
  /** Called before a start that is not safe to repeat is sent. What it throws is thrown, and nothing is sent. */
  announce?: () => Promise<void>;
}

/**
 * Sends a start, once in this attempt. Throws what Temporal is to make of a failure:
 *
 * - `ZendeskStartUncertain`, not retryable: the start was sent, its fate is unknown, and repeating it might do the work twice, or
 *   would end in the same way;
 * - `ZendeskJobTimedOut`, not retryable: the time for the start is over;
 * - retryable: nothing was queued, or repeating the start is safe; `details[0].sent` says whether this attempt sent it;
 * - not retryable: Zendesk refused the start, and would refuse it again.
 */
export async function sendStart(
  request: StartRequest,
  context: StartContext,
): Promise<{ jobId: string; requestId?: string }> {
  const { account, connection, identity, announce, whenPossible = (send) => send() } = context;
  const { client, starts } = connection;
  const attempt = startAttempt(identity);
  let sent = false;
  const beforeSend = () => {
    sent = false; // A 401 before has refused it.
    const time = attempt.timeToSend();
    sent = true;
    return time;
  };
  try {
    attempt.timeToSend();
    const earlierJob = await jobOfStartBeforeReset(request, context);
    if (earlierJob !== null) return { jobId: earlierJob };
    await waitForJobOfEarlierAttempt(request, context, attempt);
    const send = async () => {
      attempt.timeToSend();
      if (!request.repeatSafe) await announce?.();
      starts.add(identity.id, request);
      return await client.start(request, beforeSend);
    };
    const started = await whenPossible(send);
    starts.settle(identity.id, started.jobId);
    return started;
  } catch (error) {
    if (error instanceof ZendeskError && sent) startFailed(account, request.operation, error);
    const isUncertain =
      error instanceof SentBeforeResetError ||
      (sent && !(error instanceof ZendeskError && startWas(error) === 'refused'));
    if (isUncertain) starts.setUncertain(identity.id, { answered: wasAnswered(error) });
    else starts.remove(identity.id);
    if (isUncertain && !(request.repeatSafe && mayBeSentAgain(error, account))) throw uncertainStart(error, account);
    const failure = withDetails(failureOfStart(error, account, attempt), { sent });
    // Zendesk or a proxy may refuse this start alone, for what is in its records.
    const mayBeItsOwn = isUncertain || error instanceof ZendeskUnavailableError;
    const probes = mayBeItsOwn && attempt.number >= PROBE_FROM_ATTEMPT;
    throw probes ? withDetails(failure, { otherCallsSucceed: await answers(connection) }) : failure;
  }
}

/** The start was sent; whether Zendesk received it is unknown. */
function uncertainStart(error: unknown, account: string): ApplicationFailure {
  const { message, details } = asFailure(error, account);
  return ApplicationFailure.nonRetryable(message, ZendeskErrorType.START_UNCERTAIN, {
    ...(details?.[0] as object),
    sent: true,
  });
}

/** Whether the same start may end in another way. Not where its response is too large, say. */
function mayBeSentAgain(error: unknown, account: string): boolean {
  return !asFailure(error, account).nonRetryable || (error instanceof ZendeskError && mayPass(error));
}

/** No job was queued, or the start is safe to repeat. */
function failureOfStart(error: unknown, account: string, attempt: StartAttempt): ApplicationFailure {
  const failure = asFailure(error, account);
  if (!mayBeSentAgain(error, account)) return failure;
  const { retryAfter } = (failure.details?.[0] ?? {}) as { retryAfter?: number };
  const delay = handOverDelay(failure) ?? startDelay(attempt.number, Math.random(), retryAfter);
  if (attempt.now() + delay < attempt.deadline) return retryIn(failure, delay);
  return ApplicationFailure.nonRetryable(failure.message, ZendeskErrorType.JOB_TIMED_OUT, failure.details?.[0]);
}

/** Set where another worker is to take over at once, or a job is to finish first. Retry-After is in the details. */
function handOverDelay({ nextRetryDelay, details }: ApplicationFailure): number | undefined {
  const { retryAfter } = (details?.[0] ?? {}) as { retryAfter?: number };
  return nextRetryDelay == null || retryAfter !== undefined ? undefined : toMilliseconds(nextRetryDelay);
}

function asFailure(error: unknown, account: string): ApplicationFailure {
  const handedOver = cancellationSignal().aborted && !(error instanceof ZendeskError);
  const failure = toFailure(handedOver ? new CancelledFailure('the worker is shutting down') : error, account);
  if (failure instanceof ApplicationFailure) return failure;
  const message = error instanceof Error ? error.message : String(error);
  return ApplicationFailure.create({ type: ZendeskErrorType.UNAVAILABLE, message, details: [{ account }] });
}

async function answers({ client }: AccountConnection): Promise<boolean> {
  return await client.list({ pageSize: 1 }).then(
    () => true,
    () => false,
  );
}

interface StartAttempt {
  /** 1 for the first. */
  number: number;
  /** When the first attempt was scheduled: epoch ms. */
  firstScheduledAt: number;
  deadline: number;
  now(): number;
  /** How many ms a request may take. Throws `StartTooLateError` where there is too little time. */
  timeToSend(): number;
}

function startAttempt({ deadline }: StartIdentity): StartAttempt {
  const info = activityInfo();
  const began = performance.now();
  const now = () => info.currentAttemptScheduledTimestampMs + Math.round(performance.now() - began);
  return {
    number: info.attempt,
    firstScheduledAt: info.scheduledTimestampMs,
    deadline,
    now,
    timeToSend() {
      if (now() >= deadline) throw new StartTooLateError(true);
      const time = info.startToCloseTimeoutMs - (performance.now() - began) - REPORT_TIME_MS;
      if (time < MIN_SEND_TIME_MS) throw new StartTooLateError(false);
      return time;
    },
  };
}

/** A start that was pending at the point to which the workflow was reset is made again as it was scheduled, by another run. */
function resetRunsOf({ runId, resetRuns = [] }: StartIdentity): string[] {
  const current = activityInfo().workflowExecution?.runId;
  return current === undefined || current === runId || resetRuns.includes(current)
    ? resetRuns
    : [...resetRuns, current];
}

/** The job of the same start, made by a run before the workflow was reset. */
async function jobOfStartBeforeReset(
  request: StartRequest,
  { identity, isSameStart }: StartContext,
): Promise<string | null> {
  const resetRuns = resetRunsOf(identity);
  if (request.repeatSafe || resetRuns.length === 0) return null;
  const starts = (await startsBeforeReset(resetRuns)).filter(({ input }) => isSameStart(input));
  const job = starts.map((start) => start.job).find((made) => made !== 'none' && made !== 'unknown');
  if (job) return job.jobId;
  if (starts.some((start) => start.job === 'unknown')) throw new SentBeforeResetError();
  return null;
}

/**
 * Consults the list of jobs before a start is sent again. Throws `EarlierJobRunningError` while a job runs that an earlier attempt without
 * a response may have made, for some minutes: to start the same records again meanwhile would only lengthen the queue.
 */
async function waitForJobOfEarlierAttempt(
  request: StartRequest,
  { connection: { client, starts }, identity }: StartContext,
  { number, firstScheduledAt, now }: StartAttempt,
): Promise<void> {
  if (!request.repeatSafe || number === 1 || !starts.mayBeUnderWay(identity.id)) return;
  if (now() > firstScheduledAt + EARLIER_JOB_PATIENCE_MS) return;
  const search = { known: null, ownJobs: [], startedAt: firstScheduledAt };
  const candidates = candidatesIn((await listNewestJobs(client)).jobStatuses, request, search);
  const running = candidates.find(
    (job) =>
      !isTerminal(job.status) &&
      !starts.belongsToAnother(identity.id, job.id) &&
      !starts.mayBelongToAnother(identity.id, job, firstScheduledAt),
  );
  if (running) throw new EarlierJobRunningError(running.id);
}
