import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  proxyActivities,
  sleep,
  TimeoutFailure,
  type ActivityOptions,
} from '@temporalio/workflow';
import type { ZendeskActivities } from '../activities';
import { toMilliseconds } from '../common/duration';
import { ZendeskErrorType } from '../common/error-types';
import { startDelay } from '../common/start-delay';
import type { FoundJobs, RecordTie, StartedJob } from '../common/starting';
import { isRepeatSafe } from '../zendesk/repeat-safety';
import type { StartJobInput } from '../zendesk/start-input';
import { neverStarted, startRefused, startUncertain, type StartTrouble } from './start-failures';

/** A little over the time that a start may take. */
const START_TIMEOUT = '40s';
const LIST_TIMEOUT = '40s';
const LONGEST_DELAY = '2h';
/** How long after an uncertain start its job may come into sight. */
const SEARCH_TO_ADOPT = 60_000;
const SEARCH_TO_REPORT = 10_000;

export interface StartOptions {
  account: string;
  /** Epoch ms after which nothing is sent any more. */
  deadline: number;
  onUncertainStart: 'fail' | 'adopt';
  taskQueue?: string;
  /** Called with the reason when the start has to wait before it is sent again. */
  onRefused(reason: string): void;
}

/**
 * Starts a job, and sends it a second time only where that cannot do the work twice.
 *
 * - Safe to repeat: Temporal's server retries the start until the deadline.
 * - Not safe, refused for certain: sent again after a durable timer, or failed at once where that cannot help.
 * - Not safe, and nobody can know: taken over if asked to and exactly one job fits, else `ZendeskStartUncertain`.
 */
export async function startJob(
  start: StartJobInput,
  options: StartOptions,
): Promise<{ jobId: string; tie: RecordTie }> {
  const { account, deadline, onUncertainStart } = options;
  const { operation } = start;
  const repeatSafe = isRepeatSafe(start);
  const adopt = onUncertainStart === 'adopt' && !repeatSafe;
  const known = adopt ? await listedBefore(start, options) : null;
  const startedAt = Date.now();

  for (let refusals = 1; ; refusals++) {
    try {
      return await sendOnce(start, repeatSafe, options);
    } catch (error) {
      const trouble = troubleOf(error);
      if (!trouble) throw error;
      if (trouble.verdict === 'never') throw startRefused(trouble, account, operation);
      // The server has tried until the deadline.
      if (repeatSafe) throw neverStarted(trouble, account, operation, repeatSafe);
      if (trouble.verdict === 'uncertain') {
        const { candidates, records, tie } = await search(start, options, startedAt, known);
        const [only, ...others] = candidates;
        if (adopt && only && others.length === 0 && only.total === records) return { jobId: only.jobId, tie };
        throw startUncertain(trouble, account, operation, startedAt, candidates);
      }
      const delay = startDelay(refusals, Math.random(), trouble.retryAfter);
      if (Date.now() + delay >= deadline) throw neverStarted(trouble, account, operation, repeatSafe);
      options.onRefused(trouble.message);
      await sleep(delay, { summary: 'Zendesk refused the start; it is sent again' });
    }
  }
}

async function sendOnce(start: StartJobInput, repeatSafe: boolean, options: StartOptions): Promise<StartedJob> {
  const remaining = Math.max(1, options.deadline - Date.now());
  const { startZendeskJob } = proxyActivities<ZendeskActivities>({
    taskQueue: options.taskQueue,
    startToCloseTimeout: START_TIMEOUT,
    summary: `Start ${start.operation}`,
    ...(repeatSafe ? repeated(remaining) : { scheduleToStartTimeout: remaining, retry: { maximumAttempts: 1 } }),
  });
  const send = () => startZendeskJob({ account: options.account, ...start });
  // A start that is not safe to repeat settles even if the run is cancelled meanwhile: else its job would be nobody's.
  return repeatSafe ? await send() : await CancellationScope.nonCancellable(send);
}

async function listedBefore(start: StartJobInput, { account, deadline, taskQueue }: StartOptions): Promise<string[]> {
  const { snapshotZendeskJobs } = proxyActivities<ZendeskActivities>({
    taskQueue,
    startToCloseTimeout: LIST_TIMEOUT,
    ...repeated(Math.max(1, deadline - Date.now())),
  });
  try {
    return await snapshotZendeskJobs({ account, start });
  } catch (error) {
    const trouble = troubleOf(error);
    if (trouble?.verdict === 'never') throw startRefused(trouble, account, start.operation);
    throw trouble ? neverStarted(trouble, account, start.operation, false) : error;
  }
}

/** Nothing is lost when the list cannot be read: the start stays uncertain, without candidates. */
async function search(
  start: StartJobInput,
  { account, onUncertainStart, taskQueue }: StartOptions,
  startedAt: number,
  known: string[] | null,
): Promise<FoundJobs> {
  const searchFor = onUncertainStart === 'adopt' ? SEARCH_TO_ADOPT : SEARCH_TO_REPORT;
  const { findStartedZendeskJobs } = proxyActivities<ZendeskActivities>({
    taskQueue,
    startToCloseTimeout: LIST_TIMEOUT,
    ...repeated(searchFor + 2 * toMilliseconds(LIST_TIMEOUT)),
  });
  const until = Date.now() + searchFor;
  try {
    // Also for a run that was cancelled while the start was under way: else nobody would hear of the doubt.
    return await CancellationScope.nonCancellable(() =>
      findStartedZendeskJobs({ account, start, startedAt, known, until }),
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
export function troubleOf(error: unknown): StartTrouble | undefined {
  if (!(error instanceof ActivityFailure)) return undefined;
  const { cause } = error;
  if (cause instanceof TimeoutFailure) {
    const sent = cause.timeoutType !== 'SCHEDULE_TO_START';
    const message = sent ? 'the worker did not say how the start ended' : 'no worker took the start in time';
    return { verdict: sent ? 'uncertain' : 'again', type: 'Timeout', message };
  }
  if (!(cause instanceof ApplicationFailure)) return undefined;
  const type = cause.type ?? 'ApplicationFailure';
  const trouble = { type, message: cause.message, cause, details: cause.details?.[0] as StartTrouble['details'] };
  if (type === ZendeskErrorType.START_UNCERTAIN) return { ...trouble, verdict: 'uncertain' };
  if (cause.nonRetryable) return { ...trouble, verdict: 'never' };
  const known =
    type === ZendeskErrorType.RATE_LIMITED ||
    type === ZendeskErrorType.UNAVAILABLE ||
    type === ZendeskErrorType.REQUEST_REJECTED;
  // An error that is none of ours may have come up before or after the request.
  if (!known) return { ...trouble, verdict: 'uncertain' };
  // Not the failure's own retry delay: each of these attempts is a first one, whose delay does not grow.
  return { ...trouble, verdict: 'again', retryAfter: trouble.details?.retryAfter };
}
