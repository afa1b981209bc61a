/** What the bulk workflow, its activities, sources and sinks say to each other. Records never travel, but for inline ones. */
import type { BulkFailure, Named, RunZendeskBulkInput } from './bulk-types';
import type { PollRound, Trouble as Failure } from './polling';
import type { StartCandidate, StartIdentity } from './starting';

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
  duplicateKeys: NonNullable<RunZendeskBulkInput['duplicateKeys']>;
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
  /** Inline records: all of them, or those at the `positions` of the `BatchTry`. */
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

/** Records of a batch that go into one job: all of them, or some. */
export interface BatchTry {
  batch: Batch;
  /** 1 for the first job of these records. */
  attempt: number;
  /** Positions in the batch, ascending. Absent: all. */
  positions?: number[];
}

/** Input of `checkZendeskBulk`. */
export interface BulkCheckInput {
  run: BulkRun;
  /** Inline records, where there is no source. */
  items?: unknown[];
}

/** What `checkZendeskBulk` found out before the first job. */
export interface BulkCheck {
  /** Records in the source; null where it does not report it. */
  total: number | null;
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
  /** `positions` is there where only some records of the batch are to be sent. A batch without any is left out. */
  batches: { batch: Batch; positions?: number[] }[];
  /** Records read, those that are left out counted too. */
  records: number;
  /** Number of the next batch. */
  nextNumber: number;
  /** Where to read on; null at the end of the source. */
  next: SourceCursor | null;
  /** Digests of the cursors that this planning read, in order: a source that returns to one of them would never end. */
  visited: string[];
}

/** Input of `startZendeskBatch`. */
export interface BatchStart extends BatchTry {
  run: BulkRun;
  identity: StartIdentity;
}

/** What `startZendeskBatch` returns. `jobId` is null where none of the records can be sent: `recordZendeskBatch` says why of each. */
export interface StartedBatch {
  jobId: string | null;
  requestId?: string;
}

/** Input of `pollZendeskBatch`: a round of polls of one job, whose rows it hands to the sink when the job has finished. */
export interface BatchRound extends BatchTry {
  run: BulkRun;
  /** Of one job. */
  round: PollRound;
  /** Records may be sent again `itemAttempts - attempt` times. */
  itemAttempts: number;
  failureBudget: FailureBudget;
}

/** Input of `recordZendeskBatch`: the records of a batch that no job will report. Their rows go to the sink. */
export interface BatchRecording extends BatchTry {
  run: BulkRun;
  conclusion: BatchConclusion;
  failureBudget: FailureBudget;
}

/** Why no job reports the records of a batch. */
export type BatchConclusion =
  /** None of them can be sent; the reason is in each record. */
  | { kind: 'unsendable' }
  /** Zendesk refused them: they failed. */
  | { kind: 'refused'; failure: Failure }
  | UncertainConclusion;

/** Whether Zendesk did the records is unknown. */
export interface UncertainConclusion {
  kind: 'uncertain';
  reason: string;
  candidates: StartCandidate[];
  /** Their job, where it is known: one of the candidates. */
  jobId?: string;
}

/** How much of `RunZendeskBulkResult.failures` one report may use. */
export interface FailureBudget {
  rows: number;
  /** UTF-8 bytes of JSON. */
  bytes: number;
}

/** What became of the records of one job. Those to be sent again are in no count. */
export interface BatchReport {
  /** `lost` and `unreadable`: what the job did is unknown. `timed_out`: it still runs at the deadline. */
  end: 'finished' | 'lost' | 'unreadable' | 'timed_out';
  succeeded: number;
  failed: number;
  /** Failed records, as many as the budget allows. */
  failures: BulkFailure[];
  /** Positions in the batch of the records to send again. */
  retryPositions: number[];
  /** Positions in the batch of the records of which it is unknown whether Zendesk did them. */
  uncertainPositions: number[];
  /** Why, of the first of them. */
  uncertainReason?: string;
  /** When the job finished by Zendesk's clock: epoch ms. Absent where it is not reported. */
  endedAt?: number;
}

/** A row for the sink: what became of one record. Each record comes once, when nothing more will be tried. */
export interface BulkRow {
  /** Position in the source, from 0. */
  index: number;
  /** `uncertain`: it is unknown whether Zendesk did it. Such a record must not be sent again before somebody has checked it. */
  result: 'succeeded' | 'failed' | 'uncertain';
  id?: number | string;
  externalId?: string;
  email?: string;
  action?: string;
  /** Zendesk's word for the row, such as `Created`. */
  status?: string;
  /** Absent where the record succeeded. */
  error?: string;
  details?: string;
  /** The record as the source gave it. */
  item: unknown;
}

/** Goes with the rows: the same key may be written again, with the same rows, after a crash. */
export interface SinkKey {
  runId: string;
  batch: number;
  /** Null for records that went into no job, or of which it is unknown. */
  jobId: string | null;
}
