import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  sleep,
  TimeoutFailure,
  type ActivityOptions,
} from '@temporalio/workflow';
import { toMilliseconds } from '../common/duration';
import { ZendeskErrorType } from '../common/error-types';
import { startDelay } from '../common/start-delay';
import type { FoundJobs, StartSearch } from '../common/starting';
import { neverStarted, startRefused, startUncertain, type StartTrouble } from './start-failures';
import { tellUncertainStart } from './uncertain-start';

/** A little over the time that a start may take. */
const START_TIMEOUT = '40s';
const LIST_TIMEOUT = '40s';
const LONGEST_DELAY = '2h';
/** How long after an uncertain start its job may come into sight. */
const SEARCH_TO_ADOPT = 60_000;
const SEARCH_TO_REPORT = 10_000;
/** A job that fits is only taken over if it is still the only one after that time. */
const SETTLE_TO_ADOPT = 10_000;

/** How one kind of start is made, and how the job of a lost one is looked for: with the kind's own activities. */
export interface Starter<Job> {
  operation: string;
  /** A second job with the same records would leave everything as the first one did. */
  repeatSafe: boolean;
  /** Temporal hears of a start by a heartbeat before it is sent: an attempt that timed out without one has sent nothing. */
  announced?: boolean;
  send(options: ActivityOptions): Promise<Job>;
  /** The ids of the account's jobs now. */
  snapshot(options: ActivityOptions): Promise<string[]>;
  search(search: StartSearch, options: ActivityOptions): Promise<FoundJobs>;
  /** What `send` would have returned, of a job that is taken over. */
  adopted(jobId: string, found: FoundJobs): Job;
}

export interface StartOptions {
  account: string;
  /** Epoch ms after which nothing is sent any more. */
  deadline: number;
  onUncertainStart: 'fail' | 'adopt';
  /** Lets so many ms pass before a start that came to nothing is sent again. */
  pause(delay: number, trouble: StartTrouble): Promise<void>;
}

/** A durable timer. */
export async function pauseBeforeStart(delay: number): Promise<void> {
  await sleep(delay, { summary: 'Zendesk refused the start; it is sent again' });
}

/**
 * Starts a job, and sends it a second time only where that cannot do the work twice.
 *
 * - Safe to repeat: Temporal's server retries the start until the deadline.
 * - Not safe, refused for certain: sent again after a durable timer, or failed at once where that cannot help.
 * - Not safe, and nobody can know: taken over if asked to and exactly one job fits, else `ZendeskStartUncertain`.
 */
export async function startJob<Job>(starter: Starter<Job>, options: StartOptions): Promise<Job> {
  const { account, deadline, onUncertainStart } = options;
  const { operation, repeatSafe } = starter;
  const adopt = onUncertainStart === 'adopt' && !repeatSafe;
  const known = adopt ? await listedBefore(starter, options) : null;
  const startedAt = Date.now();

  for (let refusals = 1; ; refusals++) {
    try {
      return await sendOnce(starter, deadline);
    } catch (error) {
      const trouble = troubleOf(error, starter.announced);
      if (!trouble) throw error;
      if (trouble.verdict === 'never') throw startRefused(trouble, account, operation);
      // The server has tried until the deadline.
      if (repeatSafe && (error as ActivityFailure).retryState === 'TIMEOUT') {
        throw neverStarted(trouble, account, operation, repeatSafe);
      }
      if (trouble.verdict === 'uncertain' && !repeatSafe) {
        const found = await search(starter, options, startedAt, known);
        const [only, ...others] = found.candidates;
        const takenOver = adopt && only && others.length === 0 && only.total === found.records;
        const jobIds = found.candidates.map(({ jobId }) => jobId);
        tellUncertainStart(takenOver ? 'adopted' : 'open', { account, operation, jobIds }, trouble);
        if (takenOver) {
          return starter.adopted(only.jobId, found);
        }
        throw startUncertain(trouble, account, operation, startedAt, found.candidates);
      }
      const delay = startDelay(refusals, Math.random(), trouble.retryAfter);
      if (Date.now() + delay >= deadline) throw neverStarted(trouble, account, operation, repeatSafe);
      await options.pause(delay, trouble);
    }
  }
}

