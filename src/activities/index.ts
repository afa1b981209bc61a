export { ZendeskAccounts, type AccountsConfiguration, type AccountsOptions } from './accounts';
export { createZendeskActivities, type ZendeskActivities, type ZendeskActivitiesOptions } from './create-activities';
export type {
  ReadPage,
  SinkContext,
  SinkObject,
  SourceObject,
  SourcePage,
  WriteRows,
  ZendeskSink,
  ZendeskSource,
} from './bulk/pluggable';
