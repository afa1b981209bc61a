import {
  nextLookAfterTrouble,
  nextLookAt,
  nextLookForMany,
  type Look,
  type PaceFacts,
  type TroubleFacts,
} from '../../src/activities/pacing';

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const START = 1_800_000_000_123;

const queued: Look = { status: 'queued', progress: null, total: 100 };
const working = (progress: number | null, total: number | null = 100): Look => ({ status: 'working', progress, total });

/** Facts of a wait of that age, with bounds that do not bind unless a test sets them. */
function facts(age: number, more: Partial<PaceFacts> = {}): PaceFacts {
  return {
    now: START + age,
    waitStartedAt: START,
    workingSince: null,
    before: null,
    minInterval: SECOND,
    maxInterval: HOUR,
    random: 0,
    ...more,
  };
}

const delayOf = (look: Look | null, given: PaceFacts) => nextLookAt(look, given) - given.now;
const seen = (workedFor: number, age = workedFor) => ({ workingSince: START + age - workedFor });
const before = (at: number, progress: number | null) => ({ before: { at: START + at, progress } });

describe('the delay to the next look at one job', () => {
  test.each<[string, Look | null, PaceFacts, number, number]>([
    ['a job seen for the first time', queued, facts(60), 1, 1.2],
    ['a job that is not visible yet', null, facts(60), 1, 1.2],
    ['queued for 1 min: a fifth of the age', queued, facts(MINUTE), 12, 14],
    ['queued for 1 h: a fifth of the age', queued, facts(HOUR), 12 * 60, 14 * 60],
    ['queued, at most a tenth sooner by chance', queued, facts(MINUTE, { random: 0.999 }), 10.8, 12.5],
    ['first seen at work after an hour in the queue, nothing done', working(0), facts(HOUR), 1, 1.2],
    ['the same, at the first record', working(1), facts(HOUR), 1, 1.2],
    ['the same, without a total', working(null, null), facts(HOUR), 1, 1.2],
    ['20 s queued, 1 % done: not 30 min to go', working(1), facts(20 * SECOND), 1, 5],
    [
      '10 s at work, nothing done of 100: as long again, but not over 7.5 s',
      working(0),
      facts(10_000, seen(10_000)),
      7.5,
      8.5,
    ],
    ['the same, where Zendesk tells no progress yet', working(null), facts(10_000, seen(10_000)), 7.5, 8.5],
    ['100 s at work, nothing done: a fifth of that time', working(0), facts(100_000, seen(100_000)), 20, 22.5],
    ['7 % in 42 s, in steps of 1 %: about as long again', working(7), facts(42_000, seen(42_000)), 40, 44],
    ['20 % in 42 s, perhaps one step: not that long', working(20), facts(42_000, seen(42_000)), 18, 20.5],
    ['works without a total', working(null, null), facts(100_000, { ...seen(50_000, 100_000) }), 10, 12],
    ['40 % in 40 s: far, with one rate only', working(40), facts(40_000, seen(40_000)), 17, 20],
    [
      '50 % in 50 s at an even rate: under half way to the end',
      working(50),
      facts(50_000, { ...seen(50_000), ...before(26_000, 26) }),
      20,
      26,
    ],
    [
      '81 % in 81 s at an even rate: straight to the end',
      working(81),
      facts(81_000, { ...seen(81_000), ...before(50_000, 50) }),
      17.5,
      21,
    ],
    [
      'in steps of 20 %: perhaps a step further than it says',
      working(80),
      facts(81_000, { ...seen(81_000), ...before(61_000, 60) }),
      1,
      10,
    ],
    [
      'twice as fast since the last checkpoint: the new rate counts',
      working(80),
      facts(60_000, { ...seen(60_000), ...before(40_000, 40) }),
      4,
      9,
    ],
    [
      'slowed down to a crawl: no more than a fifth of the working time',
      working(51),
      facts(200_000, { ...seen(200_000), ...before(50_000, 50) }),
      1,
      45,
    ],
    [
      'nothing has moved since the last checkpoint, 100 s ago',
      working(50),
      facts(300_000, { ...seen(300_000), ...before(200_000, 50) }),
      20,
      22.5,
    ],
    [
      'all done but still working since 50 s',
      working(100),
      facts(110_000, { ...seen(110_000), ...before(60_000, 76) }),
      10,
      12,
    ],
    ['progress went backwards', working(20), facts(100_000, { ...seen(100_000), ...before(50_000, 50) }), 10, 12],
    [
      'a status that Zendesk does not document',
      { ...working(40), status: 'paused' },
      facts(40_000, seen(40_000)),
      17,
      20,
    ],
  ])('%s', (_name, look, given, least, most) => {
    expect(delayOf(look, given)).toBeGreaterThanOrEqual(least * SECOND);
    expect(delayOf(look, given)).toBeLessThanOrEqual(most * SECOND);
  });
});

