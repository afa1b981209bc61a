/** What the bulk workflow, its activities, sources and sinks say to each other. Records never travel, but for inline ones. */
import type { BulkFailure, Named } from './bulk-types';
import type { PollRound, Trouble } from './polling';

/** A place in a source, in the source's own terms. Null is its beginning. */
export type SourceCursor = string | number;

/** What all jobs of a run have in common. */
export interface BulkStart {
  operation: string;
  params?: Record<string, string | number | boolean>;
  body?: Record<string, unknown>;
}

/** Which run: of account, operation, source and sink. The same in each activity, and after continue-as-new. */
export interface BulkRun {
  account: string;
  start: BulkStart;
  /** Absent where the batches carry their records. */
  source?: Named;
  sink?: Named;
  /** The first run's id of the workflow: rows of one run are told from those of another by it. */
  runId: string;
}

/** At most 100 records of the source, named by where they are. */
export interface Batch {
  /** 1 for the first. */
  number: number;
  /** Position in the source of the batch's first record, from 0. */
  firstIndex: number;
  /** Records in it. */
  count: number;
  /** Where the source has them; absent for inline records. */
  page?: BatchPage;
  /** Inline records. */
  items?: unknown[];
  /** A second job with the same records would leave everything as the first one did. */
  repeatSafe: boolean;
}

/** A page of the source, or a part of one. */
export interface BatchPage {
  cursor: SourceCursor | null;
  /** Of the page, the records from here to before there: a page over the limit of a request is cut. */
  part?: { from: number; to: number };
  /** Of the records: the same ones have to be there when the page is read again. */
  digest: string;
}

/** Records of a batch that go into one job: all of them, or those that are worth another try. */
export interface BatchTry {
  batch: Batch;
  /** 1 for the first job of these records. */
  attempt: number;
  /** Positions in the batch, ascending. Absent: all. */
  only?: number[];
}

/** Input of `planZendeskBatches`: read on from the cursor, and cut what is read into batches. */
export interface BatchPlanning {
  run: BulkRun;
  cursor: SourceCursor | null;
  /** Number and first index of the first batch that is planned. */
  number: number;
  firstIndex: number;
  /** Pages to read at most. */
  pages: number;
}

export interface BatchPlan {
  batches: Batch[];
  /** Where to read on; null at the end of the source. */
  next: SourceCursor | null;
}

/** What `checkZendeskBulk` found out before the first job. */
export interface BulkCheck {
  /** Records in the source; null where it does not tell. */
  total: number | null;
}

/** Input of `startZendeskBatch`. */
export interface BatchStart extends BatchTry {
  run: BulkRun;
}

/** What `startZendeskBatch` returns. `jobId` is null where none of the records can be sent: the poll says why of each. */
export interface StartedBatch {
  jobId: string | null;
  requestId?: string;
}

/** Input of `pollZendeskBatch`: a round of polls of one job, whose rows it hands to the sink when it has ended. */
export interface BatchRound extends BatchTry {
  run: BulkRun;
  /** Of one job. Absent where none was started: nothing could be sent, or Zendesk refused it. */
  round?: PollRound;
  /** Why Zendesk refused the start for good. */
  refusal?: Trouble;
  /** Records may be sent again `itemAttempts - attempt` times. */
  itemAttempts: number;
  /** What the result has room for. */
  room: FailureRoom;
}

export interface FailureRoom {
  rows: number;
  /** Bytes of JSON. */
  bytes: number;
}

/** What became of the records of one job. Those to be sent again are in no count. */
export interface BatchReport {
  /** `lost`: nobody knows what the job did. `timed_out`: it still runs at the deadline. */
  end: 'finished' | 'lost' | 'timed_out';
  succeeded: number;
  failed: number;
  /** Failed rows, as far as there was room. */
  failures: BulkFailure[];
  /** Positions in the batch of the records to send again. */
  again: number[];
  /** When the job ended by Zendesk's clock: epoch ms. Absent where it does not tell. */
  endedAt?: number;
}

/** A row for the sink: what became of one record. Each record comes once, when nothing more will be tried. */
export interface BulkRow {
  /** Position in the source, from 0. */
  index: number;
  ok: boolean;
  id?: number | string;
  externalId?: string;
  email?: string;
  action?: string;
  status?: string;
  error?: string;
  details?: string;
  /** The record as the source gave it. */
  item: unknown;
}

/** Goes with the rows: the same key may be written again, with the same rows, after a crash. */
export interface SinkKey {
  runId: string;
  batch: number;
  /** Null for records that went into no job. */
  jobId: string | null;
}
