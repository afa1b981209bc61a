#!/usr/bin/env node
import { report } from './cli-failure';
import { INTERRUPTED } from './exit-codes';
import { createProgram } from './program';

/** Leaves the exit code to the process, so that what is still being written gets out. */
async function main(): Promise<void> {
  try {
    await createProgram().parseAsync();
  } catch (error) {
    process.exitCode = report(error, process.argv.includes('--json'));
    // A look at a server that does not answer would go on for seconds.
    if (process.exitCode === INTERRUPTED) process.exit();
  }
}

/** Whoever read the output has had enough, as `head` has: what the command does, and its exit code, stay the same. */
function mayBeGone(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

process.stdout.on('error', mayBeGone);
process.stderr.on('error', mayBeGone);
void main();
