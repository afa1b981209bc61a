import { WorkflowFailedError } from '@temporalio/client';
import { Option, type Command } from 'commander';
import { existsSync } from 'node:fs';
import { continueCommand, isEverything, isNothing } from '../common/continue-import';
import { ZendeskErrorType } from '../common/error-types';
import { toMilliseconds } from '../common/duration';
import { DEFAULT_ACCOUNT, DEFAULT_TIMEOUT } from '../common/inputs';
import type { RunZendeskBulkInput, RunZendeskBulkResult } from '../common/bulk-types';
import { CliFailure, failureOf } from './cli-failure';
import { withTemporal, type Temporal } from './connection';
import { planContinuation, planRetry } from './continue-import';
import { CliErrorType } from './exit-codes';
import { follow, withInterrupt } from './follow';
import { countsOf, endOfFailure, endOfResult, writeImportFiles, type ImportEnd } from './import-end';
import { planImport, type ImportPlan, type ImportSettings, type ImportSource } from './import-plan';
import { jsonOption, requireWorkerOption, taskQueueOption, wholeNumber } from './options';
import { printResult } from './outcome-view';
import { progressView } from './progress-view';
import { startBulk, type ExistingRun } from './start';

interface ImportOptions {
  account: string;
  timeout: RunZendeskBulkInput['timeout'];
  maxJobs: number;
  itemAttempts: number;
  onUncertainStart?: RunZendeskBulkInput['onUncertainStart'];
  duplicateKeys?: RunZendeskBulkInput['duplicateKeys'];
  skipBadLines?: boolean;
  failOnItemErrors?: boolean;
  new?: boolean;
  continue?: string;
  retryFailed?: string;
  requireWorker?: boolean;
  taskQueue: string;
  json?: boolean;
}

