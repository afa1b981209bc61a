/** What the `progress` query of a bulk run answers and the Temporal UI shows. */
import { defineQuery, setCurrentDetails, setHandler } from '@temporalio/workflow';
import type { BulkSettings } from '../../common/bulk-input';
import type { ZendeskBulkProgress } from '../../common/bulk-types';
import { BYTE_BUDGETS, cutToBytes } from '../../common/byte-budgets';
import type { BulkState } from './bulk-state';
import { remainingRecords } from './remaining';

/** Answered by closed runs too. */
export const bulkProgressQuery = defineQuery<ZendeskBulkProgress>('progress');

type Stage = 'checking' | 'running' | 'completed' | 'failed' | 'cancelled';

/** Makes a run visible from outside its workflow. `update` is to be called when its state has changed. */
export function exposeBulk(settings: BulkSettings, state: BulkState, initial: Stage) {
  let stage = initial;
  let message: string | null = null;
  setHandler(bulkProgressQuery, () => bulkProgress(settings, state, stage, message));
  return {
    update(now: Stage = stage, why: string | null = null): void {
      stage = now;
      message = why;
      setCurrentDetails(describe(bulkProgress(settings, state, stage, message), settings.maxJobs));
    },
  };
}

export function bulkProgress(
  { account, start }: BulkSettings,
  state: BulkState,
  stage: Stage,
  message: string | null,
): ZendeskBulkProgress {
  const { tally, total, running, paused, startedAt, reportedAt } = state;
  const { succeeded, failed, retried, superseded, uncertainRecords, jobs } = tally;
  const reported = reportedAt === null ? null : new Date(reportedAt).toISOString();
  return {
    account,
    operation: start.operation,
    status: stage === 'running' && paused ? 'paused' : stage,
    progress: tally.total,
    total: stage === 'completed' ? tally.total : total,
    message: message && cutToBytes(message, BYTE_BUDGETS.message),
    checkedAt: reported,
    changedAt: reported,
    startedAt: new Date(startedAt).toISOString(),
    succeeded,
    failed,
    retried,
    superseded,
    uncertain: uncertainRecords,
    jobs,
    jobIds: running.flatMap(({ jobId }) => jobId ?? []),
    remaining: remainingRecords(state),
  };
}

/** Markdown. */
function describe(progress: ZendeskBulkProgress, maxJobs: number): string {
  const { account, operation, status, total, succeeded, failed, retried, uncertain, jobs, jobIds, message } = progress;
  const lines = [
    `**${status}** — ${progress.progress} of ${total ?? 'an unknown number of'} records`,
    `${operation} of account \`${account}\`: ${succeeded} succeeded, ${failed} failed, ${retried} sent again, ${uncertain} uncertain`,
    // Jobs whose end is not known yet are among the ids.
    `${jobs} jobs started, ${Math.min(jobIds.length, maxJobs)} of them still run`,
    message === null ? '' : `Waiting: ${message}`,
  ];
  return cutToBytes(lines.filter(Boolean).join('\n\n'), BYTE_BUDGETS.currentDetails);
}
