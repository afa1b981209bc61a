/** How much of the work is done (0 to 1) after a fraction (0 to 1) of the working time. */
export type ProgressCurve = (fraction: number) => number;

/**
 * - `linear`: the same number of records each second.
 * - `slow-start`, `fast-start`: most records in the last, or in the first, part of the time.
 * - `stall`: half way after 20 % of the time, then nothing until 80 %, then the rest.
 * - `steps`: a quarter of the records at a time.
 * - `no-total`: linear, but `total` and `progress` stay null, as for permanent ticket deletion.
 */
export type JobShape = 'linear' | 'slow-start' | 'fast-start' | 'stall' | 'steps' | 'no-total';

const linear: ProgressCurve = (fraction) => fraction;

export const jobShapes: Record<JobShape, ProgressCurve> = {
  linear,
  'slow-start': (fraction) => fraction ** 3,
  'fast-start': (fraction) => 1 - (1 - fraction) ** 3,
  stall: (fraction) => {
    if (fraction < 0.2) return fraction * 2.5;
    if (fraction < 0.8) return 0.5;
    return 1 - (1 - fraction) * 2.5;
  },
  steps: (fraction) => Math.floor(fraction * 4) / 4,
  'no-total': linear,
};
