/** The same, with our helpers called in a workflow of the user's own. */
import { awaitZendeskJob, awaitZendeskJobs } from 'temporal-zendesk-jobs/workflow';

export * from './plain';

export async function syncAndWait(jobIds: string[]): Promise<void> {
  await awaitZendeskJob({ jobId: jobIds[0]! });
  await awaitZendeskJobs({ jobIds });
}
