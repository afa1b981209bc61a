export { ZendeskAccounts, type AccountsConfiguration, type AccountsOptions } from './accounts';
export { createZendeskActivities, type ZendeskActivities, type ZendeskActivitiesOptions } from './create-activities';
