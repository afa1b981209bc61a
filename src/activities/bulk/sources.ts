/** Where records come from and where rows go: functions of the user's, by name, beside the built-in ones. */
import type { BulkRow, Named, SinkKey, SourceCursor } from '../../common/bulk';
import { InputProblems } from '../../common/inputs';
import { ndjsonSink } from './ndjson-sink';
import { ndjsonSource } from './ndjson-source';

export interface SourcePage {
  /** At most 100 records, or ids. May be empty before the end. */
  items: unknown[];
  /** Where the next page begins; none at the end. */
  next?: SourceCursor | null;
}

/**
 * Reads the page at a cursor; null is the first page. Called again with the same cursor, it gives the same records: a batch is
 * read when it is planned, when it is started and when its job has ended. Numeric cursors grow.
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

const BUILT_IN = { sources: { ndjson: ndjsonSource }, sinks: { ndjson: ndjsonSink } };

/** Throws `InputProblems` for a name that the worker does not know. */
export function sourceNamed({ name }: Named, { sources }: SourcesAndSinks): SourceObject {
  const found = named('source', name, { ...BUILT_IN.sources, ...sources });
  return typeof found === 'function' ? { read: found } : found;
}

/** Throws `InputProblems` for a name that the worker does not know. */
export function sinkNamed({ name }: Named, { sinks }: SourcesAndSinks): SinkObject {
  const found = named('sink', name, { ...BUILT_IN.sinks, ...sinks });
  return typeof found === 'function' ? { write: found } : found;
}

function named<T>(what: 'source' | 'sink', name: string, known: Record<string, T>): T {
  const found = Object.hasOwn(known, name) ? known[name] : undefined;
  if (found !== undefined) return found;
  const problem = `this worker knows no ${what} ${JSON.stringify(name)}, it has: ${Object.keys(known).sort().join(', ')}`;
  throw new InputProblems('runZendeskBulk', [{ field: `${what}.name`, problem }]);
}
