/** Starts a workflow of this package, or attaches to one that is there. */
import { randomUUID } from 'node:crypto';
import type { WorkflowExecutionDescription } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { toFailure } from '../activities/failures';
import { DEFAULT_ACCOUNT } from '../common/inputs';
import type { RunZendeskBulkInput } from '../common/bulk-types';
import type { AwaitZendeskJobInput } from '../common/types';
import { waitWorkflowId } from '../common/workflow-ids';
import type { awaitZendeskJob } from '../workflows';
import type { RunZendeskJobInput } from '../workflows/run-input';
import type { Temporal } from './connection';

export interface StartOptions {
  taskQueue: string;
  workflowId?: string;
}

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

/** Starts `awaitZendeskJob`, or attaches to the one that runs already under its id. Returns the workflow's id. */
export async function startWait(
  { client }: Temporal,
  input: AwaitZendeskJobInput,
  { taskQueue, workflowId }: StartOptions,
): Promise<string> {
  const handle = await client.workflow.start<typeof awaitZendeskJob>('awaitZendeskJob', {
    args: [input],
    taskQueue,
    workflowId: workflowId ?? waitWorkflowId(input.account ?? DEFAULT_ACCOUNT, input.jobId),
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    staticSummary: `Zendesk job ${input.jobId}`,
  });
  return handle.workflowId;
}

/**
 * Starts `runZendeskJob`. One id starts one job: a run that is there already, running or ended, is attached to. The id is
 * printed before anything is sent, so that whatever happens the run can be watched. Returns it.
 */
export async function startRun(
  temporal: Temporal,
  input: RunZendeskJobInput,
  { taskQueue, workflowId = `zendesk-run/${input.operation}/${randomUUID()}` }: StartOptions,
  say: (line: string) => void,
): Promise<string> {
  await startOnce(temporal, 'runZendeskJob', input, { taskQueue, workflowId }, say);
  return workflowId;
}

/** Starts `runZendeskBulk` in the same way. Returns the run that was there already; undefined for one that was started. */
export async function startBulk(
  temporal: Temporal,
  input: RunZendeskBulkInput,
  options: Required<StartOptions>,
  say: (line: string) => void,
): Promise<ExistingRun | undefined> {
  return await startOnce(temporal, 'runZendeskBulk', input, options, say);
}

/** `COMPLETED`, `FAILED` and so on; `RUNNING` for a run that has not ended. */
export type ExistingRun = Pick<WorkflowExecutionDescription, 'status' | 'closeTime'>;

async function startOnce(
  { client }: Temporal,
  type: string,
  input: { operation: string },
  { taskQueue, workflowId }: Required<StartOptions>,
  say: (line: string) => void,
): Promise<ExistingRun | undefined> {
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
  say(`${describeExisting(existing)}: nothing is started`);
  return existing;
}

function describeExisting({ status, closeTime }: ExistingRun): string {
  const end = status.name.toLowerCase().replaceAll('_', ' ');
  return closeTime ? `It has ended before (${end}, ${closeTime.toISOString()})` : 'It is running already';
}
