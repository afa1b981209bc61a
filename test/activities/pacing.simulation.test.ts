import { jobOf, otherShapes, steadyShapes } from '../../bench/pacing-shapes';
import { latenessGoal, quantile, simulateGroup, simulateWait } from '../../bench/simulate-pacing';
import { seededRandom } from '../../dev/seeded-random';
import type { SimulatedJob, WaitCost } from '../../bench/simulate-pacing';
import { nextLookAt } from '../../src/activities/pacing';

const HOUR = 3_600_000;

/** 300 waits, from the same seeds in every run, with a maxInterval that does not bind. */
function waitsFor(make: (random: () => number) => SimulatedJob): WaitCost[] {
  return Array.from({ length: 300 }, (_, seed) => {
    const random = seededRandom(seed);
    return simulateWait(make(random), nextLookAt, { random, maxInterval: HOUR, head: 1_500 * random() });
  });
}

const looks = (runs: WaitCost[], share: number) =>
  quantile(
    runs.map((run) => run.looks),
    share,
  );

test('a linear job of 60 s takes at most 10 requests and is seen to end at most 1.5 s late', () => {
  const runs = waitsFor(otherShapes['linear 60 s']!);
  expect(looks(runs, 1)).toBeLessThanOrEqual(10);
  expect(Math.max(...runs.map((run) => run.lag))).toBeLessThanOrEqual(1_500);
  expect(looks(runs, 0.5)).toBeLessThanOrEqual(9);
  expect(
    quantile(
      runs.map((run) => run.lag),
      0.5,
    ),
  ).toBeLessThan(1_000);
});

test('a linear job of 10 min takes at most 20 requests', () => {
  const runs = waitsFor(otherShapes['linear 10 min']!);
  expect(looks(runs, 1)).toBeLessThanOrEqual(20);
  expect(Math.max(...runs.map((run) => run.lag))).toBeLessThanOrEqual(30_000);
});

const tenMinutes = [50, 100, 1000].flatMap((total) =>
  // Zendesk has been seen to count from 1, that is, not to tell 0.
  [0, 1].flatMap((from) => [
    { total, from, name: 'up to 1.5 s older than the wait', queued: () => 0, head: (r: number) => 1_500 * r },
    { total, from, name: 'up to 1.5 s younger', queued: (r: number) => 1_500 * r, head: () => 0 },
    { total, from, name: '2 s in the queue', queued: () => 2_000, head: () => 0 },
  ]),
);

test.each(tenMinutes)(
  'so it does with the default intervals: $total records, counted from $from, $name',
  ({ total, from, queued, head }) => {
    const runs = Array.from({ length: 300 }, (_, seed) => {
      const random = seededRandom(seed);
      const job = jobOf(600_000, { total, queued: queued(random()), course: (x) => Math.max(x, from / total) });
      return simulateWait(job, nextLookAt, { random, head: head(random()) });
    });
    expect(looks(runs, 1)).toBeLessThanOrEqual(20);
    expect(looks(runs, 0.5)).toBeLessThanOrEqual(19);
    expect(Math.max(...runs.map((run) => run.lag))).toBeLessThanOrEqual(30_000);
  },
);

test.each([null, 0, 1])('progress %p to the end: late by at most a quarter of the age, or 10 s', (progress) => {
  const runs = waitsFor((random) => {
    const duration = 10_000 * 2 ** (8 * random());
    return { duration, look: (age) => (age < duration ? { status: 'working', progress, total: 100 } : null) };
  });
  for (const { lag, age } of runs) expect(lag).toBeLessThanOrEqual(Math.max(10_000, age / 4));
});

test.each(Object.entries(steadyShapes))('%s: at most 1.5 s or 5 %% late in 95 of 100 waits', (_name, make) => {
  const runs = waitsFor(make);
  expect(
    quantile(
      runs.map((run) => run.lag / latenessGoal(run)),
      0.95,
    ),
  ).toBeLessThanOrEqual(1);
  expect(Math.max(...runs.map((run) => run.rounds))).toBeLessThanOrEqual(5);
});

test('jobs of 1 to 16 s take few looks', () => {
  const runs = waitsFor(steadyShapes['1-16 s']!);
  expect(looks(runs, 0.5)).toBeLessThanOrEqual(6);
  expect(looks(runs, 0.8)).toBeLessThanOrEqual(7);
  expect(looks(runs, 1)).toBeLessThanOrEqual(10);
});

test('a job that stood still is seen to end after at most a quarter of the age, or 10 s', () => {
  const excess = waitsFor(otherShapes.stall!).map((run) => run.lag - Math.max(10_000, run.age / 4));
  expect(quantile(excess, 0.99)).toBeLessThanOrEqual(0);
});

test.each(['no total', 'speed-up late'])('%s: late by at most a quarter of the age', (name) => {
  const runs = waitsFor(otherShapes[name]!);
  expect(Math.max(...runs.map((run) => (run.lag - 1_500) / run.age))).toBeLessThanOrEqual(0.25);
});

test('a job that has already ended is seen at the first look', () => {
  const ended = simulateWait(jobOf(5_000), nextLookAt, { random: seededRandom(1), head: 60_000 });
  expect(ended).toMatchObject({ looks: 1, rounds: 1 });
  expect(ended.lag).toBeLessThan(200);
});

test.each([
  ['in the queue', (ms: number) => jobOf(1_000, { queued: ms })],
  ['at work without a total', (ms: number) => jobOf(ms, { total: null })],
])('looks at a job %s grow like the logarithm of the time', (_name, make) => {
  const at = (hours: number) =>
    simulateWait(make(hours * HOUR), nextLookAt, { random: seededRandom(2), maxInterval: 24 * HOUR }).looks;
  expect(at(20)).toBeLessThanOrEqual(75);
  // Twice the time costs the same few looks, whether from 5 h or from 10 h.
  expect(at(10) - at(5)).toBeLessThanOrEqual(6);
  expect(at(20) - at(10)).toBeLessThanOrEqual(6);
});

test('20 h in the queue with the default intervals cost about a look a minute', () => {
  const { looks: count } = simulateWait(jobOf(1_000, { queued: 20 * HOUR }), nextLookAt, { random: seededRandom(3) });
  expect(count).toBeGreaterThan(1_150);
  expect(count).toBeLessThan(1_350);
});

test('100 jobs in one wait take fewer looks than jobs, and few rounds', () => {
  for (let seed = 0; seed < 20; seed++) {
    const random = seededRandom(seed);
    const jobs = Array.from({ length: 100 }, () => jobOf(30_000 + 570_000 * random(), { queued: 60_000 * random() }));
    const cost = simulateGroup(jobs, { random });
    expect(cost.looks).toBeLessThanOrEqual(90);
    expect(cost.rounds).toBeLessThanOrEqual(26);
    expect(cost.lag).toBeLessThanOrEqual(0.05 * cost.age);
  }
});