describe('bounds', () => {
  const ages = [0, 1, 700, 5_000, 61_234, 10 * MINUTE, 20 * HOUR];
  const intervals = [
    [100, 100],
    [100, SECOND],
    [SECOND, SECOND],
    [SECOND, MINUTE],
    [90 * SECOND, 100 * SECOND],
  ] as const;
  const cases = ages.flatMap((age) => intervals.map(([min, max]) => ({ age, min, max })));

  test.each(cases)('age $age ms: never sooner than $min ms, never later than $max ms', ({ age, min, max }) => {
    for (const look of [null, queued, working(0), working(1), working(99), working(100), working(3, null)]) {
      for (const random of [0, 0.5, 0.999]) {
        const given = facts(age, { minInterval: min, maxInterval: max, random });
        const delay = delayOf(look, given);
        expect(Number.isInteger(delay)).toBe(true);
        expect(delay).toBeGreaterThanOrEqual(min);
        expect(delay).toBeLessThanOrEqual(max);
      }
    }
  });

  /** On every grid up to 512 s. */
  const T = 1_800_000_000_000;
  /** The next poll of a job that is queued, from T: a fifth of the age of the wait later, before it is moved to the grid. */
  const nextFromT = (now: number, age: number, more: Partial<PaceFacts> = {}) =>
    nextLookAt(queued, { ...facts(0), now: T + now, waitStartedAt: T + now - age, ...more }) - T;

  test.each<[string, number, number, Partial<PaceFacts>, number]>([
    ['60 s: up to the next 4 s', 1, 300_000, {}, 64_000],
    ['60 s, on the grid already', 0, 300_000, {}, 60_000],
    ['just below 64 s: up to the next 4 s', 1, 319_995, {}, 64_000],
    ['64 s: up to the next 8 s', 1, 320_000, {}, 72_000],
    ['1 s: up to the next eighth of a second', 1, 5_000, {}, 1_125],
    ['half a second: up to the next sixteenth, in whole ms', 1, 2_500, { minInterval: 100 }, 563],
    ['where up is later than maxInterval: down', 1, 300_000, { maxInterval: 60_000 }, 60_000],
    ['where that is as late as minInterval: down', 1, 300_000, { minInterval: 59_999, maxInterval: 60_000 }, 60_000],
    ['where up is as late as maxInterval: up', 0, 300_000, { maxInterval: 60_000 }, 60_000],
    ['where neither is within the bounds: not moved', 1, 300_000, { minInterval: 60_000, maxInterval: 60_000 }, 60_001],
  ])('a delay is moved to the grid: %s', (_name, now, age, more, at) => {
    expect(nextFromT(now, age, more)).toBe(at);
  });

  test.each<[string, PaceFacts['rateLimit'], number]>([
    ['a tenth left: as usual', { limit: 700, remaining: 70 }, 10_000],
    ['a twentieth left: twice as long', { limit: 700, remaining: 35 }, 20_000],
    ['a limit of 0: as usual', { limit: 0, remaining: 5 }, 10_000],
    ['a twentieth left: until the reset', { limit: 700, remaining: 35, resetsIn: 15_000 }, 15_000],
    [
      'a twentieth left, and a reset before the next poll: as usual',
      { limit: 700, remaining: 35, resetsIn: 5_000 },
      10_000,
    ],
    ['one left: ten times as long', { limit: 700, remaining: 1, resetsIn: 300_000 }, 104_000],
    ['one left, the reset unknown: a minute', { limit: 700, remaining: 1 }, 60_000],
    ['none left: until the reset', { limit: 700, remaining: 0, resetsIn: 40_000 }, 40_000],
    ['none left, the reset long ago: as usual', { limit: 700, remaining: 0, resetsIn: 0 }, 10_000],
    ['none left, the reset in an hour: ten minutes', { limit: 700, remaining: 0, resetsIn: HOUR }, 640_000],
  ])('a delay of 10 s is stretched while requests are scarce: %s', (_name, rateLimit, at) => {
    expect(nextFromT(0, 50_000, { rateLimit })).toBe(at);
  });

  test.each([
    [1, 1_125],
    [2, 26_000],
    [100, 52_000],
  ])('%d jobs, one of which asks for a second, are polled after their share of 5 %% of the age', (count, at) => {
    const { workingSince, before: noCheckpoint, ...shared } = facts(0);
    const jobs = [working(0), ...Array.from({ length: count - 1 }, () => queued)].map((look) => {
      return { look, workingSince, before: noCheckpoint };
    });
    expect(nextLookForMany(jobs, { ...shared, now: T, waitStartedAt: T - 1_000_000 }) - T).toBe(at);
  });

  test('waits of different ages come to look at the same instants', () => {
    const instants = new Set<number>();
    for (let age = 60 * SECOND; age < 62 * SECOND; age += 10) instants.add(nextLookAt(queued, facts(age)));
    expect([...instants].every((at) => at % SECOND === 0)).toBe(true);
    expect(instants.size).toBeLessThanOrEqual(4);
  });

  test('long waits still meet where maxInterval binds', () => {
    const at = nextLookAt(queued, facts(20 * HOUR, { maxInterval: MINUTE }));
    expect(at % (4 * SECOND)).toBe(0);
  });
});

