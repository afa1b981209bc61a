/**
 * The files that an import leaves beside the file that it reads: the rows of records that did not succeed, which the worker writes,
 * and the records that failed, were not sent, or are uncertain, which can be imported again as they are.
 */
import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from '../activities/bulk/file-errors';
import { contentDigest } from '../activities/bulk/file-version';
import { FILE_START, ndjsonLines, rawLines } from '../activities/bulk/ndjson-lines';
import type { BulkRow } from '../common/bulk';
import type { RemainingRecords } from '../common/bulk-types';

export interface ImportFiles {
  rows: string;
  failed: string;
  unsent: string;
  uncertain: string;
}

/** Of an earlier import: importing its records again does not make the names longer each time. */
const OUTPUT = /\.[a-z_-]+\.[0-9a-f]{12}\.(failed|unsent|uncertain)$/;
const ROWS = '.rows.ndjson';

/** `tag` is the import's own: no other import writes these files. */
export function importFiles(source: string, operation: string, tag: string): ImportFiles {
  const name = path.basename(source).replace(/\.(ndjson|jsonl|json)$/, '');
  const stem = `${name.replace(OUTPUT, '')}.${operation.replaceAll('/', '-')}.${tag}`;
  return filesOf(path.join(path.dirname(source), stem));
}

/** The files of the import whose sink has this path; undefined where it is not that of an import. */
export function filesOfRows(rows: string): ImportFiles | undefined {
  return rows.endsWith(ROWS) ? filesOf(rows.slice(0, -ROWS.length)) : undefined;
}

function filesOf(base: string): ImportFiles {
  const file = (kind: string) => `${base}.${kind}.ndjson`;
  return { rows: `${base}${ROWS}`, failed: file('failed'), unsent: file('unsent'), uncertain: file('uncertain') };
}

export interface WrittenFile {
  file: string;
  records: number;
  /** A file was there already, which has other records: it stays as it is. */
  differs: boolean;
}

/** Writes the records of all rows with this result. Undefined where there are none. */
export async function writeRecordsOf(
  { rows }: ImportFiles,
  result: 'failed' | 'uncertain',
  file: string,
): Promise<WrittenFile | undefined> {
  return await writeNew(file, recordsInRows(rows, result));
}

/** Writes the records of the source at these positions. Undefined where there are none. */
export async function writeRecordsAt(
  source: string,
  positions: RemainingRecords,
  file: string,
): Promise<WrittenFile | undefined> {
  return await writeNew(file, recordsAt(source, positions));
}

async function* recordsInRows(rows: string, result: string): AsyncGenerator<unknown> {
  for await (const { bytes } of rawLines(rows)) {
    const row = JSON.parse(bytes!.toString('utf8')) as BulkRow;
    if (row.result === result) yield row.item;
  }
}

async function* recordsAt(source: string, { ranges, fromIndex }: RemainingRecords): AsyncGenerator<unknown> {
  const last = fromIndex === null ? (ranges.at(-1)?.[1] ?? -1) : Infinity;
  let index = -1;
  let range = 0;
  for await (const found of ndjsonLines(source, FILE_START)) {
    if (!('record' in found)) continue;
    index += 1;
    if (index > last) return;
    while (range < ranges.length && ranges[range]![1] < index) range += 1;
    const inRange = range < ranges.length && ranges[range]![0] <= index;
    if (inRange || (fromIndex !== null && index >= fromIndex)) yield found.record;
  }
}

/** A file that exists is never overwritten: somebody may have edited it. */
async function writeNew(file: string, records: AsyncIterable<unknown>): Promise<WrittenFile | undefined> {
  const temporary = `${file}.${randomUUID().slice(0, 8)}`;
  const hash = createHash('sha256');
  let count = 0;
  const lines = async function* () {
    for await (const record of records) {
      const line = `${JSON.stringify(record)}\n`;
      hash.update(line);
      count += 1;
      yield line;
    }
  };
  try {
    await writeFile(temporary, lines());
    if (count === 0) return undefined;
    const isNew = await linkNew(temporary, file);
    return { file, records: count, differs: !isNew && (await contentDigest(file)) !== hash.digest('hex') };
  } finally {
    await rm(temporary, { force: true });
  }
}

/** False where the file exists. */
async function linkNew(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to).catch(async (error: unknown) => {
      if (codeOf(error) === 'EEXIST') throw error;
      await copyFile(from, to, constants.COPYFILE_EXCL); // a file system without hard links
    });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}
