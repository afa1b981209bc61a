import { createReadStream, createWriteStream } from 'node:fs';
import { access, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { randomUUID } from 'node:crypto';
import { enums, object, optional, size, string, type Infer } from 'superstruct';
import { check } from '../../zendesk/check-struct';
import type { SinkObject } from './sources';
import { UnusableError } from './errors';

const Args = object({ path: size(string(), 1, 4096), rows: optional(enums(['all', 'failed'])) });

const TEMPORARY = '.tmp';

/**
 * Rows into a file, one a line, in the order of the source: `{ path, rows?: 'all' | 'failed' }`. The path is the worker's.
 *
 * While the run goes on the rows of each job are a file of their own in `<path>.parts-<run>`, which comes into being whole, by
 * renaming: written twice it is the same, and a worker that is killed leaves nothing half. When the run ends they become the
 * file. So any number of workers can write, where they share the folder.
 */
export const ndjsonSink: SinkObject = {
  async check(args) {
    const { path: file } = argsOf(args);
    const folder = path.dirname(file);
    await access(folder).catch(() => {
      throw new UnusableError(`${file} cannot be written: there is no folder ${folder}`);
    });
  },

  async write(rows, { args, runId, batch, jobId }) {
    const { path: file, rows: which = 'all' } = argsOf(args);
    const wanted = which === 'failed' ? rows.filter(({ ok }) => !ok) : rows;
    if (wanted.length === 0) return;
    const folder = partsFolder(file, runId);
    await mkdir(folder, { recursive: true });
    const name = `${String(batch).padStart(8, '0')}-${jobId ?? 'none'}.ndjson`;
    await whole(path.join(folder, name), (temporary) =>
      writeFile(temporary, wanted.map((row) => `${JSON.stringify(row)}\n`).join('')),
    );
  },

  async close({ args, runId }) {
    const { path: file } = argsOf(args);
    const folder = partsFolder(file, runId);
    const parts = await partsIn(folder);
    // Joined already, or nothing was written: then there is a file all the same.
    if (parts.length === 0 && (await exists(file))) return;
    await whole(file, async (temporary) => {
      await writeFile(temporary, '');
      for (const part of parts) {
        await pipeline(createReadStream(path.join(folder, part)), createWriteStream(temporary, { flags: 'a' }));
      }
    });
    await rm(folder, { recursive: true, force: true });
  },
};

/** Files that are not whole yet are left out. */
async function partsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names.filter((name) => !name.endsWith(TEMPORARY)).sort();
}

/** Writes a file that is there as a whole, or not at all. */
async function whole(file: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${file}.${randomUUID()}${TEMPORARY}`;
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
