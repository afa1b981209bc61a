/** Starts a workflow of this package, or attaches to one that is there. */
import { randomUUID } from 'node:crypto';
import type { WorkflowExecutionDescription } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/common';
import { toFailure } from '../activities/failures';
import { toMilliseconds } from '../common/duration';
import { DEFAULT_ACCOUNT, DEFAULT_TIMEOUT } from '../common/inputs';
import type { RunZendeskBulkInput } from '../common/bulk-types';
import type { AwaitZendeskJobInput } from '../common/types';
import { waitWorkflowId } from '../common/workflow-ids';
import type { awaitZendeskJob } from '../workflows';
import type { RunZendeskJobInput } from '../workflows/run-input';
import type { Temporal } from './connection';
import { expectWorker, hasWorker } from './pollers';

export interface StartOptions {
  taskQueue: string;
  workflowId?: string;
  /** Start nothing unless a worker polls the task queue. */
  requireWorker?: boolean;
}

/** How long after its own deadline Temporal ends a wait that no worker has ended, in ms. */
const NO_WORKER_GRACE_MS = 10 * 60_000;

/** Throws `ZendeskInputInvalid` as the workflow would, before anything is started. */
export function refuseBadInput<Input extends { account?: string }>(
  check: (input: Input) => unknown,
  input: Input,
): void {
  try {
    check(input);
  } catch (error) {
    throw toFailure(error, input.account ?? DEFAULT_ACCOUNT);
  }
}

/**
 * Starts `awaitZendeskJob`, or attaches to the one that runs already under its id. One that never ran, since no worker polls its
 * task queue, is replaced: it has done nothing. Returns the workflow's id.
 */
export async function startWait(
  temporal: Temporal,
  input: AwaitZendeskJobInput,
  options: StartOptions,
  note: (line: string) => void,
): Promise<string> {
  const { taskQueue, workflowId = waitWorkflowId(input.account ?? DEFAULT_ACCOUNT, input.jobId) } = options;
  const { client } = temporal;
  if (options.requireWorker) await expectWorker(temporal, taskQueue);
  const elsewhere = await runningElsewhere(temporal, workflowId, taskQueue);
  const isStuck = elsewhere !== undefined && neverRan(elsewhere) && !(await hasWorker(temporal, elsewhere.taskQueue));
  if (elsewhere) {
    const where = `It was started before, on task queue ${elsewhere.taskQueue}`;
    note(
      isStuck ? `${where}, which no worker polls: it is started again on ${taskQueue}` : `${where}, and goes on there`,
    );
  }
  const timeout = toMilliseconds(input.timeout ?? DEFAULT_TIMEOUT);
  const handle = await client.workflow.start<typeof awaitZendeskJob>('awaitZendeskJob', {
    args: [input],
    taskQueue,
    workflowId,
    workflowIdConflictPolicy: isStuck ? 'TERMINATE_EXISTING' : 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    // It ends by itself as long as there are workers.
    workflowExecutionTimeout: timeout + NO_WORKER_GRACE_MS,
    staticSummary: `Zendesk job ${input.jobId}`,
  });
  return handle.workflowId;
}

/** The workflow of that id, if it runs on another task queue. */
async function runningElsewhere({ client }: Temporal, workflowId: string, taskQueue: string) {
  const found = await client.workflow
    .getHandle(workflowId)
    .describe()
    .catch((error: unknown) => {
      if (error instanceof WorkflowNotFoundError) return undefined;
      throw error;
    });
  return found && !found.closeTime && found.taskQueue !== taskQueue ? found : undefined;
}

/** Its history has the start and the first workflow task, which nobody took. */
function neverRan({ historyLength }: WorkflowExecutionDescription): boolean {
  return historyLength <= 2;
}

/**
 * Starts `runZendeskJob`. One id starts one job: a run that is there already, running or ended, is attached to. The id is
 * printed before anything is sent, so that whatever happens the run can be watched. Returns it.
 */
export async function startRun(
  temporal: Temporal,
  input: RunZendeskJobInput,
  { workflowId = `zendesk-run/${input.operation}/${randomUUID()}`, ...options }: StartOptions,
  say: (line: string) => void,
): Promise<string> {
  await startOnce(temporal, 'runZendeskJob', input, { ...options, workflowId }, say);
  return workflowId;
}

/** Starts `runZendeskBulk` in the same way. Returns the run that was there already; undefined for one that was started. */
export async function startBulk(
  temporal: Temporal,
  input: RunZendeskBulkInput,
  options: NamedStart,
  say: (line: string) => void,
): Promise<ExistingRun | undefined> {
  return await startOnce(temporal, 'runZendeskBulk', input, options, say);
}

/** `COMPLETED`, `FAILED` and so on; `RUNNING` for a run that has not ended. */
export type ExistingRun = Pick<WorkflowExecutionDescription, 'status' | 'closeTime' | 'taskQueue'>;

type NamedStart = StartOptions & { workflowId: string };

async function startOnce(
  temporal: Temporal,
  type: string,
  input: { operation: string },
  { taskQueue, workflowId, requireWorker }: NamedStart,
  say: (line: string) => void,
): Promise<ExistingRun | undefined> {
  const { client } = temporal;
  if (requireWorker) await expectWorker(temporal, taskQueue);
  say(`Running in workflow ${workflowId}`);
  try {
    await client.workflow.start(type, {
      args: [input],
      taskQueue,
      workflowId,
      workflowIdConflictPolicy: 'FAIL',
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      staticSummary: `Zendesk ${input.operation}`,
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  const existing = await client.workflow.getHandle(workflowId).describe();
  say(`${describeExisting(existing, taskQueue)}: nothing is started`);
  return existing;
}

function describeExisting({ status, closeTime, taskQueue }: ExistingRun, asked: string): string {
  const end = status.name.toLowerCase().replaceAll('_', ' ');
  if (closeTime) return `It has ended before (${end}, ${closeTime.toISOString()})`;
  return `It is running already${taskQueue === asked ? '' : `, on task queue ${taskQueue}`}`;
}
