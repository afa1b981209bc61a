/**
 * The workflows, to be re-exported by name from the file that a worker bundles:
 * `export { awaitZendeskJob, awaitZendeskJobs, runZendeskJob } from 'temporal-zendesk-jobs/workflows'`.
 */
export { awaitZendeskJob } from './await-zendesk-job';
export { awaitZendeskJobs } from './await-zendesk-jobs';
export { runZendeskJob } from './run-zendesk-job';
