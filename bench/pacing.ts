/** Prints what the pacing rule costs over shapes of jobs: `npx tsx bench/pacing.ts`. Nothing is polled; it takes seconds. */
import { seededRandom } from '../dev/seeded-random';
import { nextLookAt } from '../src/activities/pacing';
import { jobOf, otherShapes, steadyShapes } from './pacing-shapes';
import { latenessGoal, quantile, simulateGroup, simulateWait, type WaitCost } from './simulate-pacing';

const SEEDS = 400;
const seconds = (ms: number) => Math.round(ms / 100) / 10;

function row(runs: WaitCost[]) {
  const of = (value: (run: WaitCost) => number, share: number) => quantile(runs.map(value), share);
  return {
    'looks p50': of((run) => run.looks, 0.5),
    'looks p95': of((run) => run.looks, 0.95),
    'looks max': of((run) => run.looks, 1),
    'late s p50': seconds(of((run) => run.lag, 0.5)),
    'late s p95': seconds(of((run) => run.lag, 0.95)),
    'late / goal p95': Math.round(100 * of((run) => run.lag / latenessGoal(run), 0.95)) / 100,
    'rounds max': of((run) => run.rounds, 1),
  };
}

const seeds = Array.from({ length: SEEDS }, (_, seed) => seed);
const shapes = Object.entries({ ...otherShapes, ...steadyShapes }).map(([name, make]) => {
  const runs = seeds.map((seed) => {
    const random = seededRandom(seed);
    return simulateWait(make(random), nextLookAt, { random, maxInterval: 3_600_000, head: 1_500 * random() });
  });
  return [name, row(runs)];
});
console.log(`One job, minInterval 1 s, maxInterval 1 h, ${SEEDS} seeds`);
console.table(Object.fromEntries(shapes));

const hours = [1, 5, 20].map((count) => {
  const job = jobOf(1_000, { queued: count * 3_600_000 });
  const runs = [60_000, 3_600_000].map((maxInterval) => {
    return simulateWait(job, nextLookAt, { random: seededRandom(1), maxInterval });
  });
  return [`${count} h`, { 'looks, maxInterval 1 min': runs[0]!.looks, 'looks, maxInterval 1 h': runs[1]!.looks }];
});
console.log('Hours in the queue');
console.table(Object.fromEntries(hours));

const groups = [2, 10, 30, 100].map((size) => {
  const runs = seeds.slice(0, 40).map((seed) => {
    const random = seededRandom(seed);
    const jobs = Array.from({ length: size }, () => jobOf(30_000 + 570_000 * random(), { queued: 60_000 * random() }));
    return simulateGroup(jobs, { random });
  });
  return [`${size} jobs`, row(runs)];
});
console.log('Many jobs in one wait, each of 0.5 to 10 min, default intervals');
console.table(Object.fromEntries(groups));