async function sendOnce<Job>({ operation, repeatSafe, send }: Starter<Job>, deadline: number): Promise<Job> {
  const remaining = Math.max(1, deadline - Date.now());
  const start = () =>
    send({
      startToCloseTimeout: START_TIMEOUT,
      summary: `Start ${operation}`,
      ...(repeatSafe ? repeated(remaining) : { scheduleToStartTimeout: remaining, retry: { maximumAttempts: 1 } }),
    });
  // A start that is not safe to repeat settles even if the run is cancelled meanwhile: else its job would be nobody's.
  return repeatSafe ? await start() : await CancellationScope.nonCancellable(start);
}

async function listedBefore<Job>(starter: Starter<Job>, { account, deadline }: StartOptions): Promise<string[]> {
  const { operation } = starter;
  try {
    return await starter.snapshot({
      startToCloseTimeout: LIST_TIMEOUT,
      ...repeated(Math.max(1, deadline - Date.now())),
    });
  } catch (error) {
    const trouble = troubleOf(error);
    if (trouble?.verdict === 'never') throw startRefused(trouble, account, operation);
    throw trouble ? neverStarted(trouble, account, operation, false) : error;
  }
}

/** Nothing is lost when the list cannot be read: the start stays uncertain, without candidates. */
async function search<Job>(
  starter: Starter<Job>,
  { onUncertainStart }: StartOptions,
  startedAt: number,
  known: string[] | null,
): Promise<FoundJobs> {
  const adopt = onUncertainStart === 'adopt';
  const searchFor = adopt ? SEARCH_TO_ADOPT : SEARCH_TO_REPORT;
  const options: ActivityOptions = {
    startToCloseTimeout: LIST_TIMEOUT,
    ...repeated(searchFor + 2 * toMilliseconds(LIST_TIMEOUT)),
  };
  const until = Date.now() + searchFor;
  const settledAt = Date.now() + (adopt ? SETTLE_TO_ADOPT : 0);
  try {
    // Also for a run that was cancelled while the start was under way: else nobody would hear of the doubt.
    return await CancellationScope.nonCancellable(() =>
      starter.search({ startedAt, known, settledAt, until }, options),
    );
  } catch (error) {
    if (error instanceof ActivityFailure) return { candidates: [], records: null, tie: { by: 'order', records: [] } };
    throw error;
  }
}

function repeated(scheduleToCloseTimeout: number): ActivityOptions {
  return {
    scheduleToCloseTimeout,
    cancellationType: 'TRY_CANCEL',
    retry: { initialInterval: '2s', backoffCoefficient: 1.5, maximumInterval: LONGEST_DELAY },
  };
}

/** What a failed start means: pure. Undefined for a cancellation, and for what is no failure of an activity. */
export function troubleOf(error: unknown, announced = false): StartTrouble | undefined {
  if (!(error instanceof ActivityFailure)) return undefined;
  const { cause } = error;
  if (cause instanceof TimeoutFailure) {
    if (cause.timeoutType === 'SCHEDULE_TO_START') {
      return { verdict: 'again', type: 'Timeout', message: 'no worker took the start in time' };
    }
    if (announced && cause.lastHeartbeatDetails === undefined) {
      return { verdict: 'again', type: 'Timeout', message: 'the worker was lost before it sent the start' };
    }
    return { verdict: 'uncertain', type: 'Timeout', message: 'the worker did not say how the start ended' };
  }
  if (!(cause instanceof ApplicationFailure)) return undefined;
  const type = cause.type ?? 'ApplicationFailure';
  const trouble = { type, message: cause.message, cause, details: cause.details?.[0] as StartTrouble['details'] };
  if (type === ZendeskErrorType.START_UNCERTAIN) return { ...trouble, verdict: 'uncertain' };
  if (cause.nonRetryable) return { ...trouble, verdict: 'never' };
  const known =
    type === ZendeskErrorType.RATE_LIMITED ||
    type === ZendeskErrorType.UNAVAILABLE ||
    type === ZendeskErrorType.SOURCE_FAILED ||
    type === ZendeskErrorType.REQUEST_REJECTED;
  // An error that is none of ours may have come up before or after the request.
  if (!known) return { ...trouble, verdict: 'uncertain' };
  // Not the failure's own retry delay: each of these attempts is a first one, whose delay does not grow.
  return { ...trouble, verdict: 'again', retryAfter: trouble.details?.retryAfter };
}
