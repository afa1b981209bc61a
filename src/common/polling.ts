/** What a waiting workflow and the polling activity exchange: one round of polls, and its report. */
import type { RecordTie } from './starting';
import type { ResultsMode, ZendeskJobOutcome } from './types';

/** What is known of a job between two checkpoints. Times are epoch milliseconds. */
export interface JobSeen {
  /** Null until the job has been seen. */
  status: string | null;
  progress: number | null;
  total: number | null;
  message: string | null;
  /** When a poll first saw the job beyond `queued`. */
  workingSince: number | null;
  /** When the status or the progress was last seen to change. */
  changedAt: number | null;
}

/** Input of `pollZendeskJobs`: poll until there is something to report. */
export interface PollRound {
  account: string;
  /** The jobs that have not finished yet, each once, at most 100, with what the last checkpoint knew of them. */
  jobs: { jobId: string; seen: JobSeen; tie?: RecordTie }[];
  /** Jobs of this group that had finished before this round. */
  ended: number;
  results: ResultsMode;
  minInterval: number;
  maxInterval: number;
  /** When the wait began. */
  startedAt: number;
  /** When the jobs were polled for the last checkpoint; null before the first. */
  checkedAt: number | null;
  /** When the wait gives up. The last poll is made then. */
  deadline: number;
  /** No poll is made sooner: a newly scheduled activity runs at once, and checkpoints must not hurry polls. */
  notBefore: number;
  /** Bytes of result rows (as JSON) that the report may carry. */
  rowBudget: number;
  /** Report nothing before all jobs have finished: no checkpoints. */
  untilEnd?: boolean;
}

/** The longest that an attempt is held in the worker until its round's first poll. */
const LONGEST_HOLD = 15_000;

/**
 * How long the first attempt of a round waits in the worker until `notBefore`: each attempt is a billed action, and one that
 * gave up at once would cost one more. Longer waits are left to Temporal's server. In ms.
 */
export function holdFor(notBefore: number, now: number): number {
  const early = Math.max(0, notBefore - now);
  return early <= LONGEST_HOLD ? early : 0;
}

/** What `pollZendeskJobs` returns: at a checkpoint, when jobs have finished, or at the deadline. */
export interface PollReport {
  /** When Zendesk last answered; null if it has not in this round's last attempt. */
  checkedAt: number | null;
  /** When to poll the jobs that still run again. */
  nextLookAt: number;
  /** Polls made in this round, as far as its attempts know. */
  polls: number;
  /** One for each job of the round, in its order. */
  jobs: JobReport[];
  /** Bytes of result rows used of the round's budget. */
  rowBytes: number;
  /** Why jobs were not read: at the deadline, or where other jobs have finished. Else the failure is retried. */
  trouble?: Trouble;
}

export interface JobReport {
  jobId: string;
  seen: JobSeen;
  /** Of a finished job. `polls` counts those of this round. */
  outcome?: ZendeskJobOutcome;
  /** Neither the job's own address nor the list of jobs shows it, and it is no longer young. */
  lost?: true;
  /** Why the job's status cannot be read: it alone is longer than the client accepts. */
  unreadable?: Trouble;
  /** Why the job was not read, where that concerns this job alone. It is polled again. */
  trouble?: Trouble;
}

export interface Trouble {
  type: string;
  message: string;
}

export const NOT_SEEN: JobSeen = {
  status: null,
  progress: null,
  total: null,
  message: null,
  workingSince: null,
  changedAt: null,
};
