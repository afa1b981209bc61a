/** The activities of a bulk run, with what Temporal is to know of each. */
import { proxyActivities, type ActivityOptions } from '@temporalio/workflow';
import type { ZendeskActivities } from '../../activities';
import type { BulkToCheck } from '../../activities/bulk/check-zendesk-bulk';
import type { BatchReport, BatchRound, BatchStart, BatchTry, BulkCheck, BulkRun } from '../../common/bulk';
import type { BulkSettings } from '../../common/bulk-input';
import { NOT_SEEN, type PollRound } from '../../common/polling';
import { ZendeskErrorType } from '../../common/error-types';
import type { Starter } from '../start-job';

/** A look, the records read once more, and their rows written. */
const POLL_TIMEOUT = '30s';
/** The activity itself ends at the deadline; this is for when no worker is there to run it. */
const NO_WORKER_GRACE = 30_000;
/** The records read, up to 10 s for a slot, and a start. */
const START_TIMEOUT = '60s';
const READ_TIMEOUT = '2m';
/** A source that fails for this long ends the run: by default no trouble of a database lasts longer. */
const READ_PATIENCE = 15 * 60_000;
const CHECK_TIMEOUT = '10m';
const CLOSE_TIMEOUT = '10m';
const LONGEST_DELAY = '2h';
/** The first look at a job comes no sooner: none was ever seen to end at once. */
const FIRST_LOOK = 1_000;

const activities = (options: ActivityOptions) =>
  proxyActivities<ZendeskActivities>({ cancellationType: 'TRY_CANCEL', ...options });

const reading: ActivityOptions = {
  startToCloseTimeout: READ_TIMEOUT,
  scheduleToCloseTimeout: READ_PATIENCE,
  retry: { initialInterval: '2s', maximumInterval: '1m' },
};

export const planBatches = activities(reading).planZendeskBatches;

/** Tries no longer than the run may take. */
export function checkBulk(check: BulkToCheck, deadline: number): Promise<BulkCheck> {
  return activities({
    ...reading,
    startToCloseTimeout: CHECK_TIMEOUT,
    scheduleToCloseTimeout: Math.min(READ_PATIENCE, Math.max(1, deadline - Date.now())),
  }).checkZendeskBulk(check);
}

export const closeSink = activities({
  startToCloseTimeout: CLOSE_TIMEOUT,
  retry: { initialInterval: '2s', maximumInterval: '1m' },
}).closeZendeskSink;

/** Polls the job of a batch until it has ended, and has its rows written. */
export function pollBatch(input: BatchRound, deadline: number): Promise<BatchReport> {
  const jobId = input.round?.jobs[0]?.jobId;
  return activities({
    // Between two looks it ends at once all the same; one that is under way may have rows in hand.
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    startToCloseTimeout: POLL_TIMEOUT,
    scheduleToCloseTimeout: Math.max(0, deadline - Date.now()) + NO_WORKER_GRACE,
    retry: { initialInterval: '3s', backoffCoefficient: 1, maximumInterval: LONGEST_DELAY },
    summary: `Batch ${input.batch.number}: ${jobId === undefined ? 'no job' : `Zendesk job ${jobId}`}`,
  }).pollZendeskBatch(input);
}

/** A start whose records the worker reads. Uncertain ones that are safe to repeat are retried by the server. */
export function batchStarter(run: BulkRun, batchTry: BatchTry, ownJobs: () => string[]): Starter<string | null> {
  const { operation } = run.start;
  const { repeatSafe, number } = batchTry.batch;
  const input: BatchStart = { run, ...batchTry };
  const known = (ids: string[] | null) => ids && [...ids, ...ownJobs()];
  return {
    operation,
    repeatSafe,
    announced: !repeatSafe,
    async send({ retry, ...options }) {
      const { jobId } = await activities({
        ...options,
        startToCloseTimeout: START_TIMEOUT,
        // A refusal is the workflow's to know: its window depends on it.
        retry: { ...retry, nonRetryableErrorTypes: [ZendeskErrorType.RATE_LIMITED] },
        summary: `Batch ${number}: start ${operation}`,
      }).startZendeskBatch(input);
      return jobId;
    },
    snapshot: (options) => activities(options).snapshotZendeskJobs({ account: run.account }),
    search: (search, options) =>
      activities(options).findZendeskBatchJob({ ...input, search: { ...search, known: known(search.known) } }),
    adopted: (jobId) => jobId,
  };
}

/** One job, of which nothing is reported before it has ended. */
export function roundOf(jobId: string, startedAt: number, settings: BulkSettings, deadline: number): PollRound {
  const { account, minInterval, maxInterval } = settings;
  // No checkpoint tells when work began: as far as pacing goes, it began with the job.
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
    notBefore: startedAt + Math.max(FIRST_LOOK, minInterval),
    rowBudget: Number.MAX_SAFE_INTEGER,
    untilEnd: true,
  };
}
