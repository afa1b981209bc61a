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
}

/** A source or a sink by the name that the worker knows it by, and what it is told. */
export interface Named {
  name: string;
  args?: unknown;
}

/** `succeeded` + `failed` + the records of uncertain batches = `total`. */
export interface RunZendeskBulkResult {
  total: number;
  succeeded: number;
  failed: number;
  /** Records sent again. */
  retried: number;
  /** Jobs that were started. */
  jobs: number;
  /** The first rows that failed: 1,000 at most, of 256 KB at most. The sink has them all. */
  failures: BulkFailure[];
  failuresOmitted: number;
  /** Records of which nobody can know whether their job was started: look at them before sending them again. */
  uncertain: UncertainBatch[];
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

/** A batch of which nobody can know whether its job was started. Its records are neither done nor failed. */
export interface UncertainBatch {
  batch: number;
  firstIndex: number;
  count: number;
  /** Positions in the source, where only some of the batch's records are concerned: a later try. */
  indexes?: number[];
  /** Jobs of Zendesk's list that may be it, five at most. */
  candidates: StartCandidate[];
}

/** Answer of the `progress` query of `runZendeskBulk`. Times are ISO 8601 strings. */
export interface ZendeskBulkProgress {
  account: string;
  operation: string;
  status: 'checking' | 'running' | 'paused' | 'stopping' | 'completed' | 'failed' | 'cancelled';
  /** Records that are done, failed or uncertain. */
  progress: number;
  /** Records in all; null where the source does not tell. */
  total: number | null;
  message: string | null;
  /** When a batch was last reported. */
  checkedAt: string | null;
  changedAt: string | null;
  startedAt: string;
  succeeded: number;
  failed: number;
  retried: number;
  /** Records of uncertain batches. */
  uncertain: number;
  /** Jobs started so far. */
  jobs: number;
  /** Jobs that still run, as far as the run knows. */
  jobIds: string[];
}
