import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

const LINES_KEPT = 15;
const SAY_EVERY = 10_000;

/**
 * Runs a command that takes a while, says every 10 s how long it has been at it, and keeps its output to itself unless
 * it fails: then the last lines are in the error.
 */
export async function runCommand(
  command: string,
  args: string[],
  { cwd, env, log }: { cwd: string; env?: NodeJS.ProcessEnv; log: (line: string) => void },
): Promise<void> {
  const startedAt = Date.now();
  const seconds = () => Math.round((Date.now() - startedAt) / 1000);
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let lines: string[] = [];
  const keep = (chunk: Buffer) => (lines = [...lines, ...chunk.toString().trimEnd().split('\n')].slice(-LINES_KEPT));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);

  const ticker = setInterval(() => log(`  … ${seconds()} s`), SAY_EVERY);
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    if (code !== 0) {
      throw new Error(`${command} ${args.join(' ')} ended with ${signal ?? `code ${code}`}:\n${lines.join('\n')}`);
    }
    log(`  done after ${seconds()} s`);
  } finally {
    clearInterval(ticker);
  }
}

/** What a command that takes no time prints; undefined where it fails. */
export async function outputOf(command: string, args: string[]): Promise<string | undefined> {
  return await promisify(execFile)(command, args).then(
    ({ stdout }) => stdout.trim(),
    () => undefined,
  );
}
