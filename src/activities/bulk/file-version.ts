/**
 * Which content a file has: its SHA-256. It is computed once for each state of the file and kept in this process, so that a page
 * of a large file costs no more than its own bytes. A file that is touched, copied or moved stays the same.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { FileChangedError, UnusableError } from './errors';

/** Files whose digests are kept. */
const MAX_KEPT = 100;
/** Some file systems count time in steps of 2 s: a file changed twice within one step can look the same. */
const CLOCK_STEP_MS = 2_000;
const MAX_ATTEMPTS = 5;
/** Hex digits of the digest in a version: 64 bits. */
const VERSION_DIGITS = 16;
const CHUNK_BYTES = 1 << 20;

/** What the file system says of a file at one time. A change of the content changes `identity`. */
export interface FileState {
  size: number;
  identity: string;
  /** By the clock of the file system: epoch ms. */
  changedAt: number;
  /** When this was read, by the worker's clock: epoch ms. */
  readAt: number;
}

const kept = new Map<string, Promise<string>>();

/** SHA-256 of the content: 64 hex digits. Throws what the file system reports, and `UnusableError` for a folder. */
export async function contentDigest(path: string): Promise<string> {
  return await whileUnchanged(path, (state) => digestAt(path, state));
}

/** Size and the first 64 bits of the digest, as in `1024-9f86d081884c7d65`: short enough for a cursor. */
export async function contentVersion(path: string): Promise<string> {
  return await whileUnchanged(path, (state) => versionAt(path, state));
}

/** The version of a file in a state that the caller has just read. */
export async function versionAt(path: string, state: FileState): Promise<string> {
  return versionOf(state, await digestAt(path, state));
}

/** Throws `FileChangedError` unless the file in this state has the version. */
export async function expectVersion(path: string, state: FileState, version: string): Promise<void> {
  // Another size is another content: the file need not be read for that.
  const isSame = version.startsWith(`${state.size}-`) && (await versionAt(path, state)) === version;
  if (!isSame) throw new FileChangedError(`${path} has changed during the run`);
}

/**
 * Reads a file so that all that was read is of one state of it: again, if the file changed meanwhile. Throws what `read` throws of
 * an unchanged file, `FileChangedError` at once, and after five changes an error that may pass.
 */
export async function whileUnchanged<T>(path: string, read: (state: FileState) => Promise<T>): Promise<T> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const before = await fileState(path);
    const [outcome] = await Promise.allSettled([read(before)]);
    if (outcome.status === 'rejected' && outcome.reason instanceof FileChangedError) throw outcome.reason;
    const after = await fileState(path);
    if (after.identity !== before.identity) continue;
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  }
  throw new Error(`${path} keeps changing while it is read`);
}

/** Keeps a digest that was computed in a pass over the whole file, during which the file stayed in this state. */
export function keepDigest(path: string, state: FileState, digest: Promise<string>): void {
  const age = state.readAt - state.changedAt;
  if (age >= 0 && age < CLOCK_STEP_MS) return;
  if (kept.size >= MAX_KEPT) kept.delete(kept.keys().next().value!);
  kept.set(keyOf(path, state), digest);
}

async function digestAt(path: string, state: FileState): Promise<string> {
  const known = kept.get(keyOf(path, state));
  if (known) return await known;
  const computing = computeDigest(path, state);
  keepDigest(path, state, computing);
  computing.catch(() => kept.delete(keyOf(path, state)));
  return await computing;
}

async function computeDigest(path: string, state: FileState): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) hash.update(chunk as Buffer);
  const after = await fileState(path);
  if (after.identity !== state.identity) throw new Error(`${path} changed while it was read`);
  return hash.digest('hex');
}

async function fileState(path: string): Promise<FileState> {
  const found = await stat(path, { bigint: true });
  if (!found.isFile()) throw new UnusableError(`${path} is not a file`);
  const { dev, ino, size, mtimeNs, ctimeNs, mtimeMs, ctimeMs } = found;
  return {
    size: Number(size),
    identity: [dev, ino, size, mtimeNs, ctimeNs].join('-'),
    changedAt: Number(mtimeMs > ctimeMs ? mtimeMs : ctimeMs),
    readAt: Date.now(),
  };
}

function versionOf({ size }: FileState, digest: string): string {
  return `${size}-${digest.slice(0, VERSION_DIGITS)}`;
}

function keyOf(path: string, { identity }: FileState): string {
  return `${identity} ${path}`;
}
