/** For programs that run a worker or call the workflows. Workflow code imports `temporal-zendesk-jobs/workflow` instead. */
export { ZendeskJobsPlugin } from './plugin';
export {
  createZendeskActivities,
  ZendeskAccounts,
  type AccountsConfiguration,
  type ReadPage,
  type SinkContext,
  type SinkObject,
  type SourceObject,
  type SourcePage,
  type WriteRows,
  type ZendeskActivities,
  type ZendeskActivitiesOptions,
  type ZendeskSink,
  type ZendeskSource,
} from './activities';
export type { BulkRow, SinkKey, SourceCursor } from './common/bulk';
export type {
  BulkFailure,
  RunZendeskBulkInput,
  RunZendeskBulkResult,
  UncertainBatch,
  ZendeskBulkProgress,
} from './common/bulk-types';
export type { ZendeskErrorDetails } from './common/error-details';
export { ZendeskErrorType } from './common/error-types';
export { HISTOGRAM_BUCKETS, METRICS } from './common/metrics';
export { DEFAULT_TASK_QUEUE } from './common/task-queue';
export type { RunZendeskJobInput } from './workflows/run-input';
export type { StartJobInput } from './zendesk/start-input';
export type * from './common/types';
