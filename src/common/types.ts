/**
 * The shapes that travel between callers, workflows and activities. Everything here is plain JSON, so that any data
 * converter, payload codec or language can carry it.
 */

/** Milliseconds, or a string as Temporal takes it: `'90s'`, `'15 minutes'`, `'24h'`. */
export type Duration = number | DurationText;

/** A number and a unit: `StringValue` of the `ms` package, which Temporal's SDK takes too. Of its own, as few users have `@types/ms`. */
export type DurationText = `${number}` | `${number}${AnyCase<Unit>}` | `${number} ${AnyCase<Unit>}`;

type Unit =
  | ('Years' | 'Year' | 'Yrs' | 'Yr' | 'Y')
  | ('Weeks' | 'Week' | 'W')
  | ('Days' | 'Day' | 'D')
  | ('Hours' | 'Hour' | 'Hrs' | 'Hr' | 'H')
  | ('Minutes' | 'Minute' | 'Mins' | 'Min' | 'M')
  | ('Seconds' | 'Second' | 'Secs' | 'Sec' | 's')
  | ('Milliseconds' | 'Millisecond' | 'Msecs' | 'Msec' | 'Ms');
type AnyCase<Text extends string> = Text | Uppercase<Text> | Lowercase<Text>;

/**
 * A job status as Zendesk gives it, in Zendesk's own field names.
 * Source: https://developer.zendesk.com/api-reference/ticketing/ticket-management/job_statuses/
 */
export interface JobStatus {
  /** Opaque. `V3-` and 32 hex digits on today's accounts, 32 hex digits on older ones. */
  id: string;
  /** `queued`, `working`, `completed`, `failed` or `killed`. Zendesk declares a free string: others may come. */
  status: string;
  /** `Bulk Create Ticket` and the like. Older accounts leave it out. */
  job_type?: string | null;
  url?: string | null;
  /** Number of records. Null for permanent ticket deletion and resource collections. */
  total: number | null;
  /** Number of records attempted (not: succeeded). Null while queued. */
  progress: number | null;
  message: string | null;
  /**
   * One row a record once the job has ended; a single object for some deletions; null before. A row that is not an object, which
   * cannot be read, is null.
   */
  results: (JobResultRow | null)[] | JobResultRow | null;
}

/** One row of a job's results. Which fields are there depends on the type of job. */
export interface JobResultRow {
  index?: number;
  id?: number | string | null;
  external_id?: string | null;
  action?: string | null;
  status?: string | null;
  success?: boolean | null;
  error?: string | null;
  errors?: unknown;
  details?: unknown;
  [field: string]: unknown;
}

export interface ListJobStatusesInput {
  account?: string;
  /** 1 to 100, default 100. */
  pageSize?: number;
  /** `next` of the page before. */
  cursor?: string;
}

export interface ShowJobStatusInput {
  account?: string;
  jobId: string;
}

export interface ShowManyJobStatusesInput {
  account?: string;
  /** 1 to 1,000 ids; Zendesk is asked for 100 at a time. */
  jobIds: string[];
}

/** What became of one record. */
export interface ZendeskItemResult {
  /**
   * Position of the record: where the job was started here, that of the record with the row's id, external id or e-mail; else Zendesk's own
   * index where the row has one; else the position of the row.
   */
  index: number;
  /**
   * Only where the job was started here: it is not certain which record the row is about. `index` is the row's own, and no record is
   * reported by it.
   */
  unmatched?: true;
  id?: number | string;
  /** The record's, where the job was started here and the record had one; else the row's. */
  externalId?: string;
  /** The record's, where the job was started here and the record had one. */
  email?: string;
  action?: string;
  status?: string;
  ok: boolean;
  /** Zendesk's error code, e.g. `OrganizationUpdateFailed`. Only on rows that failed. */
  error?: string;
  /** Zendesk's explanation, cut at 2,000 characters. */
  details?: string;
}

/**
 * Statuses that an outcome can have. Zendesk's terminal ones are `completed`, `failed` and `killed`. With the others the end of the
 * job is unknown: `lost`, Zendesk does not show the job; `unreadable`, its status is longer than the worker accepts; `timed_out`, it
 * had not finished when the wait's `timeout` was over.
 */
