import { DEFAULT_ACCOUNT } from '../common/inputs';
import type { AwaitZendeskJobInput, ZendeskJobOutcome } from '../common/types';
import { exposeWait, jobProgress } from './progress';
import { waitedJob } from './waited-job';
import { waitForJob } from './wait-for-job';

/** `waitForJob` as a workflow: query `progress`, signal `pollNow`. */
export async function awaitZendeskJob(input: AwaitZendeskJobInput): Promise<ZendeskJobOutcome> {
  return await waitForJob(input, exposeWait(jobProgress(waitedJob(input?.jobId), input?.account ?? DEFAULT_ACCOUNT)));
}
