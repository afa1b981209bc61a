/** What callers of `runZendeskBulk` give and get. Plain JSON, as all in types.ts. */
import type { StartCandidate } from './starting';
import type { WaitOptions } from './types';

/** Input of `runZendeskBulk`: any number of records, through as many jobs as that takes. `timeout` is that of the whole run. */
export interface RunZendeskBulkInput extends WaitOptions {
  /** One that takes records: docs/operations.md. */
  operation: string;
  /** Those in the braces of the operation's path, and query parameters. */
  params?: { [name: string]: string | number | boolean };
  /** The rest of the body, as in `{ job: { action } }`, or `{ user: { ... } }` beside records that are ids. */
  body?: { [field: string]: unknown };
  /** Up to 1 MB of records. For more, a source. */
  items?: unknown[];
  /** Where the worker reads the records: `{ name: 'ndjson', args: { path } }`, or a source of its own. */
  source?: Named;
  /** Where the worker writes what became of each record: `{ name: 'ndjson', args: { path } }`, or a sink of its own. */
  sink?: Named;
  /** Jobs queued or running at once: 1 to 30, default 30, which is all that Zendesk lets an account have. */
  maxJobs?: number;
  /** How often a record is sent that fails for a reason that may pass: 1 to 10, default 3. */
  itemAttempts?: number;
  /** As in `runZendeskJob`, batch by batch: set its records aside (`fail`, default), or `adopt` the job that fits. */
  onUncertainStart?: 'fail' | 'adopt';
  /** Batches after which the workflow continues as new: 1 to 1,000, default 300. */
  batchesPerRun?: number;
  /**
   * Batches run at the same time, so of two records with the same key the earlier one may be written last. `allow` (default)
   * sends both, `fail` refuses the input before the first job, `last` sends the last one only. `fail` and `last` work for inline
   * records and for sources that can be scanned, such as `ndjson`.
   */
  duplicateKeys?: 'allow' | 'fail' | 'last';
}

/** A source or a sink by the name that the worker knows it by, and what it is told. */
export interface Named {
  name: string;
  args?: unknown;
}

/** `succeeded` + `failed` + `uncertainRecords` = `total`. At most 400 KB. */
export interface RunZendeskBulkResult {
  /** Records that were sent, failed before they were sent, or are uncertain. */
  total: number;
  succeeded: number;
  failed: number;
  /** Records sent again. */
  retried: number;
  /** Records left out because a later record has the same key (`duplicateKeys: 'last'`). Not in `total`. */
  superseded: number;
  /** Jobs that were started. */
  jobs: number;
  /** Failed records, as many as fit: at most 1,000, and 256 KB. The sink gets all of them. */
  failures: BulkFailure[];
  /** Failed records that are not in `failures`. */
  failuresOmitted: number;
  /** Batches with records of which it is unknown whether Zendesk did them, as many as fit in 100 KB. The sink gets all of them. */
  uncertain: UncertainBatch[];
  /** Records of all uncertain batches. */
  uncertainRecords: number;
  /** Uncertain batches that are not in `uncertain`. */
  uncertainOmitted: number;
}

/** A record that failed for good. */
export interface BulkFailure {
  /** Position in the source, from 0. */
  index: number;
  id?: number | string;
  externalId?: string;
  error: string;
  details?: string;
  /** The record itself, where it is small. */
  item?: unknown;
}

/**
 * Records of one batch of which it is unknown whether Zendesk did them. They are neither succeeded nor failed: check them in
 * Zendesk before they are sent again.
 */
export interface UncertainBatch {
  batch: number;
  firstIndex: number;
  /** Records that are uncertain. */
  count: number;
  /** Their positions in the source, where the batch has other records as well. */
  indexes?: number[];
  /** Why it is unknown. */
  reason: string;
  /** Jobs that may have done them, at most five. Never a job of other records of the same run. */
  candidates: StartCandidate[];
}

/** Records that a run which ended early has not sent. They can be imported again as they are. */
export interface RemainingRecords {
  /** Positions in the source: first and last of each range, in ascending order. */
  ranges: [first: number, last: number][];
  /** No record from this position on was sent. Null: the whole source was read, `ranges` has all that remains. */
  fromIndex: number | null;
}

/** Answer of the `progress` query of `runZendeskBulk`. Times are ISO 8601 strings. */
export interface ZendeskBulkProgress {
  account: string;
  operation: string;
  status: 'checking' | 'running' | 'paused' | 'completed' | 'failed' | 'cancelled';
  /** Records that are done, failed or uncertain. */
  progress: number;
  /** Records in all; null where the source does not report it. */
  total: number | null;
  /** What the run is waiting for, and why: a pause that Zendesk asked for, a start that fails. Null while nothing is in its way. */
  message: string | null;
  /** When a batch was last reported. */
  checkedAt: string | null;
  changedAt: string | null;
  startedAt: string;
  succeeded: number;
  failed: number;
  retried: number;
  /** Records left out because a later record has the same key. */
  superseded: number;
  /** Records of uncertain batches. */
  uncertain: number;
  /** Jobs started so far. */
  jobs: number;
  /** Jobs that the run is waiting for. */
  jobIds: string[];
  /** Records that the run has not sent so far. What remains when it has ended early. */
  remaining: RemainingRecords;
}
