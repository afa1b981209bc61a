import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { eventually } from './eventually';

const ROOT = path.resolve(__dirname, '../..');
/** It bundles the workflows first, and other tests do the same at the same time. */
const READY_SECONDS = 60;

/** A worker in a process of its own, as users run it. */
export interface WorkerProcess {
  pid: number;
  output(): string;
  /** Resolves with the exit code, null when a signal ended it. */
  stop(signal: 'SIGTERM' | 'SIGKILL' | 'SIGINT'): Promise<number | null>;
  exited: Promise<number | null>;
}

/** Starts `node lib/worker.js` with nothing of this process's own Zendesk or Temporal settings. `build` has another lib/. */
export function spawnWorker(env: Record<string, string>, build = ROOT): WorkerProcess {
  return spawnOther(process.execPath, [path.join(build, 'lib/worker.js')], env);
}

/** Any other command, in the same way. */
export function spawnOther(command: string, args: string[], env: Record<string, string>, cwd = ROOT): WorkerProcess {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(ZENDESK|TEMPORAL)_/.test(name));
  const child = spawn(command, args, {
    cwd,
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return watch(child);
}

export async function startWorker(env: Record<string, string>, build?: string): Promise<WorkerProcess> {
  const worker = spawnWorker(env, build);
  await ready(worker);
  return worker;
}

/** Resolves when the worker has said that it is ready. Ends it and throws what it said if it never does. */
export async function ready(worker: WorkerProcess): Promise<void> {
  let ended = false;
  void worker.exited.then(() => (ended = true));
  try {
    await eventually(
      `the worker's ready line`,
      () => {
        const output = worker.output();
        if (ended || output.includes('cannot run')) throw new Error(output);
        return output.includes('Worker ready');
      },
      READY_SECONDS,
    );
  } catch (error) {
    await worker.stop('SIGKILL');
    throw error;
  }
}

function watch(child: ChildProcess): WorkerProcess {
  let text = '';
  child.stdout!.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr!.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const exited = once(child, 'close').then(([code]) => code as number | null);
  return {
    pid: child.pid!,
    exited,
    output: () => text,
    async stop(signal) {
      child.kill(signal);
      return await exited;
    },
  };
}

/** Workers of one test, which ends them whatever becomes of it. */
export class Workers {
  readonly #running: WorkerProcess[] = [];

  async start(env: Record<string, string>, build?: string): Promise<WorkerProcess> {
    const worker = await startWorker(env, build);
    this.#running.push(worker);
    return worker;
  }

  get count(): number {
    return this.#running.length;
  }

  async kill(): Promise<void> {
    for (const worker of this.#running.splice(0)) await worker.stop('SIGKILL');
  }
}
