import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { eventually } from '../support/eventually';

const ROOT = path.resolve(__dirname, '../..');

export interface CliRun {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunningCli {
  stdout(): string;
  stderr(): string;
  signal(name: 'SIGINT' | 'SIGTERM'): void;
  ended: Promise<CliRun>;
}

const running = new Set<ChildProcess>();

/** A test that failed leaves no process behind. */
afterEach(() => running.forEach((child) => child.kill('SIGKILL')));

/** Starts the built bin, with nothing of this process's own Zendesk or Temporal settings, and `stdin` as its stdin. */
export function startCli(args: string[], env: Record<string, string> = {}, stdin = ''): RunningCli {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(ZENDESK|TEMPORAL)_/.test(name));
  const child = spawn(process.execPath, ['lib/cli/main.js', ...args], {
    cwd: ROOT,
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: 'pipe',
  });
  child.stdin.on('error', () => undefined); // of a command that ends without reading it
  child.stdin.end(stdin);
  running.add(child);
  child.on('close', () => running.delete(child));
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return {
    stdout: () => stdout,
    stderr: () => stderr,
    signal: (name) => void child.kill(name),
    ended: once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr })),
  };
}

export async function runCli(args: string[], env?: Record<string, string>, stdin?: string): Promise<CliRun> {
  return await startCli(args, env, stdin).ended;
}

/** Starts `fake` on a free port, and waits until it listens. */
export async function startFakeCli(
  args: string[] = [],
  env: Record<string, string> = {},
): Promise<RunningCli & { origin: string }> {
  const fake = startCli(['fake', '--port', '0', ...args], env);
  const [, origin] = await eventually('the address of the fake', () => /ready: (\S+)/.exec(fake.stdout()));
  return { ...fake, origin: origin! };
}
