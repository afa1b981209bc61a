import { constants, createWriteStream } from 'node:fs';
import { access, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { randomUUID } from 'node:crypto';
import { enums, object, optional, size, string, type Infer } from 'superstruct';
import type { BulkRow } from '../../common/bulk';
import { check } from '../../zendesk/check-struct';
import type { SinkObject } from './pluggable';
import { UnusableError } from './errors';

const Args = object({ path: size(string(), 1, 4096), rows: optional(enums(['all', 'failed'])) });

const TEMPORARY = '.tmp';

/**
 * Rows into a file, one a line, in the order of the source: `{ path, rows?: 'all' | 'failed' }`. The path is the worker's. A file
 * that is there already is replaced when the run ends.
 *
 * While the run goes on the rows of each job are a file of their own in `<path>.parts-<run>`, which comes into being whole, by
 * renaming: written twice it is the same, and a worker that is killed leaves nothing half. When the run ends they become the
 * file, whole as well, and only then their folder goes: renamed first, so that a part is never missing from a folder of that
 * name. So any number of workers can write, without locks, where they share the folder, and each step can be done again.
 */
export const ndjsonSink: SinkObject = {
  async check(args) {
    const { path: file } = argsOf(args);
    const folder = path.dirname(file);
    await access(folder, constants.W_OK).catch((error: Error) => {
      throw new UnusableError(`${file} cannot be written: ${error.message}`);
    });
    const found = await stat(file).catch(() => undefined);
    if (found && !found.isFile()) throw new UnusableError(`${file} is no file`);
  },

  async write(rows, { args, runId, batch, jobId }) {
    const { path: file, rows: which = 'all' } = argsOf(args);
    const folder = partsFolder(file, runId);
    // Also where no row is wanted: an empty folder becomes an empty file, none leaves what an earlier run wrote.
    await mkdir(folder, { recursive: true });
    const wanted = which === 'failed' ? rows.filter(({ ok }) => !ok) : rows;
    if (wanted.length === 0) return;
    const name = path.join(folder, partName(batch, jobId ?? `none-${rows[0]!.index}`));
    await whole(name, folder, (temporary) => writeFile(temporary, wanted.map(lineOf).join('')));
  },

  async close({ args, runId }) {
    const { path: file } = argsOf(args);
    const folder = partsFolder(file, runId);
    const joined = `${folder}.joined`;
    const parts = await partsIn(folder);
    if (parts) {
      await whole(file, folder, (temporary) => pipeline(sortedLines(folder, parts), createWriteStream(temporary)));
      await rm(joined, { recursive: true, force: true });
      await rename(folder, joined);
    } else if (!(await exists(file))) {
      await writeFile(file, '', { flag: 'a' });
    }
    await rm(joined, { recursive: true, force: true });
  },
};

/** By batch; files that are not whole yet are left out. Undefined where there is no such folder, as after a join. */
async function partsIn(folder: string): Promise<string[] | undefined> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return names?.filter((name) => !name.endsWith(TEMPORARY)).sort();
}

/** A batch at a time: its later jobs, of records that went again, are sorted in. */
async function* sortedLines(folder: string, parts: string[]): AsyncGenerator<string> {
  for (let at = 0; at < parts.length;) {
    const end = parts.findIndex((part, i) => i > at && batchOf(part) !== batchOf(parts[at]!));
    const together = parts.slice(at, end < 0 ? parts.length : end);
    const texts = await Promise.all(together.map((part) => readFile(path.join(folder, part), 'utf8')));
    const rows = texts.flatMap((text) => text.split('\n').filter((line) => line !== ''));
    const indexed = rows.map((line) => ({ line, index: (JSON.parse(line) as BulkRow).index }));
    for (const { line } of indexed.sort((a, b) => a.index - b.index)) yield `${line}\n`;
    at += together.length;
  }
}

function partName(batch: number, job: string): string {
  return `${String(batch).padStart(10, '0')}-${encodeURIComponent(job)}.ndjson`;
}

function batchOf(part: string): string {
  return part.split('-', 1)[0]!;
}

function lineOf(row: BulkRow): string {
  return `${JSON.stringify(row)}\n`;
}

/** Writes a file that is there as a whole, or not at all. What a kill leaves behind is in `folder`. */
async function whole(file: string, folder: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = path.join(folder, `${randomUUID()}${TEMPORARY}`);
  try {
    await write(temporary);
    await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
}

function partsFolder(file: string, runId: string): string {
  return `${file}.parts-${runId}`;
}

async function exists(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}

function argsOf(args: unknown): Infer<typeof Args> {
  return check('sink.args', args, Args);
}
