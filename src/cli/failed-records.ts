import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BulkRow } from '../common/bulk';

/** Writes the records of failed rows into a file that can be imported again, once mended. Returns what to tell the user. */
export async function writeFailedRecords(rows: string, file: string): Promise<string> {
  try {
    await pipeline(Readable.from(recordsOf(rows)), createWriteStream(file));
    return `The failed records are in ${file}, to be mended and imported; why they failed is in ${rows}`;
  } catch (error) {
    return `The worker has written the failed records, which cannot be read here: ${(error as Error).message}`;
  }
}

async function* recordsOf(rows: string): AsyncGenerator<string> {
  for await (const line of createInterface({ input: createReadStream(rows) })) {
    if (line !== '') yield `${JSON.stringify((JSON.parse(line) as BulkRow).item)}\n`;
  }
}
