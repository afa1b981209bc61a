/** The same, with our workflows beside it. */
export * from './plain';
export { awaitZendeskJob, awaitZendeskJobs } from 'temporal-zendesk-jobs/workflows';
