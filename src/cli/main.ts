#!/usr/bin/env node
import { report } from './cli-failure';
import { exitWith } from '../exit-with';
import { createProgram } from './program';

/** A command that succeeded leaves nothing open. One that failed may: a request to a server that does not answer, the SDK's threads. */
async function main(): Promise<void> {
  try {
    await createProgram().parseAsync();
  } catch (error) {
    exitWith(report(error, process.argv.includes('--json')));
  }
}

/** Whoever read the output has had enough, as `head` has: what the command does, and its exit code, stay the same. */
function mayBeGone(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

process.stdout.on('error', mayBeGone);
process.stderr.on('error', mayBeGone);
void main();
