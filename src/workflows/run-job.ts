import { proxyActivities, type ActivityOptions } from '@temporalio/workflow';
import type { ZendeskActivities } from '../activities';
import type { RecordTie } from '../common/starting';
import type { ZendeskJobOutcome, ZendeskRunProgress } from '../common/types';
import { isRepeatSafe } from '../zendesk/repeat-safety';
import type { StartJobInput } from '../zendesk/start-input';
import { checked, failureOf } from './failures';
import { PollNow } from './poll-now';
import { jobProgress } from './progress';
import { pollUntilEnded } from './rounds';
import { findableByEnd, findableWhileRunning } from './search-attributes';
import { checkRunZendeskJob, type RunZendeskJobInput } from './run-input';
import type { StartFailure } from './start-failures';
import { pauseBeforeStart, startJob, type Starter } from './start-job';
import { ROW_BUDGET, type WaitContext } from './wait-for-job';
import { waitedJob } from './waited-job';
import { WorkflowStarts } from './workflow-starts';

/** Of all `runZendeskJob` calls of this workflow: module state is a workflow's own. */
const starts = new WorkflowStarts();

/**
 * Starts a bulk job, blocks until it has ended, and returns what became of each record, by the record's own index.
 *
 * Throws what `waitForJob` throws, and `ZendeskStartUncertain` where it is unknown whether Zendesk received a start that is not safe
 * to repeat.
 */
export async function runJob(
  input: RunZendeskJobInput,
  { taskQueue, onProgress, pollNow = new PollNow(), startedAt = Date.now() }: WaitContext<ZendeskRunProgress> = {},
): Promise<ZendeskJobOutcome> {
  const { start, onUncertainStart, ...settings } = checked(() => checkRunZendeskJob(input));
  const { account } = settings;
  const { operation } = start;
  const deadline = startedAt + settings.timeout;

  const starting = { ...jobProgress(waitedJob(''), account), operation, jobId: null, status: 'starting' };
  const showStart = (message: string | null) => onProgress?.({ ...starting, total: recordsIn(start), message });
  showStart(null);
  const pause = async (delay: number, { message }: StartFailure) => {
    showStart(message);
    await pauseBeforeStart(delay);
  };
  const starter = jobStarter(start, account, taskQueue);
  const { jobId, tie } = await startJob(starter, { account, deadline, onUncertainStart, starts, pause });

  const job = { ...waitedJob(jobId), tie };
  const onReport = () => onProgress?.({ ...jobProgress(job, account), operation });
  onReport();
  findableWhileRunning(settings, [jobId]);
  await pollUntilEnded([job], settings, { pollNow, taskQueue, onReport, deadline, rowBudget: ROW_BUDGET });
  findableByEnd(settings, [job]);

  const failure = failureOf(job, settings);
  if (failure) throw failure;
  return job.outcome!;
}

/** A start with its records, by the activities of `startZendeskJob`. */
function jobStarter(
  start: StartJobInput,
  account: string,
  taskQueue?: string,
): Starter<{ jobId: string; tie: RecordTie }> {
  const activities = (options: ActivityOptions) => proxyActivities<ZendeskActivities>({ taskQueue, ...options });
  return {
    operation: start.operation,
    repeatSafe: isRepeatSafe(start),
    send: (identity, options) => activities(options).startZendeskJob({ account, ...start, identity }),
    jobIdOf: ({ jobId }) => jobId,
    snapshot: (options) => activities(options).snapshotZendeskJobs({ account, start }),
    search: (search, options) => activities(options).findStartedZendeskJobs({ account, start, ...search }),
    adopted: (jobId, { tie }) => ({ jobId, tie }),
  };
}

/** As far as the input, which is not checked yet, tells. */
function recordsIn(start: { items?: unknown; ids?: unknown; externalIds?: unknown }): number | null {
  const records = [start.items, start.ids, start.externalIds].find(Array.isArray);
  return records?.length ?? null;
}
