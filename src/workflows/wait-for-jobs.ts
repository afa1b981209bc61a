import { CancellationScope } from '@temporalio/workflow';
import { BYTE_BUDGETS } from '../common/byte-budgets';
import { checkAwaitZendeskJobs, type WaitSettings } from '../common/inputs';
import { SHOW_MANY_LIMIT } from '../common/job-id';
import type {
  AwaitZendeskJobsInput,
  AwaitZendeskJobsResult,
  ZendeskJobOutcome,
  ZendeskJobsProgress,
} from '../common/types';
import { checked, errorOf, itemsFailed } from './failures';
import { PollNow } from './poll-now';
import { jobsProgress } from './progress';
import { pollUntilEnded } from './rounds';
import { findableByEnd, findableWhileRunning } from './search-attributes';
import { ROW_BUDGET, type WaitContext } from './wait-for-job';
import { boundResult } from './wait-result';
import { waitedJob, type WaitedJob } from './waited-job';

/**
 * Blocks until all jobs have ended, one way or another. A job whose single wait would have thrown has that error in its
 * outcome; nothing is thrown for it.
 *
 * Throws `ZendeskItemsFailed` (if asked to), `ZendeskInputInvalid`, `ZendeskAccountUnknown`,
 * `ZendeskAuthenticationFailed`, `ZendeskRequestRejected`: these concern all jobs.
 */
export async function waitForJobs(
  input: AwaitZendeskJobsInput,
  { taskQueue, onProgress, pollNow = new PollNow(), startedAt = Date.now() }: WaitContext<ZendeskJobsProgress> = {},
): Promise<AwaitZendeskJobsResult> {
  const { jobIds, ...settings } = checked(() => checkAwaitZendeskJobs(input));
  const jobs = [...new Set(jobIds)].map(waitedJob);
  const groups = chunk(jobs, SHOW_MANY_LIMIT);
  const deadline = startedAt + settings.timeout;
  const rowBudget = Math.floor(ROW_BUDGET / groups.length);
  const onReport = () => onProgress?.(jobsProgress(jobIds, jobs, settings.account));

  onReport();
  findableWhileRunning(
    settings,
    jobs.map(({ jobId }) => jobId),
  );
  // One scope for all: what ends one group's wait ends the others too.
  await CancellationScope.cancellable(() =>
    Promise.all(
      groups.map((group) => pollUntilEnded(group, settings, { pollNow, taskQueue, onReport, deadline, rowBudget })),
    ),
  );
  findableByEnd(settings, jobs);

  const result = boundResult(resultOf(jobIds, jobs, settings), BYTE_BUDGETS.waitResult);
  const bad = result.failed > 0 || result.outcomes.some(({ error }) => error);
  if (settings.failOnItemErrors && bad) throw itemsFailed(settings.account, jobs, result);
  return result;
}

/** Each job counts once in the sums, however often its id was given. */
function resultOf(jobIds: string[], jobs: WaitedJob[], settings: WaitSettings): AwaitZendeskJobsResult {
  const outcomes = new Map(jobs.map((job) => [job.jobId, outcomeOf(job, settings)]));
  const distinct = [...outcomes.values()];
  return {
    outcomes: jobIds.map((jobId) => outcomes.get(jobId)!),
    succeeded: distinct.reduce((sum, { succeeded }) => sum + succeeded, 0),
    failed: distinct.reduce((sum, { failed }) => sum + failed, 0),
  };
}

function outcomeOf(job: WaitedJob, settings: WaitSettings): ZendeskJobOutcome {
  const error = errorOf(job, settings);
  if (job.outcome) return error ? { ...job.outcome, error } : job.outcome;
  const { jobId, polls, seen } = job;
  return {
    jobId,
    account: settings.account,
    status: job.end === 'lost' || job.end === 'unreadable' ? job.end : 'timed_out',
    jobType: null,
    total: seen.total,
    progress: seen.progress,
    message: seen.message,
    succeeded: 0,
    failed: 0,
    unreported: 0,
    results: [],
    polls,
    error,
  };
}

function chunk<T>(items: T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
