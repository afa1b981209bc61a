/** Things that take minutes to get are got once, into a folder of the user's cache, however many processes want them. */
import { constants } from 'node:fs';
import { access, mkdir, mkdtemp, open, rename, rm, stat, utimes } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const LOCK_RENEWED_EVERY = 5_000;
/** The holder of a lock that is older than this has died. */
const LOCK_LASTS = 30_000;

export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return path.join(env['XDG_CACHE_HOME'] || path.join(homedir(), '.cache'), 'temporal-zendesk-jobs');
}

/** The folder `name` of the cache, if it was built before. */
export async function builtBefore(name: string, cache = cacheFolder()): Promise<string | undefined> {
  const folder = path.join(cache, name);
  return (await exists(folder)) ? folder : undefined;
}

/**
 * Returns the folder `name` of the cache. Where there is none, `build` fills a temporary one first, which then gets that
 * name: nobody ever sees a half-built folder. A second caller, in any process, waits for the first one's.
 */
export async function buildOnce(
  name: string,
  build: (folder: string) => Promise<void>,
  { log, cache = cacheFolder() }: { log: (line: string) => void; cache?: string },
): Promise<string> {
  const folder = path.join(cache, name);
  await mkdir(cache, { recursive: true });
  const release = await lock(`${folder}.lock`, () => log(`Another process is getting ${name}: waiting for it`));
  try {
    if (await exists(folder)) return folder;
    const draft = await mkdtemp(`${folder}.draft-`);
    try {
      await build(draft);
      await rename(draft, folder);
    } catch (error) {
      await rm(draft, { recursive: true, force: true });
      if (!(await exists(folder))) throw error;
    }
    return folder;
  } finally {
    await release();
  }
}

/**
 * A file that only one can create; its holder keeps it young. Two callers that find the lock of a dead one at the same
 * moment may both get it: they would build twice, which costs time and breaks nothing.
 */
async function lock(file: string, onWait: () => void): Promise<() => Promise<void>> {
  for (let waits = 0; ; waits++) {
    try {
      await (await open(file, 'wx')).close();
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    if (waits === 0) onWait();
    if (Date.now() - (await lastRenewed(file)) > LOCK_LASTS) await rm(file, { force: true });
    else await sleep(200);
  }
  const renew = setInterval(() => void utimes(file, new Date(), new Date()).catch(() => {}), LOCK_RENEWED_EVERY);
  return async () => {
    clearInterval(renew);
    await rm(file, { force: true });
  };
}

async function lastRenewed(file: string): Promise<number> {
  const found = await stat(file).catch(() => undefined); // released a moment ago
  return found?.mtimeMs ?? Date.now();
}

export const exists = (file: string): Promise<boolean> => can(file, constants.F_OK);
export const isExecutable = (file: string): Promise<boolean> => can(file, constants.X_OK);

async function can(file: string, mode: number): Promise<boolean> {
  return await access(file, mode).then(
    () => true,
    () => false,
  );
}

/** The first executable of that name on PATH. */
export async function which(command: string, env: NodeJS.ProcessEnv = process.env): Promise<string | undefined> {
  for (const folder of (env['PATH'] ?? '').split(path.delimiter)) {
    const file = path.join(folder, command);
    if (folder && (await isExecutable(file))) return file;
  }
  return undefined;
}
