/** When to look at jobs again: pure rules, no clock and no I/O. docs/pacing.md says why, with figures. */
import { lookDelay, QUIET, type JobPace, type Look, type PaceFacts, type SharedPace } from './look-delay';

export type { JobPace, Look, PaceFacts, SharedPace } from './look-delay';

/** What is known when a look failed. Times are epoch ms, lengths ms. */
export interface TroubleFacts {
  now: number;
  waitStartedAt: number;
  /** 1 for the first attempt of the round. */
  attempt: number;
  minInterval: number;
  maxInterval: number;
  /** 0 <= random < 1 */
  random: number;
  /** What Zendesk asked for, already bounded. */
  retryAfter?: number;
}

/** Waits for several jobs look at most every 5 % of their age; the fewer jobs are left, the closer they look. */
const MANY = 0.05;

/** With less than this share of the rate limit left, delays are stretched, up to so many times. */
const LOW = 0.1;
const MOST_STRETCH = 10;
/** Zendesk counts requests a minute: so long lasts a limit whose reset the headers do not tell. Ten minutes at most. */
const USUAL_RESET = 60_000;
const LONGEST_RESET = 600_000;

const LEAST_BACKOFF = 1_000;
/** Waits that were given the same Retry-After come back within this time of each other. */
const RETRY_SPREAD = 1_000;

/**
 * When to look again at a job that has not ended: epoch ms, between `minInterval` and `maxInterval` from now, later only
 * where the account's requests are used up. `look` is null while Zendesk does not show the job yet.
 */
export function nextLookAt(look: Look | null, facts: PaceFacts): number {
  return nextLookForMany([{ look, workingSince: facts.workingSince, before: facts.before }], facts);
}

/**
 * When to look again at the jobs that one request asks about: epoch ms, bounded as for one job. `jobs` are those that
 * have not ended, at least one. The soonest decides, but the more there are, the less it matters when one of them ends.
 */
export function nextLookForMany(jobs: readonly (JobPace & { look: Look | null })[], facts: SharedPace): number {
  const soonest = Math.min(...jobs.map(({ look, ...job }) => lookDelay(look, { ...facts, ...job })));
  const least = MANY * (1 - 1 / jobs.length) * (facts.now - facts.waitStartedAt);
  return bounded(Math.max(soonest, least), facts);
}

/**
 * When to look again after a look that failed for a reason that may pass: epoch ms. Retry-After is obeyed, even beyond
 * `maxInterval`; else the delay doubles with each attempt, but takes no larger part of the wait than for a quiet job.
 */
export function nextLookAfterTrouble(facts: TroubleFacts): number {
  const { now, maxInterval, random, retryAfter } = facts;
  const least = Math.max(LEAST_BACKOFF, facts.minInterval);
  if (retryAfter !== undefined) return Math.ceil(now + Math.max(least, retryAfter + random * RETRY_SPREAD));

  const doubled = least * 2 ** (facts.attempt - 1);
  const delay = Math.min(doubled, QUIET * (now - facts.waitStartedAt)) * (1 + random / 4);
  return Math.ceil(now + Math.max(least, Math.min(delay, maxInterval)));
}

function bounded(delay: number, { now, minInterval, maxInterval, rateLimit }: SharedPace): number {
  const soonest = Math.max(minInterval, pauseFor(rateLimit));
  const latest = Math.max(maxInterval, soonest);
  return onGrid(now, Math.min(latest, Math.max(soonest, stretched(delay, rateLimit))), soonest, latest);
}

/**
 * Rounds up to an epoch multiple of a sixteenth to an eighth of the delay, down where up is too late, so that the waits
 * of an account meet in one request, across workers too. The multiples are 1 s times powers of two: coarse ones are
 * fine ones as well.
 */
function onGrid(now: number, delay: number, soonest: number, latest: number): number {
  const gap = 1000 * 2 ** Math.floor(Math.log2(delay / 8000));
  const up = Math.ceil((now + delay) / gap) * gap;
  const choices = [up, up - gap].filter((at) => at >= now + soonest && at <= now + latest);
  return Math.ceil(choices[0] ?? now + delay);
}

function stretched(delay: number, rateLimit: SharedPace['rateLimit']): number {
  if (!rateLimit) return delay;
  const { limit, remaining, resetsIn = USUAL_RESET } = rateLimit;
  const factor = Math.min(MOST_STRETCH, Math.max(1, (LOW * limit) / Math.max(1, remaining)));
  // After the reset there is no need to save.
  return Math.max(delay, Math.min(delay * factor, resetsIn));
}

function pauseFor(rateLimit: SharedPace['rateLimit']): number {
  if (!rateLimit || rateLimit.remaining > 0) return 0;
  return Math.min(LONGEST_RESET, rateLimit.resetsIn ?? USUAL_RESET);
}
