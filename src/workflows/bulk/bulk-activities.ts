/** The activities of a bulk run, with what Temporal is to know of each. */
import { proxyActivities, type ActivityOptions } from '@temporalio/workflow';
import type { ZendeskActivities } from '../../activities';
import type {
  BatchRecording,
  BatchReport,
  BatchRound,
  BatchTry,
  BulkCheck,
  BulkCheckInput,
  BulkRun,
} from '../../common/bulk';
import type { BulkSettings } from '../../common/bulk-input';
import { ZendeskErrorType } from '../../common/error-types';
import { NOT_SEEN, type PollRound } from '../../common/polling';
import type { Starter } from '../start-job';

/** A poll, the records read once more, and their rows written. */
const POLL_TIMEOUT = '30s';
/** The activity itself ends at the deadline; this is for when no worker is there to run it. */
const NO_WORKER_GRACE_MS = 30_000;
const READ_TIMEOUT = '2m';
/** A source that fails for this long ends the run. */
const READ_PATIENCE_MS = 15 * 60_000;
const CHECK_TIMEOUT = '10m';
const CLOSE_TIMEOUT_MS = 10 * 60_000;
/** Clean-up of a run that ends early: rows of what is uncertain, and the sink. */
const CLEAN_UP_ATTEMPTS = 4;
const RECORD_TIMEOUT = '1m';
const MAX_RETRY_DELAY = '2h';
/** The first poll of a job comes no sooner: no job was ever seen to finish at once. */
const FIRST_POLL_MS = 1_000;

const activities = (options: ActivityOptions) =>
  proxyActivities<ZendeskActivities>({ cancellationType: 'TRY_CANCEL', ...options });

const reading: ActivityOptions = {
  startToCloseTimeout: READ_TIMEOUT,
  scheduleToCloseTimeout: READ_PATIENCE_MS,
  retry: { initialInterval: '2s', maximumInterval: '1m' },
};

export const planBatches = activities(reading).planZendeskBatches;

/** Tries no longer than the run may take. */
export function checkBulk(check: BulkCheckInput, deadline: number): Promise<BulkCheck> {
  return activities({
    ...reading,
    startToCloseTimeout: CHECK_TIMEOUT,
    scheduleToCloseTimeout: Math.min(READ_PATIENCE_MS, Math.max(1, deadline - Date.now())),
  }).checkZendeskBulk(check);
}

/** Tries ten times: a sink that cannot be closed must not hold up the run for ever. `cleanUp`: fewer times, as the run ends early. */
export function closeSink(run: BulkRun, deadline: number, cleanUp = false): Promise<void> {
  return activities({
    startToCloseTimeout: CLOSE_TIMEOUT_MS,
    scheduleToCloseTimeout: Math.max(CLOSE_TIMEOUT_MS, cleanUp ? 0 : deadline - Date.now()),
    retry: { initialInterval: '2s', maximumInterval: '1m', maximumAttempts: cleanUp ? CLEAN_UP_ATTEMPTS : 10 },
  }).closeZendeskSink({ run });
}

/** Polls the job of a batch until it has finished, and has its rows written. */
export function pollBatch(input: BatchRound, deadline: number): Promise<BatchReport> {
  return activities({
    ...writing(deadline),
    summary: `Batch ${input.batch.number}: Zendesk job ${input.round.jobs[0]!.jobId}`,
  }).pollZendeskBatch(input);
}

/** Has the rows of records written that no job will report. `cleanUp`: a few times at most, as the run ends early. */
export function recordBatch(input: BatchRecording, deadline: number, cleanUp = false): Promise<BatchReport> {
  const bounded: ActivityOptions = {
    startToCloseTimeout: POLL_TIMEOUT,
    scheduleToCloseTimeout: RECORD_TIMEOUT,
    retry: { initialInterval: '1s', maximumAttempts: CLEAN_UP_ATTEMPTS },
  };
  return activities({
    ...(cleanUp ? bounded : writing(deadline)),
    summary: `Batch ${input.batch.number}: ${input.conclusion.kind}`,
  }).recordZendeskBatch(input);
}

function writing(deadline: number): ActivityOptions {
  return {
    // Between two polls it ends at once all the same; a poll that is under way may have rows in hand.
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    startToCloseTimeout: POLL_TIMEOUT,
    scheduleToCloseTimeout: Math.max(0, deadline - Date.now()) + NO_WORKER_GRACE_MS,
    retry: { initialInterval: '3s', backoffCoefficient: 1, maximumInterval: MAX_RETRY_DELAY },
  };
}

/** A start whose records the worker reads. Uncertain ones that are safe to repeat are retried by the server. */
export function batchStarter(run: BulkRun, batchTry: BatchTry): Starter<string | null> {
  const { operation } = run.start;
  const { repeatSafe, number } = batchTry.batch;
  return {
    operation,
    repeatSafe,
    announced: !repeatSafe,
    async send(identity, { retry, ...options }) {
      const { jobId } = await activities({
        ...options,
        // A refusal is the workflow's to know: its concurrency depends on it.
        retry: { ...retry, nonRetryableErrorTypes: [ZendeskErrorType.RATE_LIMITED] },
        summary: `Batch ${number}: start ${operation}`,
      }).startZendeskBatch({ run, ...batchTry, identity });
      return jobId;
    },
    jobIdOf: (jobId) => jobId,
    snapshot: (options) => activities(options).snapshotZendeskJobs({ account: run.account }),
    search: (search, options) => activities(options).findZendeskBatchJob({ run, ...batchTry, search }),
    adopted: (jobId) => jobId,
  };
}

/** One job, of which nothing is reported before it has finished. */
export function roundOf(jobId: string, startedAt: number, settings: BulkSettings, deadline: number): PollRound {
  const { account, minInterval, maxInterval } = settings;
  // No checkpoint reports when work began: as far as pacing goes, it began with the job.
  const seen = { ...NOT_SEEN, status: 'queued', workingSince: startedAt };
  return {
    account,
    jobs: [{ jobId, seen }],
    ended: 0,
    results: 'all',
    minInterval,
    maxInterval,
    startedAt,
    checkedAt: null,
    deadline,
    notBefore: startedAt + Math.max(FIRST_POLL_MS, minInterval),
    rowBudget: Number.MAX_SAFE_INTEGER,
    untilEnd: true,
  };
}
