import { createHash, randomUUID, type Hash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { enums, object, optional, size, string, type Infer } from 'superstruct';
import { check } from '../../zendesk/check-struct';
import { unlessMissing } from './file-errors';
import { contentDigest } from './file-version';
import { mergedLines, omittedLine, rowLine } from './ndjson-merge';
import { firstIndexOf, joinedFolder, markerFile, partName, partsFolder, temporaryName } from './ndjson-names';
import { checkSinkFile, dropEmptyFolder } from './ndjson-sink-check';
import { markerText, readMarker } from './ndjson-marker';
import type { SinkObject } from './pluggable';

const Args = object({ path: size(string(), 1, 4096), rows: optional(enums(['all', 'failed'])) });

/** Lines are written in chunks of this many characters. */
const CHUNK_LENGTH = 1 << 16;

/**
 * Rows into a file, one a line, in the order of the source: `{ path, rows?: 'all' | 'failed' }`. `failed` leaves out the rows of
 * records that succeeded. The path is the worker's; several workers need one folder.
 *
 * While the run goes on, the rows of each job are a file of their own in `<path>.parts-<run>`. When the run has ended they become
 * the file, which replaces that of an earlier run. Each file appears as a whole, by renaming, and the parts are deleted last: so a
 * worker can be killed at any time, each step can be repeated, and workers need no locks.
 *
 * `<path>.run.json` says which run wrote the file. A run that is reset after its end writes the rows of its last batches again:
 * they then replace those of the same records, and all other rows stay.
 */
export const ndjsonSink: SinkObject = {
  async check(args, { runId, source }) {
    const { path: file } = argsOf(args);
    await dropEmptyFolder(partsFolder(file, runId)); // an earlier attempt of the check may have opened the sink
    await checkSinkFile(file, runId, source);
  },

  /** From here on the run replaces the file when it ends, also if it writes no row. */
  async open({ args, runId }) {
    await mkdir(partsFolder(argsOf(args).path, runId), { recursive: true });
  },

  async write(rows, { args, runId, jobId }) {
    const { path: file, rows: wanted = 'all' } = argsOf(args);
    if (rows.length === 0) return;
    const folder = partsFolder(file, runId);
    await mkdir(folder, { recursive: true });
    const lines = rows.map((row) => (wanted === 'all' || row.result !== 'succeeded' ? rowLine(row) : omittedLine(row)));
    const first = Math.min(...rows.map(({ index }) => index));
    await replaceFile(path.join(folder, partName(first, jobId)), lines.join(''), folder);
  },

  async close({ args, runId }) {
    const { path: file } = argsOf(args);
    const folder = partsFolder(file, runId);
    const joined = joinedFolder(file, runId);
    const names = await unlessMissing(readdir(folder));
    if (names) {
      const parts = names.filter((name) => firstIndexOf(name) !== undefined);
      await joinParts(file, runId, folder, parts);
      await rm(joined, { recursive: true, force: true });
      await rename(folder, joined); // so that a folder of parts is never incomplete
    }
    await rm(joined, { recursive: true, force: true });
  },
};

/** The marker comes first. It names the content before and after, so that the file is known as the run's at any time. */
async function joinParts(file: string, runId: string, folder: string, parts: string[]): Promise<void> {
  const before = await ownContent(file, runId);
  const temporary = path.join(folder, temporaryName(randomUUID()));
  const hash = createHash('sha256');
  try {
    const lines = mergedLines(before === undefined ? undefined : file, folder, parts);
    await pipeline(inChunks(lines, hash), createWriteStream(temporary, { flush: true }));
    const after = hash.digest('hex');
    await replaceFile(markerFile(file), markerText(runId, before === undefined ? [after] : [before, after]), folder);
    await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Digest of the file, if this run wrote it. */
async function ownContent(file: string, runId: string): Promise<string | undefined> {
  const marker = await readMarker(file);
  if (marker?.run !== runId) return undefined;
  const digest = await unlessMissing(contentDigest(file));
  return digest !== undefined && marker.sha256.includes(digest) ? digest : undefined;
}

async function* inChunks(lines: AsyncGenerator<string>, hash: Hash): AsyncGenerator<string> {
  let chunk = '';
  const take = () => {
    const taken = chunk;
    hash.update(taken);
    chunk = '';
    return taken;
  };
  for await (const line of lines) {
    chunk += line;
    if (chunk.length >= CHUNK_LENGTH) yield take();
  }
  if (chunk !== '') yield take();
}

/** The file is there as a whole or not at all. What a kill leaves behind is in `folder`, which is deleted at the end. */
async function replaceFile(file: string, text: string, folder: string): Promise<void> {
  const temporary = path.join(folder, temporaryName(randomUUID()));
  try {
    await writeFile(temporary, text);
    await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
}

function argsOf(args: unknown): Infer<typeof Args> {
  return check('sink.args', args, Args);
}
