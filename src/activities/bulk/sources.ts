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

const NAME = /^[A-Za-z0-9._-]{1,100}$/;

const BUILT_IN = { sources: { ndjson: ndjsonSource }, sinks: { ndjson: ndjsonSink } };

/** Throws `InputProblems` for a name that the worker does not know. */
export function sourceNamed({ name }: Named, { sources }: SourcesAndSinks): SourceObject {
  const found = named<ZendeskSource>('source', name, { ...BUILT_IN.sources, ...sources });
  return typeof found === 'function' ? { read: found } : found;
}

/** Throws `InputProblems` for a name that the worker does not know. */
export function sinkNamed({ name }: Named, { sinks }: SourcesAndSinks): SinkObject {
  const found = named<ZendeskSink>('sink', name, { ...BUILT_IN.sinks, ...sinks });
  return typeof found === 'function' ? { write: found } : found;
}

/** What is wrong with the sources and sinks that a worker is given, one line each; empty where nothing is. */
export function pluggedProblems({ sources, sinks }: SourcesAndSinks): string[] {
  return [...mapProblems('sources', sources, 'read'), ...mapProblems('sinks', sinks, 'write')];
}

function mapProblems(what: 'sources' | 'sinks', map: unknown, main: 'read' | 'write'): string[] {
  if (map === undefined) return [];
  if (typeof map !== 'object' || map === null || Array.isArray(map)) return [`${what}: expected an object by name`];
  return Object.entries(map).flatMap(([name, plugged]) => {
    const where = `${what}.${name}`;
    if (!NAME.test(name)) return [`${where}: expected a name of 1 to 100 letters, digits, ".", "_" or "-"`];
    if (typeof plugged === 'function') return [];
    const members = (plugged ?? {}) as Record<string, unknown>;
    if (typeof members[main] !== 'function') return [`${where}: expected a function, or an object with ${main}()`];
    return ['check', 'close']
      .filter((member) => !['function', 'undefined'].includes(typeof members[member]))
      .map((member) => `${where}.${member}: expected a function`);
  });
}

function named<T>(what: 'source' | 'sink', name: string, known: Record<string, T>): T {
  const found = Object.hasOwn(known, name) ? known[name] : undefined;
  if (found !== undefined) return found;
  const problem = `this worker knows no ${what} ${JSON.stringify(name)}, it has: ${Object.keys(known).sort().join(', ')}`;
  throw new InputProblems('runZendeskBulk', [{ field: `${what}.name`, problem }]);
}
