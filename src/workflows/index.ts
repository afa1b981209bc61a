/**
 * The workflows, to be re-exported by name from the file that a worker bundles:
 * `export { awaitZendeskJob, awaitZendeskJobs, runZendeskJob, runZendeskBulk } from 'temporal-zendesk-jobs/workflows'`.
 */
export { awaitZendeskJob } from './await-zendesk-job';
export { awaitZendeskJobs } from './await-zendesk-jobs';
export { runZendeskJob } from './run-zendesk-job';
export { runZendeskBulk } from './run-zendesk-bulk';
