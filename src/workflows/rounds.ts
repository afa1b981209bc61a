import { ActivityFailure, isCancellation, proxyActivities } from '@temporalio/workflow';
import type { ZendeskActivities } from '../activities';
import type { WaitSettings } from '../common/inputs';
import { holdFor, type PollReport, type PollRound } from '../common/polling';
import { reasonOf, refused } from './failures';
import type { PollNow } from './poll-now';
import type { WaitedJob } from './waited-job';

/** A little over the time that a request may take: a worker that is killed during a poll delays the next poll by this. */
const POLL_TIMEOUT = 15_000;
/** The activity itself ends at the deadline; this is for when no worker is there to run it. */
const NO_WORKER_GRACE = 30_000;
/** At least the longest nextRetryDelay, which the server would clip: an hour of Retry-After. */
const LONGEST_DELAY = '2h';

export interface RoundsOptions {
  pollNow: PollNow;
  /** Bytes of result rows that all outcomes together may carry. */
  rowBudget: number;
  /** When to give up: epoch ms. */
  deadline: number;
  /** Where the activities run. Default: the workflow's own task queue. */
  taskQueue?: string;
  /** Called after each checkpoint. */
  onReport(): void;
}

/**
 * Polls up to 100 jobs, round after round, until every one has finished or the time is up. A round is one activity, which
 * the server retries until it has something to report; so the history grows with what happens, not with the time it takes.
 */
export async function pollUntilEnded(jobs: WaitedJob[], settings: WaitSettings, options: RoundsOptions): Promise<void> {
  const startedAt = Date.now();
  const { deadline } = options;
  let { rowBudget } = options;
  let notBefore = 0;

  for (let running = jobs; running.length > 0; running = running.filter((job) => job.end === undefined)) {
    const round: PollRound = {
      account: settings.account,
      jobs: running.map(({ jobId, seen, tie }) => ({ jobId, seen, tie })),
      ended: jobs.length - running.length,
      results: settings.results,
      minInterval: settings.minInterval,
      maxInterval: settings.maxInterval,
      startedAt,
      checkedAt: running[0]!.checkedAt,
      deadline,
      notBefore,
      rowBudget,
    };
    const { result: report, cutShort } = await options.pollNow.during(() => pollRound(round, running, options));
    if (report) {
      take(report, running);
      rowBudget -= report.rowBytes;
    }
    notBefore = cutShort ? 0 : (report?.nextLookAt ?? 0);
    if (Date.now() >= deadline) giveUp(running);
    options.onReport();
  }
}

/** One round. Undefined when no worker polled before the deadline. */
async function pollRound(
  round: PollRound,
  jobs: WaitedJob[],
  { taskQueue }: RoundsOptions,
): Promise<PollReport | undefined> {
  const { pollZendeskJobs } = proxyActivities<ZendeskActivities>({
    taskQueue,
    startToCloseTimeout: POLL_TIMEOUT + holdFor(round.notBefore, Date.now()),
    scheduleToCloseTimeout: Math.max(0, round.deadline - Date.now()) + NO_WORKER_GRACE,
    cancellationType: 'TRY_CANCEL',
    // Only where an attempt could not say when to try again, as when its worker died.
    retry: { initialInterval: '3s', backoffCoefficient: 1, maximumInterval: LONGEST_DELAY },
    summary: jobs.length === 1 ? `Zendesk job ${jobs[0]!.jobId}` : `${jobs.length} Zendesk jobs`,
  });
  try {
    return await pollZendeskJobs(round);
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    if (error.retryState !== 'TIMEOUT') throw refused(error, round.account, jobs);
    for (const job of jobs) job.trouble = reasonOf(error);
    return undefined;
  }
}

function take(report: PollReport, jobs: WaitedJob[]): void {
  jobs.forEach((job, i) => {
    const { seen, outcome, lost, unreadable, trouble } = report.jobs[i]!;
    job.seen = seen;
    job.checkedAt = report.checkedAt ?? job.checkedAt;
    job.polls += report.polls;
    job.trouble = unreadable ?? trouble ?? report.trouble;
    if (lost) job.end = 'lost';
    if (unreadable) job.end = 'unreadable';
    if (outcome) {
      job.end = 'finished';
      job.outcome = { ...outcome, polls: job.polls };
    }
  });
}

function giveUp(jobs: WaitedJob[]): void {
  for (const job of jobs) job.end ??= 'timed_out';
}
