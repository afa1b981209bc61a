/** What one look at the jobs of a round comes to: pure. */
import type { JobReport, PollReport, PollRound } from '../common/polling';
import type { JobStatus } from '../common/types';
import { boundRows, isTerminal, outcomeOf } from '../zendesk/outcome';
import { afterLook, checkpointDue, groupCheckpointDue } from './checkpoint';
import { nextLookForMany, type SharedPace } from './pacing';

/** What a look saw of a job: its status, or that it does not show (yet, or any more). */
export type Sight = JobStatus | 'hidden' | 'lost';

export interface LookFacts {
  /** When the look was made, and when its round began: epoch ms. */
  now: number;
  roundStartedAt: number;
  polls: number;
  rateLimit?: SharedPace['rateLimit'];
  random: number;
}

/** `sights` are in the order of `round.jobs`. */
export function reportOf(round: PollRound, sights: Sight[], facts: LookFacts): PollReport {
  const jobs = round.jobs.map((job, i) => jobReport(job, sights[i] ?? 'hidden', round, facts.now));
  return {
    checkedAt: facts.now,
    nextLookAt: nextLookAt(round, sights, jobs, facts),
    polls: facts.polls,
    rowBytes: boundRows(
      jobs.flatMap(({ outcome }) => outcome ?? []),
      round.rowBudget,
    ),
    jobs,
  };
}

/** Does the workflow want to hear of this look? */
export function isWorthReporting(report: PollReport, round: PollRound, sights: Sight[], facts: LookFacts): boolean {
  if (facts.now >= round.deadline || report.jobs.every(hasEnded)) return true;
  if (round.untilEnd) return false;
  const looks = sights.map((sight) => (typeof sight === 'string' ? null : sight));
  if (round.jobs.length + round.ended === 1) return looks[0] != null && checkpointDue(round.jobs[0]!.seen, looks[0]);
  return groupCheckpointDue({
    jobs: round.jobs.map(({ seen }, i) => ({
      before: seen,
      now: looks[i] ?? null,
      ended: hasEnded(report.jobs[i]!),
    })),
    endedBefore: round.ended,
    waitStartedAt: round.startedAt,
    roundStartedAt: facts.roundStartedAt,
    now: facts.now,
  });
}

/** The numbers of a look, for the details of the failure that `describe()` shows between two looks. Far below 4 KB. */
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
  { jobId, seen, tie }: PollRound['jobs'][number],
  sight: Sight,
  round: PollRound,
  now: number,
): JobReport {
  if (sight === 'hidden') return { jobId, seen };
  if (sight === 'lost') return { jobId, seen, lost: true };
  const report: JobReport = { jobId, seen: { ...afterLook(seen, sight, now), message: sight.message } };
  if (isTerminal(sight.status))
    report.outcome = outcomeOf(round.account, sight, { results: round.results, polls: 0, tie });
  return report;
}

function hasEnded({ outcome, lost }: JobReport): boolean {
  return outcome !== undefined || lost === true;
}

function nextLookAt(
  round: PollRound,
  sights: Sight[],
  jobs: JobReport[],
  { now, rateLimit, random }: LookFacts,
): number {
  const running = round.jobs.flatMap(({ seen }, i) => {
    if (hasEnded(jobs[i]!)) return [];
    const sight = sights[i];
    const before = round.checkedAt === null ? null : { at: round.checkedAt, progress: seen.progress };
    return [{ look: typeof sight === 'object' ? sight : null, workingSince: seen.workingSince, before }];
  });
  if (running.length === 0) return now;
  const { startedAt: waitStartedAt, minInterval, maxInterval } = round;
  return nextLookForMany(running, { now, waitStartedAt, minInterval, maxInterval, rateLimit, random });
}

function sum(values: (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
}
