import {
  ActivityFailure,
  CancellationScope,
  sleep,
  uuid4,
  workflowInfo,
  type ActivityOptions,
} from '@temporalio/workflow';
import { toMilliseconds } from '../common/duration';
import { ZendeskErrorType } from '../common/error-types';
import { startDelay } from '../common/start-delay';
import type { FoundJobs, StartCandidate, StartIdentity, StartSearch } from '../common/starting';
import { reportUncertainStart } from './report-uncertain-start';
import { startFailureOf, startRejected, startTimedOut, startUncertain, type StartFailure } from './start-failures';
import type { WorkflowStarts } from './workflow-starts';

/** Records read, an in-flight job waited for, a token fetched, and a start, which may take up to 100 s. */
const START_TIMEOUT_MS = 120_000;
/** A worker that dies is noticed within that time. */
const HEARTBEAT_TIMEOUT = '30s';
const LIST_TIMEOUT = '40s';
/** At least the longest nextRetryDelay, which the server would clip: an hour of Retry-After. */
const MAX_RETRY_DELAY = '2h';
/** How long after an uncertain start its job may appear in the list. */
const SEARCH_TO_ADOPT_MS = 60_000;
const SEARCH_TO_REPORT_MS = 10_000;
/** A job that fits is only taken over if it is still the only one after that time. */
const SETTLE_TO_ADOPT_MS = 10_000;

/** How one kind of start is made, and how the job of an uncertain one is searched for: with the kind's own activities. */
export interface Starter<Job> {
  operation: string;
  /** A second job with the same records would leave everything as the first one did. */
  repeatSafe: boolean;
  /** Temporal learns of a start by a heartbeat before it is sent: an attempt that timed out without one has sent nothing. */
  announced?: boolean;
  send(identity: StartIdentity, options: ActivityOptions): Promise<Job>;
  /** The job's id; null where nothing was started. */
  jobIdOf(job: Job): string | null;
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
  /** All starts of the workflow. */
  starts: WorkflowStarts;
  /** Runs of the workflow that began with a reset. Default: the current one, if it did. */
  resetRuns?: string[];
  /** Refusals of the same start before this call. Default 0. */
  refusals?: number;
  /** Attempts that Temporal's server makes of a start that is safe to repeat, before `pause` is called. Default: any number. */
  maximumAttempts?: number;
  /** Called right before a start is sent. What it throws is thrown, and nothing is sent. */
  beforeSend?(): void;
  /** Lets so many ms pass before a start that made no job is sent again. */
  pause(delay: number, failure: StartFailure): Promise<void>;
}

/** The id of the current run, if it began with a reset. */
export function resetRun(): string[] {
  const { runId, originalExecutionRunId } = workflowInfo();
  return originalExecutionRunId === runId ? [] : [runId];
}

/** A durable timer. */
export async function pauseBeforeStart(delay: number): Promise<void> {
  await sleep(delay, { summary: 'Zendesk refused the start; it is sent again' });
}

/**
 * Starts a job, and sends the start a second time only where that cannot do the work twice.
 *
 * - Safe to repeat: Temporal's server retries the start until the deadline.
 * - Not safe, refused for certain: sent again after a durable timer, or failed at once where that cannot help.
 * - Not safe and uncertain: taken over if asked to and exactly one job can be its own, else `ZendeskStartUncertain`. So also a start
 *   that is safe to repeat, but would get the same unusable response again; its job is not taken over.
 */
export async function startJob<Job>(starter: Starter<Job>, options: StartOptions): Promise<Job> {
  const { account, deadline, onUncertainStart, starts } = options;
  const { operation, repeatSafe } = starter;
  const adopt = onUncertainStart === 'adopt' && !repeatSafe;
  const resetRuns = options.resetRuns ?? resetRun();
  const { runId } = workflowInfo();
  const identity: StartIdentity = { id: uuid4(), deadline, runId, ...(resetRuns.length > 0 && { resetRuns }) };

  for (let refusals = (options.refusals ?? 0) + 1; ; refusals++) {
    await starts.untilNothingIsAdopted();
    const snapshotAt = Date.now();
    const known = adopt ? await listedBefore(starter, options) : null;
    await starts.untilNothingIsAdopted();
    options.beforeSend?.();
    const startedAt = Date.now();
    starts.sent(identity.id);
    try {
      const job = await sendOnce(starter, identity, options);
      const jobId = starter.jobIdOf(job);
      if (jobId !== null) starts.add(jobId, Date.now());
      return job;
    } catch (error) {
      const failure = startFailureOf(error, starter.announced);
      if (!failure) throw error;
      const { verdict, type } = failure;
      if (verdict === 'uncertain' && (!repeatSafe || type === ZendeskErrorType.START_UNCERTAIN)) {
        starts.searching(identity.id, adopt);
        return await resolveUncertain(starter, options, failure, { identity, adopt, known, snapshotAt, startedAt });
      }
      if (verdict === 'rejected') throw startRejected(failure, account, operation);
      const delay = startDelay(refusals, Math.random(), failure.retryAfter);
      const timeIsUp = verdict === 'timed_out' || (repeatSafe && failure.retriedToTheEnd);
      if (timeIsUp || Date.now() + delay >= deadline) {
        throw startTimedOut(failure, account, operation, repeatSafe);
      }
      starts.answered(identity.id);
      await options.pause(delay, failure);
    } finally {
      starts.answered(identity.id);
    }
  }
}

