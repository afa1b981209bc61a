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

void main();
