import type {
  BatchPlan,
  BatchPlanning,
  BatchRecording,
  BatchReport,
  BatchRound,
  BatchStart,
  BatchTry,
  BulkCheck,
  BulkCheckInput,
  BulkRun,
  StartedBatch,
} from '../common/bulk';
import type { PollReport, PollRound } from '../common/polling';
import type { FoundJobs, StartedJob, StartSearch } from '../common/starting';
import { ZendeskConfigurationError } from '../zendesk/accounts';
import { ZendeskAccounts, type AccountsConfiguration, type AccountsOptions } from './accounts';
import { createCheckZendeskBulk } from './bulk/check-zendesk-bulk';
import { createCloseZendeskSink } from './bulk/close-zendesk-sink';
import { createFindZendeskBatchJob } from './bulk/find-zendesk-batch-job';
import { createPlanZendeskBatches } from './bulk/plan-zendesk-batches';
import { createPollZendeskBatch, createRecordZendeskBatch } from './bulk/poll-zendesk-batch';
import { pluggedProblems } from './bulk/sources';
import type { SourcesAndSinks, ZendeskSink, ZendeskSource } from './bulk/pluggable';
import { createStartZendeskBatch } from './bulk/start-zendesk-batch';
import {
  createFindStartedZendeskJobs,
  createSnapshotZendeskJobs,
  type SnapshotInput,
  type StartOf,
} from './find-started-jobs';
import { createPollRound, createPollZendeskJobs } from './poll-zendesk-jobs';
import { createReadActivities, type ReadActivities } from './read-job-statuses';
import { createStartZendeskJob, type StartZendeskJobInput } from './start-zendesk-job';

export interface ZendeskActivitiesOptions extends AccountsOptions {
  /** Accounts by name: `{ default: { subdomain: 'acme', oauthToken } }`; or open ones, which their owner closes. */
  accounts: AccountsConfiguration | ZendeskAccounts;
  /**
   * How many polls may wait in this worker at a time, up to 15 s each, until they are due: each saves an action. They hold one of the
   * worker's activity slots (100 by default). As many again, at least one, may wait for a search for missing jobs. Default 20.
   */
  maxHeldAttempts?: number;
  /** Where `runZendeskBulk` reads records, by name, beside the built-in `ndjson`. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each has a shape of its own for its arguments
  sources?: Record<string, ZendeskSource<any>>;
  /** Where it writes what became of them, by name, beside the built-in `ndjson`. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  sinks?: Record<string, ZendeskSink<any>>;
}

/**
 * Every activity throws `ApplicationFailure`s: `ZendeskInputInvalid`, `ZendeskAccountUnknown`,
 * `ZendeskAuthenticationFailed`, `ZendeskRequestRejected` and `ZendeskResponseTooLarge` are not retryable, `ZendeskRateLimited` and
 * `ZendeskUnavailable` are, after the time that Zendesk asked for where it did.
 */
export interface ZendeskActivities extends ReadActivities {
  /** Sends one start, once: see `createStartZendeskJob`. `runZendeskJob` does what there is to do around it. */
  startZendeskJob(input: StartZendeskJobInput): Promise<StartedJob>;
  /** For `runZendeskJob`: the ids that the account's list of jobs holds. */
  snapshotZendeskJobs(input: SnapshotInput): Promise<string[]>;
  /** For `runZendeskJob`: jobs of the list that an uncertain start may have made. */
  findStartedZendeskJobs(input: StartOf & StartSearch): Promise<FoundJobs>;
  /** One poll of a wait: for the workflows of this package. */
  pollZendeskJobs(round: PollRound): Promise<PollReport>;
  /** For `runZendeskBulk`, as all that follow: what can be known before the first job. */
  checkZendeskBulk(input: BulkCheckInput): Promise<BulkCheck>;
  /** Where the next batches of the source are. */
  planZendeskBatches(planning: BatchPlanning): Promise<BatchPlan>;
  /** Starts the job of a batch, once there is room for it. */
  startZendeskBatch(start: BatchStart): Promise<StartedBatch>;
  /** Jobs of the list that an uncertain start of a batch may have made. */
  findZendeskBatchJob(input: BatchTry & { run: BulkRun; search: StartSearch }): Promise<FoundJobs>;
  /** One poll of the job of a batch; when the job has finished, its rows go to the sink. */
  pollZendeskBatch(round: BatchRound): Promise<BatchReport>;
  /** Hands the rows of records that no job will report to the sink. */
  recordZendeskBatch(recording: BatchRecording): Promise<BatchReport>;
  /** Tells the sink that the run has ended. */
  closeZendeskSink(input: { run: BulkRun }): Promise<void>;
}

/** The activities, to be given to a `Worker`. Throws `ZendeskConfigurationError` for accounts, sources or sinks that are none. */
export function createZendeskActivities({
  accounts,
  sources,
  sinks,
  maxHeldAttempts = 20,
  ...options
}: ZendeskActivitiesOptions): ZendeskActivities {
  const plugged: SourcesAndSinks = { sources, sinks };
  const problems = pluggedProblems(plugged);
  if (problems.length > 0) throw new ZendeskConfigurationError(problems, 'sources and sinks');
  const open = accounts instanceof ZendeskAccounts ? accounts : ZendeskAccounts.of(accounts, options);
  const pollRound = createPollRound(open, maxHeldAttempts);

  return {
    ...createReadActivities(open),
    startZendeskJob: createStartZendeskJob(open),
    snapshotZendeskJobs: createSnapshotZendeskJobs(open),
    findStartedZendeskJobs: createFindStartedZendeskJobs(open),
    pollZendeskJobs: createPollZendeskJobs(pollRound),
    checkZendeskBulk: createCheckZendeskBulk(open, plugged),
    planZendeskBatches: createPlanZendeskBatches(plugged),
    startZendeskBatch: createStartZendeskBatch(open, plugged),
    findZendeskBatchJob: createFindZendeskBatchJob(open, plugged),
    pollZendeskBatch: createPollZendeskBatch(open, plugged, pollRound),
    recordZendeskBatch: createRecordZendeskBatch(plugged),
    closeZendeskSink: createCloseZendeskSink(plugged),
  };
}
