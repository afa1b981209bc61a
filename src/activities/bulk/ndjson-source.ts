import { boolean, object, optional, size, string, type Infer } from 'superstruct';
import type { SourceCursor } from '../../common/bulk';
import { check } from '../../zendesk/check-struct';
import { MAX_RECORDS } from '../../zendesk/operations';
import { checkNdjson, ndjsonLines, versionOf, type NdjsonPlace } from './ndjson-lines';
import type { SourceObject, SourcePage } from './pluggable';
import { UnusableError } from './errors';

const Args = object({ path: size(string(), 1, 4096), skipBadLines: optional(boolean()) });

/** The file may be read a little later. */
const PASSING = ['EAGAIN', 'EBUSY', 'EIO', 'EMFILE', 'ENFILE', 'ENOMEM', 'ESTALE', 'ETIMEDOUT'];

/** Where a page begins, in a file of which version. As a cursor: `offset:line:size-mtime`. */
interface Place extends NdjsonPlace {
  version: string;
}

/**
 * Records from a file, one JSON value a line, blank lines left out: `{ path, skipBadLines? }`. The path is the worker's. All
 * workers of the task queue need the same file there. A file that changes during the run ends it.
 */
export const ndjsonSource: SourceObject = {
  async read(args, cursor) {
    const { path, skipBadLines = false } = argsOf(args);
    return await usable(path, () => readPage(path, skipBadLines, cursor));
  },

  async check(args) {
    const { path, skipBadLines = false } = argsOf(args);
    const { records, bad, badLines } = await usable(path, () => checkNdjson(path));
    if (badLines > 0 && !skipBadLines) {
      const lines = bad.map(({ line, problem }) => `line ${line}: ${problem}`).join('; ');
      throw new UnusableError(`${path} has ${badLines} bad lines: ${lines}`);
    }
    return { total: records };
  },
};

/** The first page is empty: its next cursor says of which version of the file all others are. */
async function readPage(path: string, skipBadLines: boolean, cursor: SourceCursor | null): Promise<SourcePage> {
  if (cursor === null) return { items: [], next: `0:0:${await versionOf(path)}` };
  const place = placeAt(cursor);
  try {
    return await readRecords(path, skipBadLines, place);
  } finally {
    // What was read, or was wrong with it, is of that version only if it is still there afterwards.
    await mustBe(place.version, path);
  }
}

async function readRecords(path: string, skipBadLines: boolean, place: Place): Promise<SourcePage> {
  const items: unknown[] = [];
  for await (const found of ndjsonLines(path, place)) {
    if ('record' in found) items.push(found.record);
    else if (!skipBadLines) throw new UnusableError(`${path}, line ${found.line}: ${found.problem}`);
    if (items.length === MAX_RECORDS) return { items, next: `${found.end}:${found.line}:${place.version}` };
  }
  return { items, next: null };
}

async function mustBe(version: string, path: string): Promise<void> {
  if ((await versionOf(path)) !== version) throw new UnusableError(`${path} has changed during the run`);
}

function placeAt(cursor: SourceCursor): Place {
  const [, offset, line, version] = /^(\d+):(\d+):(\d+-\d+)$/.exec(String(cursor)) ?? [];
  if (version === undefined) throw new UnusableError('the cursor is none of this source');
  return { offset: Number(offset), line: Number(line), version };
}

function argsOf(args: unknown): Infer<typeof Args> {
  return check('source.args', args, Args);
}

/** What the file system says of the path does not pass by itself; that it is busy does. */
async function usable<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined || PASSING.includes(code)) throw error;
    throw new UnusableError(`${path} cannot be read: ${message}`);
  }
}
