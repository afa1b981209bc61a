import { BYTE_BUDGETS } from '../common/byte-budgets';
import { checkAwaitZendeskJob } from '../common/inputs';
import type { AwaitZendeskJobInput, ZendeskJobOutcome, ZendeskJobProgress } from '../common/types';
import { checked, failureOf } from './failures';
import { PollNow } from './poll-now';
import { jobProgress } from './progress';
import { pollUntilEnded } from './rounds';
import { findableByEnd, findableWhileRunning } from './search-attributes';
import { waitedJob } from './waited-job';

/** Bytes of result rows in all outcomes of one wait. */
export const ROW_BUDGET = BYTE_BUDGETS.resultRows;

/** How a wait fits into the workflow that it is part of. */
export interface WaitContext<Progress> {
  /** Task queue of the worker that has the activities. Default: the workflow's own. */
  taskQueue?: string;
  /** Called at the start and after each checkpoint. */
  onProgress?(progress: Progress): void;
  /** Cuts the time between two polls short. */
  pollNow?: PollNow;
  /** From when on `timeout` counts: epoch ms. The workflows give their own start, however late a worker comes. Default: now. */
  startedAt?: number;
}

/**
 * Blocks until the job has finished, and returns what became of each record.
 *
 * Throws `ZendeskJobFailed`, `ZendeskJobKilled`, `ZendeskJobLost`, `ZendeskJobTimedOut`, `ZendeskItemsFailed` (if asked
 * to), `ZendeskResponseTooLarge`, `ZendeskInputInvalid`, `ZendeskAccountUnknown`, `ZendeskAuthenticationFailed`,
 * `ZendeskRequestRejected`.
 */
export async function waitForJob(
  input: AwaitZendeskJobInput,
  { taskQueue, onProgress, pollNow = new PollNow(), startedAt = Date.now() }: WaitContext<ZendeskJobProgress> = {},
): Promise<ZendeskJobOutcome> {
  const { jobId, ...settings } = checked(() => checkAwaitZendeskJob(input));
  const job = waitedJob(jobId);
  const deadline = startedAt + settings.timeout;
  const onReport = () => onProgress?.(jobProgress(job, settings.account));

  onReport();
  findableWhileRunning(settings, [jobId]);
  await pollUntilEnded([job], settings, { pollNow, taskQueue, onReport, deadline, rowBudget: ROW_BUDGET });
  findableByEnd(settings, [job]);

  const failure = failureOf(job, settings);
  if (failure) throw failure;
  return job.outcome!;
}
