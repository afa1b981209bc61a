import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

/** Longer than the worker takes to drain. */
const PATIENCE = 10_000;

/** The worker as users run it, `npm start`, in a process of its own. `ready` rejects when it ends before it is. */
export function spawnWorker(env: Record<string, string>): {
  pid: number | undefined;
  ready: Promise<void>;
  stop(): Promise<void>;
} {
  const child = spawn(process.execPath, [resolve(__dirname, '../lib/worker.js')], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log = (log + chunk.toString()).slice(-4_000)));

  const ready = new Promise<void>((isReady, isNot) => {
    createInterface(child.stdout).on('line', (line) => {
      if (line.startsWith('Worker ready')) isReady();
    });
    child.on('exit', () => isNot(new Error(`the worker ended before it was ready:\n${log}`)));
  });
  return {
    pid: child.pid,
    ready,
    async stop() {
      child.kill('SIGTERM');
      const impatience = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
      await exited;
      clearTimeout(impatience);
    },
  };
}
