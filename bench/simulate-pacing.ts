/** Plays waits for jobs, without clocks or requests, to see what a pacing rule costs and how late it is. */
import { afterLook, checkpointDue, groupCheckpointDue } from '../src/activities/checkpoint';
import { nextLookForMany, type Look, type PaceFacts } from '../src/activities/pacing';
import { NOT_SEEN, type JobSeen } from '../src/common/polling';

/** What a look at age `t` (ms) sees of a job that takes `duration` ms in all; null once it has ended. */
export interface SimulatedJob {
  duration: number;
  look(age: number): Look | null;
}

export type PaceRule = (look: Look, facts: PaceFacts) => number;

export interface WaitOptions {
  random: () => number;
  minInterval?: number;
  maxInterval?: number;
  /** How old the job is when the wait begins. */
  head?: number;
}

/** `lag`: from the job's end, or the wait's begin if that is later, to the answer that tells of it. All in ms. */
export interface WaitCost {
  looks: number;
  rounds: number;
  lag: number;
  duration: number;
  /** From the begin of the wait to the answer that tells of the end. */
  age: number;
}

/** How late a wait for a steady job may be: 1.5 s, or 5 % of the job's duration. */
export function latenessGoal({ duration }: WaitCost): number {
  return Math.max(1_500, 0.05 * duration);
}

/** One wait as the polling activity makes it: each look knows its round's state only. */
export function simulateWait(job: SimulatedJob, rule: PaceRule, options: WaitOptions): WaitCost {
  const { random, minInterval = 1_000, maxInterval = 60_000, head = 0 } = options;
  const waitStartedAt = 1.8e12 + Math.floor(random() * 1e9);
  const jobStartedAt = waitStartedAt - head;
  let seen: JobSeen = NOT_SEEN;
  let checkedAt: number | null = null;
  let lookAt = waitStartedAt;
  for (let looks = 1, rounds = 1; ; looks++) {
    // Temporal starts the attempt, Zendesk answers for an instant in the middle, the answer arrives.
    const answeredFor = lookAt + 20 + random() * 50;
    const now = Math.round(answeredFor + 25 + random() * 25);
    const look = job.look(answeredFor - jobStartedAt);
    if (look === null) {
      const endedAt = Math.max(jobStartedAt + job.duration, waitStartedAt);
      return { looks, rounds, lag: now - endedAt, duration: job.duration, age: now - waitStartedAt };
    }
    const { workingSince, progress } = seen;
    const before = checkedAt === null ? null : { at: checkedAt, progress };
    const facts = { now, waitStartedAt, workingSince, before, minInterval, maxInterval, random: random() };
    lookAt = rule(look, facts);
    if (!(lookAt >= now + minInterval)) throw new Error(`next look ${lookAt - now} ms from now`);
    if (!checkpointDue(seen, look)) continue;
    seen = { ...afterLook(seen, look, now), message: null };
    checkedAt = now;
    rounds++;
  }
}

/** One wait for many jobs, all as old as the wait, looked at together. `lag` is that of the last job to end. */
export function simulateGroup(jobs: readonly SimulatedJob[], options: WaitOptions): WaitCost {
  const { random, minInterval = 1_000, maxInterval = 60_000 } = options;
  const waitStartedAt = 1.8e12 + Math.floor(random() * 1e9);
  const duration = Math.max(...jobs.map((job) => job.duration));
  let running = jobs.map((job) => ({ job, seen: NOT_SEEN }));
  let round = { startedAt: waitStartedAt, checkedAt: null as number | null };
  let now = waitStartedAt + 60;
  for (let looks = 1, rounds = 1; ; looks++) {
    const looked = running.map((one) => ({ ...one, look: one.job.look(now - waitStartedAt) }));
    const unfinished = looked.filter(({ look }) => look !== null);
    if (unfinished.length === 0) {
      const age = now - waitStartedAt;
      return { looks, rounds, lag: age - duration, duration, age };
    }
    const { checkedAt } = round;
    const pace = unfinished.map(({ seen: { workingSince, progress }, look }) => {
      return { look, workingSince, before: checkedAt === null ? null : { at: checkedAt, progress } };
    });
    const due = groupCheckpointDue({
      jobs: looked.map(({ seen, look }) => ({ before: seen, now: look, ended: look === null })),
      endedBefore: jobs.length - running.length,
      waitStartedAt,
      roundStartedAt: round.startedAt,
      now,
    });
    if (due) {
      running = unfinished.map(({ job, seen, look }) => {
        return { job, seen: { ...afterLook(seen, look!, now), message: null } };
      });
      round = { startedAt: now, checkedAt: now };
      rounds++;
    }
    now = nextLookForMany(pace, { now, waitStartedAt, minInterval, maxInterval, random: random() }) + 60;
  }
}

/** The value that a share `q` of the values does not exceed. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? NaN;
}
