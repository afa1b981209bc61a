import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { addAwaitCommand } from './await';
import { addControlCommands } from './control';
import { addCheckCommand } from './check';
import { EXIT_CODES_HELP } from './exit-codes';
import { addFakeCommand } from './fake';
import { addImportCommand } from './import';
import { addJobsCommand } from './jobs';
import { addRunCommand } from './run';
import { addWatchCommand } from './watch';
import { addWorkerCommand } from './worker';

/** The whole command line. Throws `CommanderError` instead of ending the process. */
export function createProgram(): Command {
  const program = new Command('temporal-zendesk-jobs')
    .description('Start Zendesk bulk jobs and block on them, durably, in Temporal.')
    .version(version())
    .exitOverride()
    .showHelpAfterError('(--help says more)')
    .addHelpText('afterAll', EXIT_CODES_HELP);
  addWorkerCommand(program);
  addRunCommand(program);
  addImportCommand(program);
  addAwaitCommand(program);
  addWatchCommand(program);
  addControlCommands(program);
  addJobsCommand(program);
  addCheckCommand(program);
  addFakeCommand(program);
  return program;
}

function version(): string {
  const manifest = readFileSync(join(__dirname, '../../package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