export type ZendeskOutcomeStatus = 'completed' | 'failed' | 'killed' | 'lost' | 'unreadable' | 'timed_out';

/** What became of a job and of its records. */
export interface ZendeskJobOutcome {
  jobId: string;
  account: string;
  status: ZendeskOutcomeStatus;
  jobType: string | null;
  total: number | null;
  progress: number | null;
  message: string | null;
  /**
   * Rows that succeeded. Counted from the rows, never from `progress`, which counts attempts. A single row that speaks for all records
   * counts for each of them.
   */
  succeeded: number;
  failed: number;
  /** Records of a completed job that Zendesk reported no row for, or one that cannot be read. */
  unreported: number;
  /** The rows asked for by `results`, in the order of `index`. */
  results: ZendeskItemResult[];
  /** Rows asked for but left out, so that the outcome stays far below Temporal's payload limit. Absent when none were. */
  resultsOmitted?: number;
  /** How often Zendesk was asked about this job, as far as activity attempts can tell. */
  polls: number;
  /** Only in `awaitZendeskJobs`: the error that `awaitZendeskJob` would have thrown for this job. */
  error?: { type: string; message: string };
}

/** Which result rows an outcome carries. */
export type ResultsMode = 'all' | 'failed' | 'none';

export interface PollingOptions {
  /** Shortest time between two looks at the same job. Default 1 s; at least 100 ms. */
  minInterval?: Duration;
  /** Longest time between two looks, except where Zendesk itself asks for more (Retry-After). Default 1 min. */
  maxInterval?: Duration;
}

/** What every workflow input has. */
export interface WaitOptions {
  /** The account's name, as the worker knows it. Default `default`. */
  account?: string;
  /** Limit of the whole wait. Default 24 h. The job itself goes on: Zendesk has no call that cancels one. */
  timeout?: Duration;
  polling?: PollingOptions;
  /**
   * Keep the search attributes `ZendeskAccount`, `ZendeskJobId` and `ZendeskJobStatus` of the workflow, which have to exist in its
   * namespace: two actions. Default false.
   */
  searchAttributes?: boolean;
}

export interface AwaitZendeskJobInput extends WaitOptions {
  jobId: string;
  /** Which result rows to return. Default `all`. */
  results?: ResultsMode;
  /** Throw `ZendeskItemsFailed` when the job completed but some records failed. Default false. */
  failOnItemErrors?: boolean;
}

export interface AwaitZendeskJobsInput extends WaitOptions {
  /** 1 to 1,000 job ids. Duplicates are kept and answered each. */
  jobIds: string[];
  /** Which result rows to return. Default `failed`. */
  results?: ResultsMode;
  /** Throw `ZendeskItemsFailed` at the end when any record of any job failed. Default false. */
  failOnItemErrors?: boolean;
}

export interface AwaitZendeskJobsResult {
  /** One outcome for each id, in the order of the input. */
  outcomes: ZendeskJobOutcome[];
  /** Rows that succeeded, over all jobs. */
  succeeded: number;
  /** Rows that failed, over all jobs. */
  failed: number;
}

/** Answer of the `progress` query of `awaitZendeskJob`. Times are ISO 8601 strings. */
export interface ZendeskJobProgress {
  account: string;
  jobId: string;
  /** Zendesk's status at the last checkpoint; null before the first one; `lost`, `unreadable` or `timed_out` when the wait is over. */
  status: string | null;
  progress: number | null;
  total: number | null;
  message: string | null;
  /** When Zendesk was last asked, as of the last checkpoint. */
  checkedAt: string | null;
  /** When the status or the progress last changed, as of the last checkpoint. */
  changedAt: string | null;
  polls: number;
}

/** Answer of the `progress` query of `runZendeskJob`. `status` is `starting` until Zendesk has taken the job. */
export interface ZendeskRunProgress extends Omit<ZendeskJobProgress, 'jobId'> {
  operation: string;
  /** Null until Zendesk has taken the job. */
  jobId: string | null;
}

/** Answer of the `progress` query of `awaitZendeskJobs`. */
export interface ZendeskJobsProgress extends Omit<ZendeskJobProgress, 'jobId'> {
  jobIds: string[];
  /** Number of jobs that have ended, one way or another. */
  finished: number;
  /** Ids of the jobs that still run, as far as the last checkpoint tells. */
  running: string[];
}
