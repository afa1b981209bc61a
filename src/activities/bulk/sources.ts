/** Finds sources and sinks by name: the user's and the built-in ones. */
import type { Named } from '../../common/bulk-types';
import { InputProblems } from '../../common/inputs';
import { ndjsonSink } from './ndjson-sink';
import { ndjsonSource } from './ndjson-source';
import type { SinkObject, SourceObject, SourcesAndSinks, ZendeskSink, ZendeskSource } from './pluggable';

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

/** What is wrong with the sources and sinks that a worker is given, one line each. */
export function pluggedProblems({ sources, sinks }: SourcesAndSinks): string[] {
  return [
    ...mapProblems('sources', sources, 'read', ['check', 'superseded']),
    ...mapProblems('sinks', sinks, 'write', ['check', 'open', 'close']),
  ];
}

function mapProblems(what: 'sources' | 'sinks', map: unknown, main: 'read' | 'write', optional: string[]): string[] {
  if (map === undefined) return [];
  if (typeof map !== 'object' || map === null || Array.isArray(map)) return [`${what}: expected an object by name`];
  return Object.entries(map).flatMap(([name, plugged]) => {
    const where = `${what}.${name}`;
    if (!NAME.test(name)) return [`${where}: expected a name of 1 to 100 letters, digits, ".", "_" or "-"`];
    if (typeof plugged === 'function') return [];
    const members = (plugged ?? {}) as Record<string, unknown>;
    if (typeof members[main] !== 'function') return [`${where}: expected a function, or an object with ${main}()`];
    return optional
      .filter((member) => !['function', 'undefined'].includes(typeof members[member]))
      .map((member) => `${where}.${member}: expected a function`);
  });
}

function named<T>(what: 'source' | 'sink', name: string, known: Record<string, T>): T {
  const found = Object.hasOwn(known, name) ? known[name] : undefined;
  if (found !== undefined) return found;
  const problem = `this worker has no ${what} ${JSON.stringify(name)}, it has: ${Object.keys(known).sort().join(', ')}`;
  throw new InputProblems('runZendeskBulk', [{ field: `${what}.name`, problem }]);
}
