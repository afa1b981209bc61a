import type { JobStatus } from '../common/types';
import type { ZendeskClient } from '../zendesk/client';

/** Pages of 100 jobs. Zendesk may keep no more than the last 100 jobs. */
const MAX_PAGES = 3;

/** The newest jobs of an account's list, at most 300. */
export async function listNewestJobs(client: ZendeskClient, signal?: AbortSignal): Promise<JobStatus[]> {
  const jobs: JobStatus[] = [];
  let cursor: string | null | undefined;
  for (let page = 0; page < MAX_PAGES && cursor !== null; page++) {
    const { jobStatuses, next } = await client.list({ cursor: cursor ?? undefined }, signal);
    jobs.push(...jobStatuses);
    cursor = next;
  }
  return jobs;
}
