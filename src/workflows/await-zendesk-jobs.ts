import { DEFAULT_ACCOUNT } from '../common/inputs';
import type { AwaitZendeskJobsInput, AwaitZendeskJobsResult } from '../common/types';
import { exposeWait, jobsProgress } from './progress';
import { waitForJobs } from './wait-for-jobs';

/** `waitForJobs` as a workflow: query `progress`, signal `pollNow`. */
export async function awaitZendeskJobs(input: AwaitZendeskJobsInput): Promise<AwaitZendeskJobsResult> {
  return await waitForJobs(input, exposeWait(jobsProgress(input?.jobIds ?? [], [], input?.account ?? DEFAULT_ACCOUNT)));
}
