import { createHash, randomUUID } from 'node:crypto';
import path from 'node:path';
import { Option, type Command } from 'commander';
import { checkNdjson, versionOf } from '../activities/bulk/ndjson-lines';
import { checkRunZendeskBulk } from '../common/bulk-input';
import { DEFAULT_ACCOUNT } from '../common/inputs';
import type { RunZendeskBulkInput, RunZendeskBulkResult } from '../common/bulk-types';
import { CliFailure } from './cli-failure';
import { withTemporal } from './connection';
import { CliErrorType } from './exit-codes';
import { writeFailedRecords } from './failed-records';
import { follow, withInterrupt } from './follow';
import { jsonOption, taskQueueOption, wholeNumber } from './options';
import { printResult } from './outcome-view';
import { progressView } from './progress-view';
import { refuseBadInput, startBulk } from './start';

interface ImportOptions {
  account: string;
  timeout: string;
  maxJobs: number;
  itemAttempts: number;
  onUncertainStart?: 'fail' | 'adopt';
  skipBadLines?: boolean;
  new?: boolean;
  taskQueue: string;
  json?: boolean;
}

export function addImportCommand(program: Command): void {
  program
    .command('import')
    .description('take the records of a file through as many Zendesk jobs as that takes')
    .argument('<operation>', 'such as users/create_or_update_many')
    .argument('<file>', 'newline-delimited JSON: one record a line. The worker reads it too, at the same path')
    .option('--account <name>', 'the account, as the worker names it', DEFAULT_ACCOUNT)
    .option('--timeout <duration>', 'give up after this long', '24h')
    .option('--max-jobs <number>', 'jobs queued or running at once', wholeNumber(1, 30), 30)
    .option('--item-attempts <number>', 'how often a record is sent that may yet succeed', wholeNumber(1, 10), 3)
    .addOption(
      new Option(
        '--on-uncertain-start <choice>',
        'when nobody can know whether a start that is not safe to repeat has arrived (default: "fail")',
      ).choices(['fail', 'adopt']),
    )
    .option('--skip-bad-lines', 'leave out lines that are no records, instead of stopping before the first job')
    .option('--new', 'start anew, though this file has been imported by this operation')
    .addOption(taskQueueOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nThe import goes on in Temporal, whatever becomes of this command: watch <workflowId>.')
    .action(importFile);
}

async function importFile(operation: string, name: string, options: ImportOptions): Promise<void> {
  const { account, timeout, maxJobs, itemAttempts, onUncertainStart, skipBadLines = false, json = false } = options;
  const file = path.resolve(name);
  await checkFile(file, name, skipBadLines);
  const rows = `${file}.failures.ndjson`;
  const input: RunZendeskBulkInput = {
    operation,
    source: { name: 'ndjson', args: { path: file, skipBadLines } },
    sink: { name: 'ndjson', args: { path: rows, rows: 'failed' } },
    account,
    timeout,
    maxJobs,
    itemAttempts,
    onUncertainStart,
  };
  refuseBadInput(checkRunZendeskBulk, input);

  const result = await withTemporal(async (temporal) => {
    const workflowId = await importId(operation, account, file, options.new);
    await startBulk(temporal, input, { taskQueue: options.taskQueue, workflowId }, console.error);
    return await withInterrupt((signal) => follow(temporal, workflowId, progressView({ json }), signal));
  });
  const { failed } = result as RunZendeskBulkResult;
  printResult(result, json);
  if (failed > 0) console.error(await writeFailedRecords(rows, `${file}.failed.ndjson`));
}

/** Bad lines are told before anything is started; those that are left out are told too. */
async function checkFile(file: string, name: string, skipBadLines: boolean): Promise<void> {
  const { records, bad, badLines } = await checkNdjson(file).catch((error: Error) => {
    throw new CliFailure(CliErrorType.USAGE, `${name} cannot be read: ${error.message}`, { file: name });
  });
  const told = bad.map(({ line, problem }) => `line ${line}: ${problem}`).join('; ');
  const more = badLines > bad.length ? `; and ${badLines - bad.length} more` : '';
  const list = `${name} has ${badLines} bad ${badLines === 1 ? 'line' : 'lines'}: ${told}${more}`;
  if (badLines > 0 && skipBadLines) console.error(`${list}. Left out`);
  if (badLines > 0 && !skipBadLines) {
    throw new CliFailure(CliErrorType.USAGE, `${list}. Mend them, or leave them out with --skip-bad-lines`, { bad });
  }
  if (records === 0) throw new CliFailure(CliErrorType.USAGE, `${name} has no records`, { file: name });
}

/** The same for the same file, as long as it stays what it is, and the same operation. */
async function importId(operation: string, account: string, file: string, anew?: boolean): Promise<string> {
  const content = createHash('sha256')
    .update(`${file}\n${await versionOf(file)}`)
    .digest('hex')
    .slice(0, 12);
  const id = `zendesk-import/${account}/${operation}/${path.basename(file)}-${content}`;
  return anew ? `${id}/${randomUUID()}` : id;
}
