import { Option, type Command } from 'commander';
import { toMilliseconds } from '../common/duration';
import type { ResultsMode } from '../common/types';
import { checkRunZendeskJob, type RunZendeskJobInput } from '../workflows/run-input';
import { startRequest } from '../zendesk/start-request';
import { withTemporal } from './connection';
import { follow, withInterrupt } from './follow';
import { addWaitOptions, jsonOption, requireWorkerOption, taskQueueOption } from './options';
import { printResult } from './outcome-view';
import { progressView } from './progress-view';
import { readRecords } from './records-file';
import { refuseBadInput, startRun } from './start';

interface RunOptions {
  account: string;
  timeout: string;
  results?: ResultsMode;
  failOnItemErrors?: boolean;
  onUncertainStart?: 'fail' | 'adopt';
  taskQueue: string;
  workflowId?: string;
  requireWorker?: boolean;
  json?: boolean;
}

export function addRunCommand(program: Command): void {
  const command = program
    .command('run')
    .description('start a Zendesk job, wait for it, and print what became of each record')
    .argument('<operation>', 'such as users/create_or_update_many')
    .argument('<file>', 'JSON: a list of records, or an object with items, ids, externalIds, body, params; - is stdin');
  addWaitOptions(command)
    .addOption(
      new Option(
        '--on-uncertain-start <choice>',
        'when nobody can know whether a start that is not safe to repeat has arrived (default: "fail")',
      ).choices(['fail', 'adopt']),
    )
    .addOption(taskQueueOption())
    .addOption(requireWorkerOption())
    .option('--workflow-id <id>', 'id of the run (default: "zendesk-run/<operation>/<uuid>"); one id starts one job')
    .addOption(jsonOption())
    .addHelpText('after', '\nThe run goes on in Temporal, whatever becomes of this command: watch <workflowId>.')
    .action(runJob);
}

async function runJob(operation: string, file: string, options: RunOptions): Promise<void> {
  const { account, timeout, failOnItemErrors, onUncertainStart, json = false } = options;
  const { results = json ? 'all' : 'failed' } = options;
  const how = { account, timeout, results, failOnItemErrors, onUncertainStart };
  const input = { operation, ...(await readRecords(file)), ...how } as RunZendeskJobInput;
  refuseBadInput((given: RunZendeskJobInput) => startRequest(checkRunZendeskJob(given).start), input);

  const result = await withTemporal(async (temporal) => {
    const workflowId = await startRun(temporal, input, options, console.error);
    return await withInterrupt((signal) =>
      follow(temporal, workflowId, progressView({ json }), signal, toMilliseconds(timeout)),
    );
  });
  printResult(result, json);
}
