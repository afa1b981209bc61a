/** What the `progress` query answers and the Temporal UI shows. Both change at checkpoints only. */
import { defineQuery, defineSignal, setCurrentDetails, setHandler, workflowInfo } from '@temporalio/workflow';
import { BYTE_BUDGETS, cutToBytes } from '../common/byte-budgets';
import type { ZendeskJobProgress, ZendeskJobsProgress, ZendeskRunProgress } from '../common/types';
import { PollNow } from './poll-now';
import type { WaitedJob } from './waited-job';

type AnyProgress = ZendeskJobProgress | ZendeskJobsProgress | ZendeskRunProgress;

/** Answered by every workflow of this package, closed ones too. */
export const progressQuery = defineQuery<AnyProgress>('progress');

/** Makes a waiting workflow poll at once. */
export const pollNowSignal = defineSignal('pollNow');

/** Makes a wait visible from outside its workflow: the query, the signal and the current details. */
export function exposeWait<Progress extends AnyProgress>(initial: Progress) {
  const pollNow = new PollNow();
  let latest: Progress = initial;
  setHandler(progressQuery, () => latest);
  setHandler(pollNowSignal, () => pollNow.request());
  return {
    pollNow,
    startedAt: workflowInfo().startTime.getTime(),
    onProgress(progress: Progress): void {
      latest = progress;
      setCurrentDetails(cutToBytes(describeProgress(progress), BYTE_BUDGETS.currentDetails));
    },
  };
}

export function jobProgress(job: WaitedJob, account: string): ZendeskJobProgress {
  const { jobId, seen, checkedAt, polls } = job;
  return {
    account,
    jobId,
    status: job.end === undefined || job.end === 'finished' ? seen.status : job.end,
    progress: seen.progress,
    total: seen.total,
    message: seen.message,
    checkedAt: isoTime(checkedAt),
    changedAt: isoTime(seen.changedAt),
    polls,
  };
}

export function jobsProgress(jobIds: string[], jobs: WaitedJob[], account: string): ZendeskJobsProgress {
  const running = jobs.filter(({ end }) => end === undefined);
  const finished = jobs.length - running.length;
  return {
    account,
    jobIds,
    status: statusOf(jobs, running),
    progress: sum(jobs.map(({ seen }) => seen.progress)),
    total: sum(jobs.map(({ seen }) => seen.total)),
    message: `${finished} of ${jobs.length} jobs ended`,
    checkedAt: isoTime(latest(jobs.map(({ checkedAt }) => checkedAt))),
    changedAt: isoTime(latest(jobs.map(({ seen }) => seen.changedAt))),
    polls: Math.max(0, ...jobs.map(({ polls }) => polls)),
    finished,
    running: running.map(({ jobId }) => jobId),
  };
}

/** Markdown. */
function describeProgress(progress: AnyProgress): string {
  const { account, status, total, checkedAt, polls, message } = progress;
  const done =
    progress.progress === null ? '' : ` — ${progress.progress} of ${total ?? 'an unknown number of'} records`;
  const subject =
    'jobIds' in progress ? `${progress.jobIds.length} Zendesk jobs` : `Zendesk job \`${progress.jobId ?? '?'}\``;
  const lines = [
    `**${status ?? 'not polled yet'}**${done}`,
    `${subject} of account \`${account}\`${message ? `: ${message}` : ''}`,
    checkedAt ? `As of ${checkedAt}, ${polls} polls.` : '',
  ];
  return lines.filter(Boolean).join('\n\n');
}

function statusOf(jobs: WaitedJob[], running: WaitedJob[]): string | null {
  if (running.length === 0) return 'completed';
  if (jobs.every(({ seen }) => seen.status === null)) return null;
  return jobs.every(({ seen }) => seen.workingSince === null) ? 'queued' : 'working';
}

function sum(values: (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
}

function latest(times: (number | null)[]): number | null {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? null : Math.max(...known);
}

function isoTime(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