async function sendOnce<Job>(
  { operation, repeatSafe, send }: Starter<Job>,
  identity: StartIdentity,
  { deadline, maximumAttempts }: StartOptions,
): Promise<Job> {
  const remaining = Math.max(1, deadline - Date.now());
  const start = () =>
    send(identity, {
      startToCloseTimeout: START_TIMEOUT_MS,
      heartbeatTimeout: HEARTBEAT_TIMEOUT,
      summary: `Start ${operation}`,
      // The activity sends nothing after the deadline; an attempt that was sent before it may still report.
      ...(repeatSafe
        ? retried(remaining + START_TIMEOUT_MS, maximumAttempts)
        : { scheduleToStartTimeout: remaining, retry: { maximumAttempts: 1 } }),
    });
  // A start that is not safe to repeat is awaited even if the run is cancelled meanwhile: else its job would be unknown.
  return repeatSafe ? await start() : await CancellationScope.nonCancellable(start);
}

async function listedBefore<Job>(starter: Starter<Job>, { account, deadline }: StartOptions): Promise<string[]> {
  const { operation } = starter;
  try {
    const remaining = Math.max(1, deadline - Date.now());
    return await starter.snapshot({ startToCloseTimeout: LIST_TIMEOUT, ...retried(remaining) });
  } catch (error) {
    const failure = startFailureOf(error);
    if (failure?.verdict === 'rejected') throw startRejected(failure, account, operation);
    throw failure ? startTimedOut(failure, account, operation, false) : error;
  }
}

interface UncertainStart {
  identity: StartIdentity;
  adopt: boolean;
  known: string[] | null;
  snapshotAt: number;
  startedAt: number;
}

/** Takes over the job that only this start can have made, else throws `ZendeskStartUncertain` with the candidates. */
async function resolveUncertain<Job>(
  starter: Starter<Job>,
  { account, starts }: StartOptions,
  failure: StartFailure,
  uncertain: UncertainStart,
): Promise<Job> {
  const { identity, adopt, snapshotAt, startedAt } = uncertain;
  const { operation, repeatSafe } = starter;
  // Also for a run that was cancelled while the start was under way: else nobody would learn that it is uncertain.
  const found = await CancellationScope.nonCancellable(async () => {
    if (adopt) await starts.othersAnswered(SEARCH_TO_ADOPT_MS);
    return await search(starter, uncertain, starts);
  });
  // From here on nothing is awaited: these are the facts at the moment of the decision.
  const candidates = found.candidates.filter(({ jobId }) => !starts.has(jobId));
  const [only, ...others] = candidates;
  const isOurs = only !== undefined && others.length === 0 && only.total === found.records;
  const adopted = adopt && isOurs && !found.contested && starts.onlyThisIsUnsettled(identity.id, snapshotAt);
  starts.settled(identity.id, adopted ? only.jobId : null, Date.now());
  report(adopted ? [only] : candidates, adopted ? 'adopted' : 'open');
  if (adopted) return starter.adopted(only.jobId, found);
  throw startUncertain(failure, { account, operation, repeatSafe }, startedAt, candidates);

  function report(jobs: StartCandidate[], result: 'adopted' | 'open'): void {
    reportUncertainStart(result, { account, operation, jobIds: jobs.map(({ jobId }) => jobId) }, failure);
  }
}

/** Nothing is lost when the list cannot be read: the start stays uncertain, without candidates. */
async function search<Job>(
  starter: Starter<Job>,
  { identity, adopt, known, snapshotAt, startedAt }: UncertainStart,
  starts: WorkflowStarts,
): Promise<FoundJobs> {
  const now = Date.now();
  const searchFor = adopt ? SEARCH_TO_ADOPT_MS : SEARCH_TO_REPORT_MS;
  const options: ActivityOptions = {
    startToCloseTimeout: LIST_TIMEOUT,
    ...retried(searchFor + 2 * toMilliseconds(LIST_TIMEOUT)),
  };
  const input: StartSearch = {
    startId: identity.id,
    adopt,
    startedAt,
    known,
    snapshotAt,
    ownJobs: starts.recentJobs(now).map(({ jobId }) => jobId),
    settledAt: now + (adopt ? SETTLE_TO_ADOPT_MS : 0),
    until: now + searchFor,
  };
  try {
    return await starter.search(input, options);
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    return { candidates: [], contested: false, records: null, tie: { by: 'order', records: [] } };
  }
}

function retried(scheduleToCloseTimeout: number, maximumAttempts?: number): ActivityOptions {
  return {
    scheduleToCloseTimeout,
    cancellationType: 'TRY_CANCEL',
    retry: { initialInterval: '2s', backoffCoefficient: 1.5, maximumInterval: MAX_RETRY_DELAY, maximumAttempts },
  };
}
