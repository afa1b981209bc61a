import type { JobStatus } from '../common/types';
import type { ZendeskClient } from '../zendesk/client';
import { ListWalk } from './list-walk';

/** The newest jobs of an account's list, at most 300: those before the first one whose status alone is too large to be read. */
export async function listNewestJobs(client: ZendeskClient, signal?: AbortSignal): Promise<JobStatus[]> {
  const walk = new ListWalk((page) => client.list(page, signal));
  const jobs: JobStatus[] = [];
  for (;;) {
    const { jobStatuses, atEnd } = await walk.readOn();
    jobs.push(...jobStatuses);
    if (atEnd) return jobs;
  }
}
