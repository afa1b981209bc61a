/** The Nexus service `ZendeskJobs`, as a worker serves it. Needs `@temporalio/nexus`. */
import { createHash } from 'node:crypto';
import type { Workflow } from '@temporalio/common';
import { startWorkflow, WorkflowRunOperationHandler, type WorkflowStartOptions } from '@temporalio/nexus';
import { serviceHandler, type ServiceHandler } from 'nexus-rpc';
import { checkAwaitZendeskJob, InputProblems } from './common/inputs';
import type { RunZendeskBulkInput, RunZendeskBulkResult } from './common/bulk-types';
import type { AwaitZendeskJobInput, ZendeskJobOutcome } from './common/types';
import { waitWorkflowId } from './common/workflow-ids';
import { zendeskJobsService } from './nexus';
import type { RunZendeskJobInput } from './workflows/run-input';

/**
 * For the worker that runs the workflows: `Worker.create({ nexusServices: [createZendeskNexusHandler()], ... })`. They are
 * started by their names, on that worker's task queue: it has to bundle them.
 */
export function createZendeskNexusHandler(): ServiceHandler<(typeof zendeskJobsService)['operations']> {
  return serviceHandler(zendeskJobsService, {
    awaitJob: backedBy<AwaitZendeskJobInput, ZendeskJobOutcome>('awaitZendeskJob', (input, requestId) => ({
      workflowId: waitIdOf(input) ?? `zendesk-job/${requestId}`,
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      staticSummary: `Zendesk job ${shown(input?.jobId)}`,
    })),
    runJob: backedBy<RunZendeskJobInput, ZendeskJobOutcome>('runZendeskJob', (input, requestId) => ({
      workflowId: `zendesk-run/${requestId}`,
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      staticSummary: `Zendesk ${shown(input?.operation)}`,
    })),
    runBulk: backedBy<RunZendeskBulkInput, RunZendeskBulkResult>('runZendeskBulk', (input, requestId) => ({
      workflowId: `zendesk-bulk/${requestId}`,
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      staticSummary: `Zendesk ${shown(input?.operation)}`,
    })),
  });
}

type StartOptions = Pick<WorkflowStartOptions<Workflow>, 'workflowId' | 'workflowIdReusePolicy' | 'staticSummary'>;

/**
 * An operation that is a workflow. A start whose answer was lost comes again, with the same request id, and has to find the
 * workflow that it has started. The input is not checked here: the workflow fails for it as it does for everybody.
 */
function backedBy<Input, Result>(
  type: string,
  optionsFor: (input: Input, requestId: string) => StartOptions,
): WorkflowRunOperationHandler<Input, Result> {
  return new WorkflowRunOperationHandler(
    async (context, input) =>
      await startWorkflow<Workflow>(context, type, {
        args: [input],
        workflowIdConflictPolicy: 'USE_EXISTING',
        ...optionsFor(input, context.requestId),
      }),
  );
}

/**
 * The id of the wait that gives what is asked for. One with all defaults is the wait that everybody knows by account and job.
 * Undefined for an input that no wait takes.
 */
function waitIdOf(input: AwaitZendeskJobInput): string | undefined {
  try {
    const asked = checkAwaitZendeskJob(input);
    const { account, jobId } = asked;
    const id = waitWorkflowId(account, jobId);
    const digest = digestOf(asked);
    return digest === digestOf(checkAwaitZendeskJob({ account, jobId })) ? id : `${id}/${digest}`;
  } catch (error) {
    if (error instanceof InputProblems) return undefined;
    throw error;
  }
}

const digestOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 12);

/** Of an input that nobody has checked; Temporal takes 400 bytes of summary. */
function shown(value: unknown): string {
  return String(value).slice(0, 80);
}
