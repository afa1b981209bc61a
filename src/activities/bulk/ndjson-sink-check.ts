/** Whether the NDJSON sink will be able to write its file: tried with the real names, before the first job. */
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Named } from '../../common/bulk-types';
import { InputProblems } from '../../common/inputs';
import { codeOf, isTransient, unlessMissing } from './file-errors';
import { markerIn } from './ndjson-marker';
import { joinedFolder, LONGEST_PART, markerFile, partsFolder } from './ndjson-names';
import { isInside, isSameFile } from './same-file';

/** In a folder with this bit only the owner of a file can replace it, as in `/tmp`. */
const STICKY = 0o1000;

/**
 * Throws `InputProblems` for `sink.args.path`: a path that is not one of a file, a name that is too long, a folder that is missing
 * or cannot be written, a file that the run reads. Throws what may pass, such as a full disk, as the file system reports it.
 * Leaves nothing behind.
 */
export async function checkSinkFile(file: string, runId: string, source?: Named): Promise<void> {
  if (file.endsWith('/') || file.endsWith(path.sep)) {
    throw problem(`${file} is the path of a folder: give the path of a file`);
  }
  try {
    await checkFolder(file);
    await checkFile(file);
    if (source) await checkSource(file, runId, source);
    await checkMarker(file);
    await tryNames(file, runId);
  } catch (error) {
    if (codeOf(error) === undefined || isTransient(error)) throw error;
    throw problem(messageOf(file, runId, error as NodeJS.ErrnoException));
  }
}

/** Deletes the folder unless it has files. */
export async function dropEmptyFolder(folder: string): Promise<void> {
  await rmdir(folder).catch(() => undefined);
}

async function checkFolder(file: string): Promise<void> {
  const folder = path.dirname(file);
  const found = await unlessMissing(stat(folder));
  if (!found) throw problem(`${file} cannot be written: the folder ${folder} does not exist on the worker. Create it`);
  if (!found.isDirectory()) throw problem(`${file} cannot be written: ${folder} is not a folder`);
}

async function checkFile(file: string): Promise<void> {
  const found = await unlessMissing(stat(file));
  if (!found) return;
  if (!found.isFile()) throw problem(`${file} is not a file: give the path of a file`);
  const folder = await stat(path.dirname(file));
  const user = process.geteuid?.();
  const mayReplace = user === undefined || [0, found.uid, folder.uid].includes(user);
  if ((folder.mode & STICKY) !== 0 && !mayReplace) {
    throw problem(`${file} cannot be replaced: it belongs to another user. Delete it, or give another path`);
  }
}

/** Only the built-in source says which file it reads. */
async function checkSource(file: string, runId: string, { name, args }: Named): Promise<void> {
  const source = (args as { path?: unknown } | null | undefined)?.path;
  if (name !== 'ndjson' || typeof source !== 'string') return;
  const written = [file, markerFile(file)];
  const isWritten = (await Promise.all(written.map((name) => isSameFile(name, source)))).includes(true);
  const folders = [partsFolder(file, runId), joinedFolder(file, runId)];
  const isDeleted = (await Promise.all(folders.map((folder) => isInside(source, folder)))).includes(true);
  if (isWritten || isDeleted) {
    throw problem(`${file} would replace ${source}, which the run reads as its source: give another path`);
  }
}

async function checkMarker(file: string): Promise<void> {
  const marker = markerFile(file);
  const text = await unlessMissing(readFile(marker, 'utf8'));
  if (text !== undefined && !markerIn(text)) {
    throw problem(
      `${marker} exists and was not written by this sink, which would replace it. Move it, or give another path`,
    );
  }
}

/** Makes the longest names that the run will make, and deletes them. */
async function tryNames(file: string, runId: string): Promise<void> {
  const folder = joinedFolder(file, runId);
  const part = path.join(folder, `${randomUUID().slice(0, 8)}${LONGEST_PART.slice(8)}`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(part, 'probe\n');
  } finally {
    await rm(part, { force: true });
    await dropEmptyFolder(folder);
  }
}

function messageOf(file: string, runId: string, { code, message }: NodeJS.ErrnoException): string {
  const folder = path.dirname(file);
  if (code === 'ENAMETOOLONG') {
    const added = Buffer.byteLength(joinedFolder(file, runId)) - Buffer.byteLength(file);
    const bytes = Buffer.byteLength(path.basename(file));
    return (
      `${file} is too long: its name has ${bytes} bytes, to which the sink adds up to ${added} for its own files. Most file ` +
      'systems take 255 bytes a name and 4,096 bytes a path: use a shorter one'
    );
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return `${file} cannot be written: the worker cannot create files in ${folder} (${code}). Give it the permission`;
  }
  return `${file} cannot be written: ${message}`;
}

function problem(text: string): InputProblems {
  return new InputProblems('runZendeskBulk', [{ field: 'sink.args.path', problem: text }]);
}
