/**
 * Helpers to call inside a workflow of one's own: the same waits as the workflows of that name, without a child workflow; a bulk run
 * as a child workflow.
 * Nothing here may reach the activities, the client or Node: it is bundled into the workflow sandbox.
 */
export { waitForJob as awaitZendeskJob, type WaitContext } from './workflows/wait-for-job';
export { waitForJobs as awaitZendeskJobs } from './workflows/wait-for-jobs';
export { runJob as runZendeskJob } from './workflows/run-job';
export { runBulk as runZendeskBulk, type BulkChildOptions } from './workflows/run-bulk';
export { PollNow } from './workflows/poll-now';
export { progressQuery, pollNowSignal } from './workflows/progress';
export { ZendeskErrorType } from './common/error-types';
export type { RunZendeskJobInput } from './workflows/run-input';
export type * from './common/public-types';
