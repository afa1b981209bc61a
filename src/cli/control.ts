/** `pause`, `resume` and `cancel`: what can be done to a workflow that runs. */
import type { WorkflowExecutionDescription } from '@temporalio/client';
import type { Command } from 'commander';
import type { ZendeskBulkProgress } from '../common/bulk-types';
import { commandFor } from '../common/continue-import';
import { CliFailure } from './cli-failure';
import { withTemporal, type Temporal } from './connection';
import { CliErrorType } from './exit-codes';
import { jsonOption } from './options';
import { hasWorker, startWorkerAdvice } from './pollers';

/** How long a worker may take to say how far a run is. */
const QUERY_TIMEOUT = 5_000;
const BULK = 'runZendeskBulk';
const WORKFLOWS = ['awaitZendeskJob', 'awaitZendeskJobs', 'runZendeskJob', BULK];

type Action = 'pause' | 'resume' | 'cancel';

const DESCRIPTIONS: Record<Action, string> = {
  pause: 'let a bulk run start no more jobs; those that run go on',
  resume: 'let a bulk run that was paused go on',
  cancel: 'end a wait, a run or an import; jobs that Zendesk has begun go on there',
};

export function addControlCommands(program: Command): void {
  for (const action of ['pause', 'resume', 'cancel'] as const) {
    program
      .command(action)
      .description(DESCRIPTIONS[action])
      .argument('<workflowId>')
      .addOption(jsonOption())
      .action((workflowId: string, { json = false }: { json?: boolean }) => control(action, workflowId, json));
  }
}

async function control(action: Action, workflowId: string, json: boolean): Promise<void> {
  const done = await withTemporal(async (temporal) => {
    const handle = temporal.client.workflow.getHandle(workflowId);
    const description = await handle.describe();
    refuseUnfit(action, description);
    if (action === 'cancel') await handle.cancel();
    else await handle.signal(action);
    const { type, taskQueue } = description;
    const progress = action === 'cancel' || type !== BULK ? null : await progressOf(temporal, workflowId);
    return { taskQueue, progress, worker: await hasWorker(temporal, taskQueue) };
  });
  const { taskQueue, progress, worker } = done;
  if (json) return console.log(JSON.stringify({ workflowId, action, taskQueue, worker, progress }, null, 2));
  console.log(`${SAID[action]} ${commandFor(NEXT[action], workflowId)}`);
  if (progress) {
    const { status, total } = progress;
    console.log(`It is ${status}: ${progress.progress} of ${total ?? 'an unknown number of'} records are done`);
  }
  if (!worker)
    console.error(
      `No worker polls task queue ${taskQueue}, and nothing happens before. ${startWorkerAdvice(taskQueue)}`,
    );
}

const SAID: Record<Action, string> = {
  pause: 'Paused: no more jobs are started, those that run go on. Go on with:',
  resume: 'Resumed. See it with:',
  cancel: 'Cancellation is requested. Jobs that Zendesk has begun go on there. See what was done with:',
};

const NEXT: Record<Action, string> = { pause: 'resume', resume: 'watch', cancel: 'watch' };

/** Throws `CliFailure` (`UsageError`) for a workflow that cannot do this. */
function refuseUnfit(action: Action, { type, workflowId, closeTime, status }: WorkflowExecutionDescription): void {
  const refuse = (problem: string) => {
    throw new CliFailure(CliErrorType.USAGE, `${workflowId} ${problem}`, { workflowId });
  };
  if (!WORKFLOWS.includes(type)) refuse(`is of type ${type}, not a workflow of this package`);
  if (action !== 'cancel' && type !== BULK) refuse(`is of type ${type}: only bulk runs and imports can ${action}`);
  if (closeTime) refuse(`has ended before (${status.name.toLowerCase().replaceAll('_', ' ')})`);
}

/** Null where no worker answers in time: the signal is kept for it. */
async function progressOf({ client }: Temporal, workflowId: string): Promise<ZendeskBulkProgress | null> {
  const query = () => client.workflow.getHandle(workflowId).query<ZendeskBulkProgress>('progress');
  return await client.withDeadline(Date.now() + QUERY_TIMEOUT, query).catch(() => null);
}
