/** For programs that run a worker or call the workflows. Workflow code imports `temporal-zendesk-jobs/workflow` instead. */
export { ZendeskJobsPlugin } from './plugin';
export { createZendeskActivities, ZendeskAccounts } from './activities';
export type * from './activities';
export { ZendeskErrorType } from './common/error-types';
export { HISTOGRAM_BUCKETS, METRICS } from './common/metrics';
export type * from './common/public-types';
export { DEFAULT_TASK_QUEUE } from './common/task-queue';
export type { RunZendeskJobInput } from './workflows/run-input';
export type { StartJobInput } from './zendesk/start-input';
