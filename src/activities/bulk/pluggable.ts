/** The shapes of sources and sinks: what a user writes. */
import type { BulkRow, SinkKey, SourceCursor } from '../../common/bulk';

export interface SourcePage {
  /** At most 100 records, or ids. May be empty before the end. */
  items: unknown[];
  /** Where the next page begins; none at the end. */
  next?: SourceCursor | null;
}

/**
 * Reads the page at a cursor; null is the first page. Called again with the same cursor, it gives the same records: a batch is
 * read when it is planned, when it is started and when its job has ended. Numeric cursors grow, texts have 2,000 characters at
 * most. What it throws is tried again for a quarter of an hour; an `ApplicationFailure` says by itself whether to.
 */
export type ReadPage = (args: unknown, cursor: SourceCursor | null) => SourcePage | Promise<SourcePage>;

export interface SourceObject {
  read: ReadPage;
  /** Called once, before the first job. Throws what is wrong; returns the number of records, where that is easily told. */
  check?(args: unknown): { total?: number } | void | Promise<{ total?: number } | void>;
}

export type ZendeskSource = ReadPage | SourceObject;

/** `args` of the sink, and the key of the rows. */
export interface SinkContext extends SinkKey {
  args: unknown;
}

/**
 * Takes the rows of one job, or of records that went into none. May be called again with the same key and the same rows, as
 * after a crash: they are to be there once.
 */
export type WriteRows = (rows: BulkRow[], context: SinkContext) => void | Promise<void>;

export interface SinkObject {
  write: WriteRows;
  /** Called once, before the first job. Throws what is wrong. */
  check?(args: unknown): void | Promise<void>;
  /** Called when the run has ended, one way or another; perhaps more than once. */
  close?(context: { args: unknown; runId: string }): void | Promise<void>;
}

export type ZendeskSink = WriteRows | SinkObject;

/** What a worker offers beside the built-in `ndjson`. Its own of the same name wins. */
export interface SourcesAndSinks {
  sources?: Record<string, ZendeskSource>;
  sinks?: Record<string, ZendeskSink>;
}
