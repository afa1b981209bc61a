/**
 * The Nexus service `ZendeskJobs`, as callers in other namespaces see it: what they can ask for, and nothing of how it is done.
 *
 * `createNexusServiceClient({ endpoint: 'zendesk-jobs', service: zendeskJobsService })`, in a workflow. It runs in the
 * workflow sandbox: nothing here may reach the activities, the client or Node.
 */
import { operation, service } from 'nexus-rpc';
import type { RunZendeskBulkInput, RunZendeskBulkResult } from './common/bulk-types';
import type { AwaitZendeskJobInput, ZendeskJobOutcome } from './common/types';
import type { RunZendeskJobInput } from './workflows/run-input';

/**
 * Each operation is a workflow of this package, with its input, its result and its errors: a failed operation throws a
 * `NexusOperationFailure` whose `cause` is the workflow's `ApplicationFailure`. Cancelling the operation cancels the workflow.
 */
export const zendeskJobsService = service('ZendeskJobs', {
  /** `awaitZendeskJob`. Operations that ask for the same of a job share one wait. */
  awaitJob: operation<AwaitZendeskJobInput, ZendeskJobOutcome>(),
  /** `runZendeskJob`. One operation starts one job, however often Temporal asks for it. */
  runJob: operation<RunZendeskJobInput, ZendeskJobOutcome>(),
  /** `runZendeskBulk`, likewise. */
  runBulk: operation<RunZendeskBulkInput, RunZendeskBulkResult>(),
});

export { ZendeskErrorType } from './common/error-types';
export type { RunZendeskJobInput } from './workflows/run-input';
export type * from './common/public-types';
