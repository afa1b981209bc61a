/** How jobs go about their work, for the pacing simulator: each makes a job from a seeded random. */
import type { SimulatedJob } from './simulate-pacing';

interface JobPlan {
  /** ms before the work begins. */
  queued?: number;
  /** Number of records; null for a job that tells no progress. */
  total?: number | null;
  /** Maps the share of the working time that has passed to the share of the records done. */
  course?: (passed: number) => number;
}

/** A job that works for `working` ms. */
export function jobOf(working: number, { queued = 0, total = 100, course = (x) => x }: JobPlan = {}): SimulatedJob {
  return {
    duration: queued + working,
    look(age) {
      if (age < queued) return { status: 'queued', progress: null, total };
      if (age >= queued + working) return null;
      const progress = total === null ? null : Math.floor(course((age - queued) / working) * total);
      return { status: 'working', progress, total };
    },
  };
}

/** In `count` equal steps. */
const steps = (count: number) => (x: number) => Math.floor(x * count) / count;

/** Stands still at `done` for `share` of the whole time. */
const stall = (done: number, share: number) => (x: number) => {
  const standsFrom = done * (1 - share);
  if (x < standsFrom) return x / (1 - share);
  return x < standsFrom + share ? done : (x - share) / (1 - share);
};

/** Goes `factor` times as fast from `done` on. */
const change = (done: number, factor: number) => (x: number) => {
  const whole = done + (1 - done) / factor;
  const turn = done / whole;
  return x < turn ? x * whole : done + (x - turn) * whole * factor;
};

type Random = () => number;
const between = (random: Random, least: number, most: number) => least + (most - least) * random();
/** 10 s to 43 min. */
const anyDuration = (random: Random) => 10_000 * 2 ** between(random, 0, 8);

/** Those that the goal for steady shapes holds for: late by at most 1.5 s or 5 % of the duration, in 95 of 100 runs. */
export const steadyShapes: Record<string, (random: Random) => SimulatedJob> = {
  linear: (r) => jobOf(anyDuration(r), { total: Math.ceil(between(r, 10, 100)) }),
  'slow start, quadratic': (r) => jobOf(anyDuration(r), { course: (x) => x ** 2 }),
  'slow start, then even': (r) => jobOf(anyDuration(r), { course: change(between(r, 0.02, 0.15), between(r, 2, 4)) }),
  'fast start, quadratic': (r) => jobOf(anyDuration(r), { course: (x) => 1 - (1 - x) ** 2 }),
  'fast start, then even': (r) => jobOf(anyDuration(r), { course: change(between(r, 0.1, 0.4), between(r, 0.3, 0.6)) }),
  '4 steps': (r) => jobOf(anyDuration(r), { course: steps(4) }),
  '5 steps': (r) => jobOf(anyDuration(r), { course: steps(5) }),
  '10 steps': (r) => jobOf(anyDuration(r), { course: steps(10) }),
  '20 steps': (r) => jobOf(anyDuration(r), { course: steps(20) }),
  'queue, then linear': (r) => {
    const working = anyDuration(r);
    return jobOf(working, { queued: working * between(r, 0.1, 2) });
  },
  'slow-down late': (r) => jobOf(anyDuration(r), { course: change(between(r, 0.5, 0.9), between(r, 0.1, 0.5)) }),
  '1-16 s': (r) => {
    const total = Math.ceil(between(r, 5, 100));
    const working = 500 + total * between(r, 30, 120);
    return jobOf(working, { total, queued: between(r, 300, 3_500) });
  },
};

export const otherShapes: Record<string, (random: Random) => SimulatedJob> = {
  'linear 60 s': () => jobOf(60_000),
  'linear 10 min': () => jobOf(600_000),
  stall: (r) => jobOf(anyDuration(r), { course: stall(between(r, 0.02, 0.95), between(r, 0.3, 0.9)) }),
  'speed-up late': (r) => jobOf(anyDuration(r), { course: change(between(r, 0.5, 0.9), between(r, 2, 10)) }),
  'no total': (r) => jobOf(anyDuration(r), { total: null }),
};
