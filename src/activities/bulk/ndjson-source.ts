import { boolean, object, optional, pattern, size, string, type Infer } from 'superstruct';
import type { SourceCursor } from '../../common/bulk';
import { check } from '../../zendesk/check-struct';
import { MAX_RECORDS } from '../../zendesk/operations';
import { UnusableError } from './errors';
import { codeOf, isTransient } from './file-errors';
import { contentVersion, expectVersion, whileUnchanged } from './file-version';
import { checkNdjson, ndjsonLines, type NdjsonPlace } from './ndjson-lines';
import { supersededInFile } from './ndjson-superseded';
import type { SourceObject, SourcePage } from './pluggable';

const Args = object({
  path: size(string(), 1, 4096),
  skipBadLines: optional(boolean()),
  version: optional(pattern(string(), /^\d{1,15}-[0-9a-f]{16}$/)),
});

/** Where a page begins, in which version of the file. As a cursor: `offset:line:size-digest`. */
interface Place extends NdjsonPlace {
  version: string;
}

/**
 * Records from a file, one JSON value a line, blank lines left out: `{ path, skipBadLines?, version? }`. The path is the worker's.
 * All workers of the task queue need the same content there. The run ends when the content changes; touching, copying or replacing
 * the file by an equal one changes nothing. `version`, as `contentVersion` returns it, is the content that is expected from the
 * beginning.
 */
export const ndjsonSource: SourceObject = {
  async read(args, cursor) {
    const { path, skipBadLines = false, version } = argsOf(args);
    return await readable(path, () =>
      cursor === null ? firstPage(path, version) : readPage(path, skipBadLines, cursor),
    );
  },

  async check(args) {
    const { path, skipBadLines = false, version } = argsOf(args);
    const { records, bad, badLines } = await readable(path, () => checkNdjson(path));
    await readable(path, () => givenVersion(path, version));
    if (badLines > 0 && !skipBadLines) {
      const lines = bad.map(({ line, problem }) => `line ${line}: ${problem}`).join('; ');
      throw new UnusableError(`${path} has ${badLines} bad lines: ${lines}`);
    }
    return { total: records };
  },

  async superseded(args, keys) {
    const { path, skipBadLines = false } = argsOf(args);
    return await readable(path, () => supersededInFile(path, skipBadLines, keys));
  },
};

/** Empty: its next cursor names the version of the file that all other pages have to be of. */
async function firstPage(path: string, expected?: string): Promise<SourcePage> {
  return { items: [], next: `0:0:${await givenVersion(path, expected)}` };
}

/** Throws `UnusableError` where another version is expected. */
async function givenVersion(path: string, expected?: string): Promise<string> {
  const version = await contentVersion(path);
  if (expected === undefined || version === expected) return version;
  throw new UnusableError(
    `${path} on the worker has another content (version ${version}) than the run was started for (${expected}). ` +
      'Give all workers the same file, or start the run anew',
  );
}

async function readPage(path: string, skipBadLines: boolean, cursor: SourceCursor): Promise<SourcePage> {
  const place = placeAt(cursor);
  return await whileUnchanged(path, async (state) => {
    await expectVersion(path, state, place.version);
    if (place.offset > state.size) throw notOurs();
    return await readRecords(path, skipBadLines, place);
  });
}

/** The next page always begins after this one: the offset only grows. */
async function readRecords(path: string, skipBadLines: boolean, place: Place): Promise<SourcePage> {
  const items: unknown[] = [];
  for await (const found of ndjsonLines(path, place)) {
    if ('record' in found) items.push(found.record);
    else if (!skipBadLines) throw new UnusableError(`${path}, line ${found.line}: ${found.problem}`);
    if (items.length === MAX_RECORDS) return { items, next: `${found.end}:${found.line}:${place.version}` };
  }
  return { items, next: null };
}

function placeAt(cursor: SourceCursor): Place {
  const [, offset, line, version] = /^(\d{1,15}):(\d{1,15}):(\d+-[0-9a-f]+)$/.exec(String(cursor)) ?? [];
  if (version === undefined) throw notOurs();
  return { offset: Number(offset), line: Number(line), version };
}

function notOurs(): UnusableError {
  return new UnusableError('the cursor is not one of this source');
}

function argsOf(args: unknown): Infer<typeof Args> {
  return check('source.args', args, Args);
}

/** What the file system reports is permanent, except for conditions that pass by themselves. */
async function readable<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (codeOf(error) === undefined || isTransient(error)) throw error;
    if (codeOf(error) === 'ENOENT')
      throw new UnusableError(`${path} is not on the worker, which reads it at this path`);
    throw new UnusableError(`${path} cannot be read: ${(error as Error).message}`);
  }
}
