/** How long to wait after a look at one job, by what it saw and by the state at the last checkpoint: pure. */

/** What one look at a job saw. `progress` counts records attempted; both counts are null where Zendesk gives none. */
export interface Look {
  status: string;
  progress: number | null;
  total: number | null;
}

/** What is known of one job beside the look itself. Times are epoch ms. */
export interface JobPace {
  /** When a look first saw `working` (or a later status), as of the last checkpoint; null if none had. */
  workingSince: number | null;
  /** The state at the last checkpoint; null before the first. */
  before: { at: number; progress: number | null } | null;
}

/** What holds for the whole request, whichever jobs it asks about. Times are epoch ms, lengths ms. */
export interface SharedPace {
  /** The time of this look. */
  now: number;
  /** When the wait began; the job may be older. */
  waitStartedAt: number;
  minInterval: number;
  maxInterval: number;
  /** From the answer's rate limit headers; `resetsIn` in ms. */
  rateLimit?: { limit: number; remaining: number; resetsIn?: number };
  /** 0 <= random < 1 */
  random: number;
}

export type PaceFacts = SharedPace & JobPace;

/** Where there is no progress to go by, the next look comes after this share of the time that has passed. */
export const QUIET = 0.2;
/** While the end is far, the next look comes after this share of the time left; `first`: with one rate only. */
const FAR = { first: 1 / 3, later: 0.45 };
/** With one rate only, the next look comes after at most so many ms and a quarter of the working time. */
const FIRST = { unsure: 7_500, sure: 30_000 };
/** A rate is sure once so many steps were seen: the steps are small, then, and no job stands for long between two. */
const SURE_STEPS = 3;
/** The end is near when less than this share of the working time is left: then the next look is aimed at the end. */
const NEAR = { steady: 0.33, unsteady: 0.15, milliseconds: 5_000 };
/** How late an aimed look may be, as a share of the working time, if the job is a step further than it says. */
const LATE = { share: 0.04, milliseconds: 1_000 };
/** Zendesk counts from 1 while the first record is at work: of so many records, that is next to nothing done. */
const SEVERAL = 5;
/** Two rates agree when neither is below this share of the other. */
const AGREEING = 0.8;

/** Milliseconds, before any bounds. `look` is null while Zendesk does not show the job yet. */
export function lookDelay(look: Look | null, facts: PaceFacts): number {
  const { now, waitStartedAt, workingSince, before } = facts;
  const age = now - waitStartedAt;
  // Up to a tenth sooner, so that waits which began together do not stay together.
  const quiet = (time: number) => QUIET * time * (1 - facts.random / 10);
  if (look === null || look.status === 'queued') return quiet(age);

  const progress = look.progress ?? 0;
  const total = look.total ?? 0;
  const begins = progress <= 1 && total >= SEVERAL;
  // Work that began unseen began after the look before this one; of a job that begins, after the last checkpoint if any.
  const startedAt = workingSince ?? (begins ? (before?.at ?? now) : now - age * (QUIET / (1 + QUIET)));
  const worked = Math.max(1, now - startedAt);
  const asLongAgain = 1_000 + worked;
  // So far nothing is known but that most of the work lies ahead.
  if (begins) return Math.min(asLongAgain, Math.max(FIRST.unsure, quiet(worked)));

  const moved = progress - (before?.progress ?? 0);
  if (progress >= total || moved <= 0) return quiet(now - (before?.at ?? workingSince ?? now));

  const since = Math.max(1, now - Math.max(startedAt, before?.at ?? startedAt));
  const rate = moved / since;
  const left = total - progress;
  // By the faster of the two rates: a look too soon costs a request, a look too late is late.
  const timeLeft = left / Math.max(rate, progress / worked);

  const rateBefore = before?.progress && before.at > startedAt ? before.progress / (before.at - startedAt) : null;
  const change = rateBefore === null ? null : rate / rateBefore;
  const steady = change !== null && change > AGREEING && change < 1 / AGREEING;

  let delay = (change === null ? FAR.first : FAR.later) * timeLeft;
  if (timeLeft < Math.max(NEAR.milliseconds, (steady ? NEAR.steady : NEAR.unsteady) * worked)) {
    // Progress may come in steps, as records come in batches: then the job is up to a step further than it says.
    const step = commonDivisor(commonDivisor(progress, before?.progress ?? 0), total);
    const soonest = ((left - step) / (moved + step)) * since;
    delay = Math.max(delay, Math.min(timeLeft, soonest + Math.max(LATE.milliseconds, LATE.share * worked)));
  }
  // A job that has come to a stop looks like a slow one as long as there is one rate only, or when its rate has fallen.
  if (change === null) {
    const steps = progress / commonDivisor(progress, total);
    return Math.min(delay, asLongAgain, (steps < SURE_STEPS ? FIRST.unsure : FIRST.sure) + worked / 4);
  }
  return change < AGREEING ? Math.min(delay, quiet(worked)) : delay;
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}
