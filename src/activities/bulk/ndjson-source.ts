import { boolean, object, optional, size, string, type Infer } from 'superstruct';
import type { SourceCursor } from '../../common/bulk';
import { check } from '../../zendesk/check-struct';
import { MAX_RECORDS } from '../../zendesk/operations';
import { checkNdjson, ndjsonLines, versionOf, type NdjsonPlace } from './ndjson-lines';
import type { SourceObject, SourcePage } from './sources';
import { UnusableError } from './errors';

const Args = object({ path: size(string(), 1, 4096), skipBadLines: optional(boolean()) });

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

async function readPage(path: string, skipBadLines: boolean, cursor: SourceCursor | null): Promise<SourcePage> {
  const version = await versionOf(path);
  const place = cursor === null ? { offset: 0, line: 0, version } : placeAt(cursor);
  if (place.version !== version) throw new UnusableError(`${path} has changed during the run`);

  const items: unknown[] = [];
  for await (const found of ndjsonLines(path, place)) {
    if ('record' in found) items.push(found.record);
    else if (!skipBadLines) throw new UnusableError(`${path}, line ${found.line}: ${found.problem}`);
    if (items.length === MAX_RECORDS) return { items, next: `${found.end}:${found.line}:${version}` };
  }
  return { items, next: null };
}

function placeAt(cursor: SourceCursor): Place {
  const [, offset, line, version] = /^(\d+):(\d+):(\d+-\d+)$/.exec(String(cursor)) ?? [];
  if (version === undefined) throw new UnusableError('the cursor is none of this source');
  return { offset: Number(offset), line: Number(line), version };
}

function argsOf(args: unknown): Infer<typeof Args> {
  return check('source.args', args, Args);
}

async function usable<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new UnusableError(`${path} cannot be read: ${(error as Error).message}`);
  }
}
