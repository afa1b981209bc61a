/** Options that several commands have, and readers of option values. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import { durationProblem, toMilliseconds } from '../common/duration';
import { DEFAULT_ACCOUNT } from '../common/inputs';
import { DEFAULT_TASK_QUEUE } from '../common/task-queue';

export const jsonOption = () => new Option('--json', 'print one JSON document, and nothing else, to stdout');

/** The worker reads the same variable. */
export const taskQueueOption = () =>
  new Option('--task-queue <name>', 'task queue of the worker, also by TEMPORAL_TASK_QUEUE').default(
    process.env['TEMPORAL_TASK_QUEUE'] || DEFAULT_TASK_QUEUE,
  );

export const requireWorkerOption = () =>
  new Option('--require-worker', 'fail at once, before anything is started, when no worker polls the task queue');

/** What every command that waits for a job takes. */
export function addWaitOptions(command: Command): Command {
  return command
    .option('--account <name>', "the job's account, as the worker names it", DEFAULT_ACCOUNT)
    .option('--timeout <duration>', 'give up after this long', '24h')
    .addOption(
      new Option('--results <rows>', 'result rows in the outcome (default: "all" with --json, else "failed")').choices([
        'all',
        'failed',
        'none',
      ]),
    )
    .option('--fail-on-item-errors', 'fail when the job completed but some of its records failed');
}

/** Reads a whole number between two bounds. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
  };
}

/** Reads a duration, to milliseconds. */
export function duration(least: number, most: number): (text: string) => number {
  return (text) => {
    const problem = durationProblem(text, least, most);
    if (problem) throw new InvalidArgumentError(problem);
    return toMilliseconds(text);
  };
}
