import type { Command } from 'commander';
import { toMilliseconds } from '../common/duration';
import { checkAwaitZendeskJob } from '../common/inputs';
import type { AwaitZendeskJobInput, ResultsMode } from '../common/types';
import { withTemporal } from './connection';
import { follow, withInterrupt } from './follow';
import { addWaitOptions, jsonOption, requireWorkerOption, taskQueueOption } from './options';
import { printResult } from './outcome-view';
import { progressView } from './progress-view';
import { refuseBadInput, startWait } from './start';

interface AwaitOptions {
  account: string;
  timeout: NonNullable<AwaitZendeskJobInput['timeout']>;
  results?: ResultsMode;
  failOnItemErrors?: boolean;
  taskQueue: string;
  workflowId?: string;
  requireWorker?: boolean;
  json?: boolean;
}

export function addAwaitCommand(program: Command): void {
  const command = program
    .command('await')
    .description('wait for a Zendesk job that someone started, and print what became of each record')
    .argument('<jobId>', 'id of the job, as Zendesk answered it');
  addWaitOptions(command)
    .addOption(taskQueueOption())
    .addOption(requireWorkerOption())
    .option('--workflow-id <id>', 'id of the waiting workflow (default: "zendesk-job/<account>/<jobId>")')
    .addOption(jsonOption())
    .addHelpText('after', '\nThe wait runs in Temporal. Calling this twice attaches to the wait that is already there.')
    .action(awaitJob);
}

async function awaitJob(jobId: string, options: AwaitOptions): Promise<void> {
  const { account, timeout, json = false, failOnItemErrors, results = json ? 'all' : 'failed' } = options;
  const input: AwaitZendeskJobInput = { jobId, account, timeout, results, failOnItemErrors };
  refuseBadInput(checkAwaitZendeskJob, input);

  const result = await withTemporal(async (temporal) => {
    const workflowId = await startWait(temporal, input, options, console.error);
    if (!json) console.error(`Waiting in workflow ${workflowId}`);
    return await withInterrupt((signal) =>
      follow(temporal, workflowId, progressView({ json }), signal, toMilliseconds(timeout)),
    );
  });
  printResult(result, json);
}
