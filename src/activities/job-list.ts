import type { ZendeskClient } from '../zendesk/client';
import type { ReadJobs } from '../zendesk/job-status';
import { ListWalk } from './list-walk';

/** The newest jobs of an account's list, at most 300: those before the first one whose status alone is too large to be read. */
export async function listNewestJobs(client: ZendeskClient, signal?: AbortSignal): Promise<ReadJobs> {
  const walk = new ListWalk((page) => client.list(page, signal));
  const jobs: ReadJobs = { jobStatuses: [], unreadable: [] };
  for (;;) {
    const { jobStatuses, unreadable, atEnd } = await walk.readOn();
    jobs.jobStatuses.push(...jobStatuses);
    jobs.unreadable.push(...unreadable);
    if (atEnd) return jobs;
  }
}