describe('the account runs low on requests', () => {
  const with10s = (rateLimit: PaceFacts['rateLimit'], more: Partial<PaceFacts> = {}) =>
    delayOf(queued, facts(50 * SECOND, { rateLimit, ...more })) / SECOND;

  test.each<[string, PaceFacts['rateLimit'], number, number]>([
    ['plenty left', { limit: 700, remaining: 600 }, 10, 12],
    ['a tenth left', { limit: 700, remaining: 70 }, 10, 12],
    ['a twentieth left: twice as long', { limit: 700, remaining: 35 }, 20, 23],
    ['one left: ten times as long, not seventy', { limit: 700, remaining: 1, resetsIn: 300_000 }, 100, 113],
    ['one left, reset unknown: a minute', { limit: 700, remaining: 1 }, 60, 68],
    ['a twentieth left, but reset in 15 s', { limit: 700, remaining: 35, resetsIn: 15_000 }, 15, 17],
    ['none left: not before the reset', { limit: 700, remaining: 0, resetsIn: 40_000 }, 40, 46],
    ['none left, reset unknown: a minute', { limit: 700, remaining: 0 }, 60, 68],
    ['none left, reset in a year: ten minutes', { limit: 700, remaining: 0, resetsIn: 365 * 24 * HOUR }, 600, 680],
    ['a limit of 0', { limit: 0, remaining: 5 }, 10, 12],
  ])('%s', (_name, rateLimit, least, most) => {
    expect(with10s(rateLimit)).toBeGreaterThanOrEqual(least);
    expect(with10s(rateLimit)).toBeLessThanOrEqual(most);
  });

  test('stretching stays below maxInterval, waiting for the reset does not', () => {
    expect(with10s({ limit: 700, remaining: 1 }, { maxInterval: 30_000 })).toBeLessThanOrEqual(30);
    expect(with10s({ limit: 700, remaining: 0, resetsIn: 50_000 }, { maxInterval: 30_000 })).toBeGreaterThanOrEqual(50);
  });
});

