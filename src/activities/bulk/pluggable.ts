/** The shapes of sources and sinks: what a user writes. */
import type { BulkRow, SinkKey, SourceCursor } from '../../common/bulk';
import type { Named } from '../../common/bulk-types';
import type { KeyRule } from '../../zendesk/record-keys';

export interface SourcePage {
  /** At most 100 records or ids. May be empty before the end. Plain JSON: no `BigInt`, no cycle. */
  items: unknown[];
  /** Where the next page begins. Absent or null at the end. */
  next?: SourceCursor | null;
}

/**
 * Returns the page at a cursor; null is the first page. The same cursor must give the same records: a page is read when its
 * batches are planned, when each is started and when its job has finished. A cursor is a number or a text of at most 1,000 bytes
 * (UTF-8, as JSON). Numbers must grow, and no cursor may come twice in a run. Cursors are kept in the workflow's history.
 *
 * @throws Anything: it is retried for 15 minutes. An `ApplicationFailure` decides by itself whether it is retried. The message
 * reaches the history; `args` do not.
 */
export type ReadPage<Args = unknown> = (args: Args, cursor: SourceCursor | null) => SourcePage | Promise<SourcePage>;

export interface SourceObject<Args = unknown> {
  read: ReadPage<Args>;
  /**
   * Called before the first job. Returns the number of records, if that is known.
   *
   * @throws What is wrong with the arguments or the records. Retried as in `read`.
   */
  check?(args: Args): { total?: number } | void | Promise<{ total?: number } | void>;
  /**
   * Finds the records that a later record of the source replaces. Needed for `duplicateKeys: 'fail'` and `'last'`; without it
   * these options are refused. Called before the first job, and for `'last'` in each planning: keep the result as long as the
   * source gives the same records.
   *
   * @throws As in `read`.
   */
  superseded?(args: Args, keys: KeysOfRecords): SupersededRecords | Promise<SupersededRecords>;
}

/**
 * A source whose `args` are of this shape. Nothing checks that the input of a run gives such ones: `check` is the place for it, as
 * the input may come from any program.
 */
export type ZendeskSource<Args = unknown> = ReadPage<Args> | SourceObject<Args>;

/** By what the run's operation finds a record that exists. */
export interface KeysOfRecords extends KeyRule {
  /** The keys of a record, such as `external_id=crm-1`. Records that share one are duplicates. Empty for one without a key. */
  keysOf(record: unknown): string[];
}

/** The records that a later record with the same key replaces. */
export interface SupersededRecords {
  /** How many there are. */
  count: number;
  /** Whether the record at this position in the source, from 0, is one of them. */
  has(index: number): boolean;
  /** Some of them, for the message of `duplicateKeys: 'fail'`: the first 20 are used. */
  examples: DuplicateKey[];
}

export interface DuplicateKey {
  /** Position in the source of the earlier record, from 0. */
  index: number;
  /** Position of the later record. */
  by: number;
  /** Line of the later record, if the source has lines. */
  line?: number;
  /** The key that both have. */
  key: string;
}

/** `args` of the sink, and the key of the rows. */
export interface SinkContext<Args = unknown> extends SinkKey {
  args: Args;
}

/**
 * Takes the rows of one job, or of records that went into none. After a crash it may be called again with the same key and the
 * same rows: store each row once.
 *
 * @throws Anything: it is retried until the sink takes the rows, and the run waits. An `ApplicationFailure` decides by itself
 * whether it is retried.
 */
export type WriteRows<Args = unknown> = (rows: BulkRow[], context: SinkContext<Args>) => void | Promise<void>;

/** Which run a sink is checked for. */
export interface SinkCheckContext {
  runId: string;
  /** What the run reads; absent for inline records. A sink must not write to it. */
  source?: Named;
}

export interface SinkObject<Args = unknown> {
  write: WriteRows<Args>;
  /**
   * Called before the first job, perhaps more than once. Must leave nothing behind: the run may fail its other checks.
   *
   * @throws What is wrong. Retried for 15 minutes, except for an `ApplicationFailure.nonRetryable`.
   */
  check?(args: Args, context: SinkCheckContext): void | Promise<void>;
  /** Called when all checks have passed, before the first job, perhaps more than once. Throws as `check` does. */
  open?(context: { args: Args; runId: string }): void | Promise<void>;
  /**
   * Called when the run has ended, whether it succeeded or not, perhaps more than once. After a reset of the workflow the rows of
   * its last batches come again, and then `close` again, with the same `runId`.
   */
  close?(context: { args: Args; runId: string }): void | Promise<void>;
}

/** A sink whose `args` are of this shape: see `ZendeskSource`. */
export type ZendeskSink<Args = unknown> = WriteRows<Args> | SinkObject<Args>;

/** What a worker offers in addition to the built-in `ndjson`. A source or sink of the same name replaces the built-in one. */
export interface SourcesAndSinks {
  // `any`: each has a shape of its own for its arguments.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  sources?: Record<string, ZendeskSource<any>>;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  sinks?: Record<string, ZendeskSink<any>>;
}
