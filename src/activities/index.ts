export { ZendeskAccounts, type AccountsConfiguration, type AccountsOptions } from './accounts';
export { createZendeskActivities, type ZendeskActivities, type ZendeskActivitiesOptions } from './create-activities';
export type { JobReaderOptions } from './job-reader';
export type { StartZendeskJobInput } from './start-zendesk-job';
export type {
  DuplicateKey,
  KeysOfRecords,
  ReadPage,
  SinkCheckContext,
  SinkContext,
  SinkObject,
  SourceObject,
  SourcePage,
  SupersededRecords,
  WriteRows,
  ZendeskSink,
  ZendeskSource,
} from './bulk/pluggable';
export type { BulkRow, SinkKey, SourceCursor } from '../common/bulk';
export type { Named as SinkRef, Named as SourceRef } from '../common/bulk-types';
export type { RecordKeys, RecordTie, StartedJob } from '../common/starting';
export type {
  JobResultRow,
  JobStatus,
  ListJobStatusesInput,
  ShowJobStatusInput,
  ShowManyJobStatusesInput,
} from '../common/types';
export type { AnswerInfo, ZendeskClientOptions } from '../zendesk/client';
export type { RateLimit } from '../zendesk/rate-limits';
export type { KeyField, KeyRule } from '../zendesk/record-keys';