export function addImportCommand(program: Command): void {
  program
    .command('import')
    .description('take the records of a file through as many Zendesk jobs as that takes')
    .usage(
      '[options] <operation> <file>\n       temporal-zendesk-jobs import [options] --continue <workflowId>\n' +
        '       temporal-zendesk-jobs import [options] --retry-failed <workflowId>',
    )
    .argument('[operation]', 'such as users/create_or_update_many')
    .argument('[file]', 'newline-delimited JSON: one record a line. The worker reads it too, at the same path')
    .option('--account <name>', 'the account, as the worker names it', DEFAULT_ACCOUNT)
    .option('--timeout <duration>', 'give up after this long', '24h')
    .option('--max-jobs <number>', 'jobs queued or running at once', wholeNumber(1, 30), 30)
    .option('--item-attempts <number>', 'how often a record is sent that may yet succeed', wholeNumber(1, 10), 3)
    .addOption(
      new Option(
        '--on-uncertain-start <choice>',
        'when it is unknown whether Zendesk received a start that is not safe to repeat (default: "fail")',
      ).choices(['fail', 'adopt']),
    )
    .addOption(
      new Option(
        '--duplicate-keys <choice>',
        'records with the same key: send all, refuse the file, or send the last of each (default: "allow")',
      ).choices(['allow', 'fail', 'last']),
    )
    .option('--skip-bad-lines', 'leave out lines that are no records, instead of stopping before the first job')
    .option('--fail-on-item-errors', 'fail when some of the records failed')
    .addOption(
      new Option('--new', 'start anew, though this file has been imported by this operation').conflicts('continue'),
    )
    .option('--continue <workflowId>', 'send what an import that has ended early did not send')
    .addOption(
      new Option(
        '--retry-failed <workflowId>',
        'import the file of failed records that an import has left, as it is now',
      ).conflicts('continue'),
    )
    .addOption(taskQueueOption())
    .addOption(requireWorkerOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nThe import goes on in Temporal, whatever becomes of this command: watch <workflowId>.')
    .action(importRecords);
}

async function importRecords(
  operation: string | undefined,
  file: string | undefined,
  options: ImportOptions,
  command: Command,
): Promise<void> {
  const { json = false, failOnItemErrors = false, requireWorker, continue: continued, retryFailed } = options;
  const earlier = continued ?? retryFailed;
  const plan = earlier === undefined ? await planOfFile(operation, file, options) : undefined;
  if (earlier !== undefined && operation !== undefined) {
    const option = continued === undefined ? '--retry-failed' : '--continue';
    throw new CliFailure(CliErrorType.USAGE, `${option} takes a workflow id, and neither an operation nor a file`);
  }
  const end = await withTemporal(async (temporal) => {
    if (plan) return await carryOut(temporal, plan, { taskQueue: options.taskQueue, requireWorker, json });
    const { skipBadLines, new: anew } = options;
    const changes = changesOf(options, command);
    const next =
      continued === undefined
        ? await planRetry(temporal, earlier!, changes, { skipBadLines, anew }, console.error)
        : await planContinuation(temporal, continued, changes, console.error);
    const taskQueue = given(command, 'taskQueue') ? options.taskQueue : next.taskQueue;
    return await carryOut(temporal, next, { taskQueue, requireWorker, json });
  });
  const problem = problemOf(end, failOnItemErrors);
  if (problem) throw problem;
  const { result, workflowId, files, notes } = end;
  printResult(json ? { ...result, workflowId, files } : result, json);
  for (const note of notes) console.error(note);
}

async function planOfFile(operation: string | undefined, file: string | undefined, options: ImportOptions) {
  if (operation === undefined || file === undefined) {
    throw new CliFailure(
      CliErrorType.USAGE,
      'import takes an operation and a file, or --continue or --retry-failed <workflowId>',
    );
  }
  const { account, timeout, maxJobs, itemAttempts, onUncertainStart, duplicateKeys } = options;
  const settings = { operation, account, timeout, maxJobs, itemAttempts, onUncertainStart, duplicateKeys };
  const { skipBadLines, new: anew } = options;
  return await planImport(file, settings, { skipBadLines, anew }, console.error);
}

/** An import that is continued keeps its options, but for those that are given. */
function changesOf(options: ImportOptions, command: Command): Partial<ImportSettings> {
  const names = ['timeout', 'maxJobs', 'itemAttempts', 'onUncertainStart', 'duplicateKeys'] as const;
  return Object.fromEntries(names.filter((name) => given(command, name)).map((name) => [name, options[name]]));
}

function given(command: Command, option: string): boolean {
  return command.getOptionValueSource(option) === 'cli';
}

/** Starts the import or attaches to it, follows it to its end, and writes the files of records that it has left. */
async function carryOut(
  temporal: Temporal,
  plan: ImportPlan,
  { taskQueue, requireWorker, json }: { taskQueue: string; requireWorker?: boolean; json: boolean },
): Promise<ImportEnd> {
  const { workflowId, input } = plan;
  await refuseForgotten(temporal, plan);
  const existing = await startBulk(temporal, input, { taskQueue, workflowId, requireWorker }, console.error);
  const timeout = toMilliseconds(input.timeout ?? DEFAULT_TIMEOUT);
  try {
    const result = await withInterrupt((signal) =>
      follow(temporal, workflowId, progressView({ json }), signal, timeout),
    );
    return await writeImportFiles(plan, endOfResult(result as RunZendeskBulkResult));
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const end = await writeImportFiles(plan, await endOfFailure(temporal, workflowId, error));
    throw failureOfRun(error, end, plan, existing);
  }
}

/** The rows are there, and Temporal has no such workflow: its retention period is over, and starting it would send all again. */
async function refuseForgotten({ client }: Temporal, { workflowId, files }: ImportPlan): Promise<void> {
  if (!existsSync(files.rows)) return;
  const known = await client.workflow
    .getHandle(workflowId)
    .describe()
    .then(
      () => true,
      (error: unknown) => {
        if (failureOf(error).type === CliErrorType.WORKFLOW_NOT_FOUND) return false;
        throw error;
      },
    );
  if (known) return;
  throw new CliFailure(
    CliErrorType.USAGE,
    `this file was imported before, since ${files.rows} exists, but Temporal does not have workflow ${workflowId} any more. ` +
      'Import it again with --new',
    { workflowId, files: { rows: files.rows } },
  );
}

/** Why the command fails although the run did not; undefined where it does not. */
function problemOf(end: ImportEnd, failOnItemErrors: boolean): CliFailure | undefined {
  const { workflowId, result, files, notes } = end;
  const { succeeded, failed, uncertain } = countsOf(end);
  const details = { workflowId, result, files, notes };
  if (uncertain > 0) {
    const message = `of ${uncertain} records it is unknown whether Zendesk did them: check them before they are sent again`;
    return new CliFailure(CliErrorType.RECORDS_UNCERTAIN, message, details);
  }
  if (failed === 0) return undefined;
  if (failOnItemErrors) {
    return new CliFailure(ZendeskErrorType.ITEMS_FAILED, `${failed} records failed, ${succeeded} succeeded`, details);
  }
  if (succeeded > 0) return undefined;
  return new CliFailure(CliErrorType.NO_RECORD_SUCCEEDED, `no record succeeded: all ${failed} failed`, details);
}

/** Of the built-in source and sink. */
const NOT_ON_WORKER = /is not on the worker|does not exist on the worker/;

function notOnWorker(path: string): string {
  return (
    `${path} is not on the worker, only on this machine. The worker reads the file itself, at the same path: ` +
    'put it there, mount its folder into the container of the worker, or run the command where the worker runs'
  );
}

/** The failure of the run, with what can be done now. */
function failureOfRun(
  error: WorkflowFailedError,
  end: ImportEnd,
  { input }: ImportPlan,
  existing: ExistingRun | undefined,
): CliFailure {
  const { type, details, ...failure } = failureOf(error);
  const { path } = input.source!.args as ImportSource;
  const message = NOT_ON_WORKER.test(failure.message) && existsSync(path) ? notOnWorker(path) : failure.message;
  const { workflowId, files, notes, progress, remaining } = end;
  const advice: string[] = [];
  if (remaining === null) advice.push('What it did not send is unknown: no worker answered');
  else if (isEverything(remaining)) advice.push('No record was sent');
  else if (!isNothing(remaining) && !message.includes('--continue')) {
    advice.push(`Go on where it stopped with: ${continueCommand(workflowId)}`);
  }
  if (existing?.closeTime)
    advice.push('This is the result of the earlier run. --new sends all records of the file again');
  else if (remaining && isEverything(remaining)) advice.push('Run the command again with --new once this is corrected');
  return new CliFailure(type, [message, ...advice].join('. '), {
    ...(details as object),
    ...(progress && { progress, remaining: progress.remaining, jobIds: progress.jobIds }),
    workflowId,
    files,
    notes,
  });
}
