/** Whether two paths lead to the same file, whatever they are called. */
import { readlink, realpath, stat } from 'node:fs/promises';
import path from 'node:path';

/** Linux follows no more links in a row. */
const MAX_LINKS = 40;

/**
 * True for the same path, and for two paths that lead to one file through symbolic links, hard links or `..`. Files that do not
 * exist yet are compared by where they would be. Never throws.
 */
export async function isSameFile(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all([statOf(a), statOf(b)]);
  if (first && second) return first.dev === second.dev && first.ino === second.ino;
  if (first || second) return false;
  const [pathA, pathB] = await Promise.all([realPathOf(a), realPathOf(b)]);
  return pathA === pathB;
}

/** True for a path in the folder, at any depth. Never throws. */
export async function isInside(file: string, folder: string): Promise<boolean> {
  const [inner, outer] = await Promise.all([realPathOf(file), realPathOf(folder)]);
  return inner.startsWith(outer.endsWith(path.sep) ? outer : outer + path.sep);
}

async function statOf(file: string) {
  return await stat(file, { bigint: true }).catch(() => undefined);
}

/** Also of a file that is not there, or that only a symbolic link names. */
async function realPathOf(file: string, links = MAX_LINKS): Promise<string> {
  const found = await realpath(file).catch(() => undefined);
  if (found !== undefined) return found;
  const absolute = path.resolve(file);
  const folder = path.dirname(absolute);
  if (folder === absolute) return absolute;
  const target = links > 0 ? await readlink(absolute).catch(() => undefined) : undefined;
  if (target !== undefined) return await realPathOf(path.resolve(folder, target), links - 1);
  return path.join(await realPathOf(folder, links), path.basename(absolute));
}
