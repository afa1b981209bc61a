import {
  ApplicationFailure,
  ChildWorkflowFailure,
  executeChild,
  type ChildWorkflowOptions,
} from '@temporalio/workflow';
import type { RunZendeskBulkInput, RunZendeskBulkResult } from '../common/bulk-types';
import type { runZendeskBulk } from './run-zendesk-bulk';

/** How the child workflow of a bulk run is started. */
export type BulkChildOptions = Omit<ChildWorkflowOptions, 'args' | 'typeInfo'>;

/**
 * Runs `runZendeskBulk` as a child workflow, which continues as new by itself, and blocks until what became of each record is known.
 * Throws the `ApplicationFailure` that the child ended with, as the workflow of that name documents it; a cancellation as it is.
 *
 * @param options - `taskQueue`: of a worker that has the workflow `runZendeskBulk` and the activities; default: the workflow's own.
 * Query `progress` and the signals `pause` and `resume` go to the child: give it a `workflowId` to find it by. If the parent ends
 * otherwise, the child is cancelled, so that it still closes its sink, unless `parentClosePolicy` says something else.
 */
export async function runBulk(
  input: RunZendeskBulkInput,
  options: BulkChildOptions = {},
): Promise<RunZendeskBulkResult> {
  try {
    return await executeChild<typeof runZendeskBulk>('runZendeskBulk', {
      parentClosePolicy: 'REQUEST_CANCEL',
      ...options,
      args: [input],
    });
  } catch (error) {
    if (error instanceof ChildWorkflowFailure && error.cause instanceof ApplicationFailure) throw error.cause;
    throw error;
  }
}
