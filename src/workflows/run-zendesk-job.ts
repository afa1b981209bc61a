import { DEFAULT_ACCOUNT } from '../common/inputs';
import type { ZendeskJobOutcome, ZendeskRunProgress } from '../common/types';
import { exposeWait, jobProgress } from './progress';
import type { RunZendeskJobInput } from './run-input';
import { runJob } from './run-job';
import { waitedJob } from './waited-job';

/** `runJob` as a workflow: query `progress`, signal `pollNow`. */
export async function runZendeskJob(input: RunZendeskJobInput): Promise<ZendeskJobOutcome> {
  const nothing = jobProgress(waitedJob(''), input?.account ?? DEFAULT_ACCOUNT);
  return await runJob(input, exposeWait<ZendeskRunProgress>({ ...nothing, operation: input?.operation, jobId: null }));
}