describe('a wait for many jobs', () => {
  const { workingSince, before: noCheckpoint, ...shared } = facts(10 * MINUTE, { maxInterval: MINUTE });
  const job = (look: Look | null) => ({ look, workingSince, before: noCheckpoint });

  test('of one job is paced as that job alone', () => {
    expect(nextLookForMany([job(queued)], shared)).toBe(nextLookAt(queued, { ...shared, workingSince, before: null }));
  });

  test('looks as soon as the soonest job asks for, while the wait is young', () => {
    const young = { ...shared, now: START + 10_000 };
    const alone = nextLookForMany([job(working(0))], young);
    expect(nextLookForMany([job(queued), job(working(0)), job(null)], young)).toBe(alone);
    expect(nextLookForMany([job(queued)], young)).toBeGreaterThan(alone);
  });

  test('of 100 jobs is not hurried by one that is about to end', () => {
    const soon = nextLookForMany([job(working(0))], shared) - shared.now;
    const many =
      nextLookForMany([job(working(0)), ...Array.from({ length: 99 }, () => job(queued))], shared) - shared.now;
    expect(soon).toBeLessThan(2 * SECOND);
    expect(many).toBeGreaterThanOrEqual(0.049 * 10 * MINUTE);
    expect(many).toBeLessThanOrEqual(MINUTE);
  });
});

describe('the delay after a look that failed', () => {
  const delayAfter = (age: number, attempt: number, more: Partial<TroubleFacts> = {}) =>
    nextLookAfterTrouble({
      now: START + age,
      waitStartedAt: START,
      attempt,
      minInterval: SECOND,
      maxInterval: MINUTE,
      random: 0,
      ...more,
    }) -
    (START + age);

  test.each([
    ['at once: a second', 0, 1, {}, 1],
    ['first attempt of a later round: a second', HOUR, 1, {}, 1],
    ['third attempt: four seconds', HOUR, 3, {}, 4],
    ['third attempt, up to a quarter later by chance', HOUR, 3, { random: 0.96 }, 4.96],
    ['many attempts, but a young wait: a fifth of its age', 20 * SECOND, 12, {}, 4],
    ['many attempts: maxInterval', HOUR, 5_000, {}, 60],
    ['never a hot loop, whatever minInterval', 0, 1, { minInterval: 100 }, 1],
    ['never below minInterval', 0, 1, { minInterval: 5_000 }, 5],
    ['Retry-After', HOUR, 9, { retryAfter: 7_000 }, 7],
    ['Retry-After, up to a second later by chance', HOUR, 9, { retryAfter: 7_000, random: 0.5 }, 7.5],
    ['Retry-After beyond maxInterval', HOUR, 1, { retryAfter: HOUR }, 3_600],
    ['Retry-After below minInterval', HOUR, 1, { retryAfter: 10 }, 1],
    ['Retry-After and a fraction, in whole ms', HOUR, 1, { retryAfter: 7_000, random: 0.0005 }, 7.001],
    ['third attempt and a fraction, in whole ms', HOUR, 3, { random: 0.4999 }, 4.5],
  ])('%s', (_name, age, attempt, more, seconds) => {
    expect(delayAfter(age, attempt, more)).toBe(seconds * SECOND);
  });

  test('is never sooner than Retry-After asks for', () => {
    for (let i = 0; i < 100; i++) {
      expect(delayAfter(i * 777, i + 1, { retryAfter: 33_333, random: i / 100 })).toBeGreaterThanOrEqual(33_333);
    }
  });
});
