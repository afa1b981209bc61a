import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/** Resident memory of a process, in MiB. */
export async function residentMemory(pid: number): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]);
  return Number(stdout) / 1024;
}

/** The largest of many looks, in MiB. */
export async function peakMemoryWhile(pid: number, work: Promise<unknown>): Promise<number> {
  let done = false;
  const ended = work.finally(() => (done = true));
  let peak = 0;
  while (!done) {
    peak = Math.max(peak, await residentMemory(pid));
    await Promise.race([ended, sleep(250)]);
  }
  await ended;
  return peak;
}
