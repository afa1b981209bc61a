/** The names of all files that the NDJSON sink makes for a file and a run. */
import { createHash } from 'node:crypto';
import path from 'node:path';

const INDEX_DIGITS = 16;
const JOB_DIGITS = 22;
const PLAIN_JOB = /^[A-Za-z0-9_-]{1,64}$/;
const PART = /^(\d{16})-.*\.ndjson$/;
const TEMPORARY = '.tmp';

/** Holds the rows of a run that has not ended, one file for each job. */
export function partsFolder(file: string, runId: string): string {
  return `${file}.parts-${runId}`;
}

/** What the folder is called while it is deleted: the longest name that is made beside the file. */
export function joinedFolder(file: string, runId: string): string {
  return `${partsFolder(file, runId)}.joined`;
}

/** Names the run that wrote the file. */
export function markerFile(file: string): string {
  return `${file}.run.json`;
}

/** Parts sort by their first record. The same key with the same rows has the same name. At most 88 bytes. */
export function partName(firstIndex: number, jobId: string | null): string {
  const job = jobId ?? 'none';
  const digest = () => createHash('sha256').update(job).digest('hex').slice(0, JOB_DIGITS);
  return `${String(firstIndex).padStart(INDEX_DIGITS, '0')}-${PLAIN_JOB.test(job) ? job : digest()}.ndjson`;
}

/** Position of the first record in a part; undefined for any other file, such as one that is not complete. */
export function firstIndexOf(name: string): number | undefined {
  const [, index] = PART.exec(path.basename(name)) ?? [];
  return index === undefined ? undefined : Number(index);
}

export function temporaryName(id: string): string {
  return `${id}${TEMPORARY}`;
}

/** The longest name of a part. */
export const LONGEST_PART = partName(0, 'x'.repeat(64));
