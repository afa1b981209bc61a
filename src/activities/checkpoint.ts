/** When a poll is worth a workflow task, so that the workflow's `progress` query moves: pure rules. */
import type { JobSeen } from '../common/polling';
import type { Look } from './pacing';

/** What is known of a job as of the last checkpoint; `progress` is the furthest seen. */
type Seen = Omit<JobSeen, 'message'>;

/** A round of a wait for many jobs: one activity, from a checkpoint to the next. Times are epoch ms. */
export interface GroupRound {
  /** The jobs that had not ended when the round began. `now` is null where this look did not find the job. */
  jobs: readonly { before: Seen; now: Look | null; ended: boolean }[];
  /** Number of jobs that had ended when the round began. */
  endedBefore: number;
  waitStartedAt: number;
  roundStartedAt: number;
  now: number;
}

/** The state after a look. */
export function afterLook(before: Seen, look: Look, at: number): Seen {
  const progress = look.progress === null ? before.progress : Math.max(look.progress, before.progress ?? 0);
  const changed = look.status !== before.status || progress !== before.progress;
  return {
    status: look.status,
    progress,
    total: look.total ?? before.total,
    workingSince: before.workingSince ?? (look.status === 'queued' ? null : at),
    changedAt: changed ? at : before.changedAt,
  };
}

/**
 * Is this look at one unfinished job worth a checkpoint? When the job is first seen to work, and when its progress passes
 * another quarter (25, 50, 75 %). With the end that makes at most 5 rounds a job.
 */
export function checkpointDue(before: Seen, now: Look): boolean {
  const after = afterLook(before, now, 0);
  if (before.workingSince === null) return after.workingSince !== null;
  return quarter(shareDone(after)) > quarter(shareDone(before));
}

/**
 * Is this look at many jobs worth a checkpoint? When the first job is seen to work, when another tenth of the jobs has
 * ended (their rows are handed over before Zendesk forgets them), when the mean progress passes another quarter, and when
 * some job has ended and the round has lasted as long as the wait had when it began, a minute at least.
 * That makes at most 1 + 10 + 3 + 11 rounds in 24 h, and the last one.
 */
export function groupCheckpointDue({ jobs, endedBefore, waitStartedAt, roundStartedAt, now }: GroupRound): boolean {
  const total = endedBefore + jobs.length;
  const ended = jobs.filter((job) => job.ended).length;
  if (ended >= total / 10) return true;
  if (ended > 0 && now - roundStartedAt >= Math.max(60_000, roundStartedAt - waitStartedAt)) return true;

  const after = jobs.map((job) => {
    return { ...(job.now ? afterLook(job.before, job.now, now) : job.before), ended: job.ended };
  });
  const workedBefore = endedBefore > 0 || jobs.some((job) => job.before.workingSince !== null);
  if (!workedBefore) return after.some((job) => job.workingSince !== null);

  const mean = (shares: number[]) => (endedBefore + shares.reduce((sum, share) => sum + share, 0)) / total;
  const before = mean(jobs.map((job) => shareDone(job.before)));
  return quarter(mean(after.map((job) => (job.ended ? 1 : shareDone(job))))) > quarter(before);
}

/** 0 where a count is unknown. */
function shareDone({ progress, total }: Pick<Seen, 'progress' | 'total'>): number {
  return Math.min(1, (progress ?? 0) / (total || Infinity));
}

/** 0 to 3: the last quarter ends with the job itself, so 100 % while still working is no step of its own. */
function quarter(share: number): number {
  return Math.min(3, Math.floor(share * 4));
}
