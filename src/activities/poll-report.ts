/** What the workflow gets to know of a poll: pure. */
import type { JobReport, PollReport, PollRound, Trouble } from '../common/polling';
import { boundRows } from '../common/result-rows';
import type { JobStatus, ZendeskJobOutcome } from '../common/types';
import { isTerminal, outcomeOf } from '../zendesk/outcome';
import { afterLook, checkpointDue, groupCheckpointDue } from './checkpoint';
import { nextLookForMany, type SharedPace } from './pacing';

/** A job status as a poll keeps it. Where `outcome` is set, it has replaced the rows of `results`. */
export interface ObservedJob extends JobStatus {
  outcome?: ZendeskJobOutcome;
}

/**
 * What a poll observed of a job: its status, or
 * - `hidden`: Zendesk does not show it, and it may be too young for that;
 * - `lost`: Zendesk does not show it, neither by id nor in the list;
 * - `unreadable`: its status is longer than the client accepts;
 * - `unread`: the poll had not enough time to read it, or to search for it;
 * - `failed`: a request for this job alone failed, for a reason that may pass.
 */
export type PollObservation =
  ObservedJob | 'hidden' | 'lost' | 'unread' | { unreadable: Trouble } | { failed: Trouble };

export interface PollFacts {
  /** When the poll was made, and when its round began: epoch ms. */
  now: number;
  roundStartedAt: number;
  polls: number;
  rateLimit?: SharedPace['rateLimit'];
  random: number;
}

/** An unfinished poll is continued so soon, whatever `minInterval` is. */
const UNREAD_RETRY_MS = 3_000;

/** Turns the rows of a finished job into its outcome, within the round's budget: the rows themselves may be many megabytes. */
export function withOutcome(round: PollRound, status: JobStatus): ObservedJob {
  if (!isTerminal(status.status)) return status;
  const outcome = finishedOutcome(round, status);
  boundRows([outcome], round.rowBudget);
  return { ...status, results: null, outcome };
}

export function isStatus(observation: PollObservation | undefined): observation is ObservedJob {
  return typeof observation === 'object' && 'status' in observation;
}

/** `observations` are in the order of `round.jobs`. */
export function reportOf(round: PollRound, observations: PollObservation[], facts: PollFacts): PollReport {
  const jobs = round.jobs.map((job, i) => jobReport(job, observations[i] ?? 'unread', round, facts.now));
  return {
    checkedAt: facts.now,
    nextLookAt: nextLookAt(round, observations, jobs, facts),
    polls: facts.polls,
    rowBytes: boundRows(
      jobs.flatMap(({ outcome }) => outcome ?? []),
      round.rowBudget,
    ),
    jobs,
  };
}

/** Whether the workflow needs this report. */
export function isWorthReporting(
  report: PollReport,
  round: PollRound,
  observations: PollObservation[],
  facts: PollFacts,
): boolean {
  if (facts.now >= round.deadline || report.jobs.every(hasEnded)) return true;
  if (round.untilEnd) return false;
  const statuses = observations.map(statusOrNull);
  if (round.jobs.length + round.ended === 1) {
    return statuses[0] != null && checkpointDue(round.jobs[0]!.seen, statuses[0]);
  }
  return groupCheckpointDue({
    jobs: round.jobs.map(({ seen }, i) => ({
      before: seen,
      now: statuses[i] ?? null,
      ended: hasEnded(report.jobs[i]!),
    })),
    endedBefore: round.ended,
    waitStartedAt: round.startedAt,
    roundStartedAt: facts.roundStartedAt,
    now: facts.now,
  });
}

/** The numbers of a poll, for the details of the failure that `describe()` shows between two polls. Far below 4 KB. */
export interface PollSummary {
  /** Of the one job, or `queued` / `working` for many. Null while nothing is known. */
  status: string | null;
  /** Of the jobs of this round. */
  progress: number | null;
  total: number | null;
  ended: number;
  jobs: number;
}

export function summaryOf(round: PollRound, jobs: JobReport[]): PollSummary {
  const running = jobs.filter((job) => !hasEnded(job)).map(({ seen }) => seen);
  const single = jobs.length + round.ended === 1;
  const working = running.some(({ workingSince }) => workingSince !== null) || round.ended > 0;
  return {
    status: single ? jobs[0]!.seen.status : working ? 'working' : 'queued',
    progress: sum(jobs.map(({ seen }) => seen.progress)),
    total: sum(jobs.map(({ seen }) => seen.total)),
    ended: round.ended + jobs.length - running.length,
    jobs: round.ended + jobs.length,
  };
}

/** In a few words: the message of that failure. */
export function describeSummary({ status, progress, total, ended, jobs }: PollSummary): string {
  if (jobs > 1) return `${status}, ${ended} of ${jobs} jobs ended`;
  if (status === null) return 'not visible yet';
  return progress === null ? status : `${status}, ${progress} of ${total ?? 'an unknown number'}`;
}

function jobReport(
  { jobId, seen }: PollRound['jobs'][number],
  observation: PollObservation,
  round: PollRound,
  now: number,
): JobReport {
  if (observation === 'hidden' || observation === 'unread') return { jobId, seen };
  if (observation === 'lost') return { jobId, seen, lost: true };
  if ('failed' in observation) return { jobId, seen, trouble: observation.failed };
  if (!isStatus(observation)) return { jobId, seen, unreadable: observation.unreadable };
  const report: JobReport = { jobId, seen: { ...afterLook(seen, observation, now), message: observation.message } };
  if (isTerminal(observation.status)) report.outcome = observation.outcome ?? finishedOutcome(round, observation);
  return report;
}

function finishedOutcome(round: PollRound, status: JobStatus): ZendeskJobOutcome {
  const tie = round.jobs.find(({ jobId }) => jobId === status.id)?.tie;
  return outcomeOf(round.account, status, { results: round.results, polls: 0, tie });
}

/** Whether the wait for the job is over. */
export function hasEnded({ outcome, lost, unreadable }: JobReport): boolean {
  return outcome !== undefined || lost === true || unreadable !== undefined;
}

function nextLookAt(
  round: PollRound,
  observations: PollObservation[],
  jobs: JobReport[],
  { now, rateLimit, random }: PollFacts,
): number {
  const running = round.jobs.flatMap(({ seen }, i) => {
    if (hasEnded(jobs[i]!)) return [];
    const before = round.checkedAt === null ? null : { at: round.checkedAt, progress: seen.progress };
    return [{ look: statusOrNull(observations[i]), workingSince: seen.workingSince, before }];
  });
  if (running.length === 0) return now;
  const { startedAt: waitStartedAt, minInterval, maxInterval } = round;
  const at = nextLookForMany(running, { now, waitStartedAt, minInterval, maxInterval, rateLimit, random });
  return observations.includes('unread') ? Math.min(at, now + UNREAD_RETRY_MS) : at;
}

function statusOrNull(observation: PollObservation | undefined): ObservedJob | null {
  return isStatus(observation) ? observation : null;
}

function sum(values: (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
}
