import { lookDelay, type JobPace, type Look } from '../../src/activities/look-delay';

const NOW = 1_800_000_000_000;

const working = (progress: number | null, total: number | null = 100): Look => ({ status: 'working', progress, total });
const queued: Look = { status: 'queued', progress: null, total: 100 };

interface Given {
  /** Milliseconds that the wait is old, and that the job was seen to work. */
  age?: number;
  worked?: number;
  /** The last checkpoint: so many ms ago, at that progress. */
  checkpoint?: [ago: number, progress: number | null];
  random?: number;
}

function delayOf(look: Look | null, { age = 1_000_000, worked, checkpoint, random = 0 }: Given): number {
  const pace: JobPace = {
    workingSince: worked === undefined ? null : NOW - worked,
    before: checkpoint ? { at: NOW - checkpoint[0], progress: checkpoint[1] } : null,
  };
  const shared = { now: NOW, waitStartedAt: NOW - age, minInterval: 1, maxInterval: Infinity, random };
  return lookDelay(look, { ...shared, ...pace });
}

type Case = [title: string, look: Look | null, given: Given, delay: number];

const states = (cases: Case[]) =>
  test.each(cases)('%s', (_title, look, given, delay) => expect(delayOf(look, given)).toBeCloseTo(delay, 1));

describe('a job that does not work yet is polled after a fifth of the age of the wait', () => {
  states([
    ['while it is queued', queued, { age: 60_000 }, 12_000],
    ['while Zendesk does not show it', null, { age: 60_000 }, 12_000],
    ['and up to a tenth sooner by chance', queued, { age: 60_000, random: 0.5 }, 11_400],
    ['whatever was seen of its work before', queued, { age: 60_000, worked: 10_000, checkpoint: [10_000, 5] }, 12_000],
  ]);
});

describe('a job that begins is polled after as long again as it has worked, and a second', () => {
  states([
    ['with no record done', working(0), { worked: 3_000 }, 4_000],
    ['without a progress', working(null), { worked: 3_000 }, 4_000],
    ['at the first record, from which Zendesk counts', working(1), { worked: 3_000 }, 4_000],
    ['at the first of five records', working(1, 5), { worked: 20_000 }, 7_500],
    ['but after 7.5 s at most', working(0), { worked: 10_000 }, 7_500],
    ['or a fifth of the working time, if that is more', working(0), { worked: 100_000 }, 20_000],
    ['where the work was not seen to begin: at once', working(0), {}, 1_001],
    ['where it began after the last checkpoint: counted from there', working(0), { checkpoint: [2_000, null] }, 3_000],
  ]);
});

describe('a job without a usable progress is polled after a fifth of the time since the last checkpoint', () => {
  states([
    ['without a total', working(3, null), { worked: 90_000, checkpoint: [20_000, null] }, 4_000],
    ['without both counts', working(null, null), { worked: 90_000, checkpoint: [20_000, null] }, 4_000],
    ['with none done of fewer than five records', working(0, 4), { worked: 90_000, checkpoint: [20_000, null] }, 4_000],
    ['with all records done', working(100), { worked: 90_000, checkpoint: [30_000, 76] }, 6_000],
    ['with more than all records done', working(101), { worked: 90_000, checkpoint: [30_000, 76] }, 6_000],
    ['with no progress since', working(50), { worked: 90_000, checkpoint: [40_000, 50] }, 8_000],
    ['with a progress that went back', working(49), { worked: 90_000, checkpoint: [40_000, 50] }, 8_000],
    ['or since it was seen to work', working(3, null), { worked: 50_000 }, 10_000],
    ['or at once', working(3, null), {}, 0],
  ]);
});

describe('with one rate only, a job is polled after a third of the time that is left', () => {
  states([
    ['at half of the records after 30 s', working(50), { worked: 30_000 }, 10_000],
    ['which counts from a sixth of the age, where the work began unseen', working(50), { age: 60_000 }, 10_000 / 3],
    [
      'by the rate since the last checkpoint, if that is the faster one',
      working(40),
      { worked: 40_000, checkpoint: [20_000, 0] },
      10_000,
    ],
    [
      'by the rate of all the work, if that is the faster one',
      working(70),
      { worked: 40_000, checkpoint: [60_000, 10] },
      ((30 / 70) * 40_000) / 3,
    ],
    [
      'also where the checkpoint was at the begin of the work',
      working(70),
      { worked: 40_000, checkpoint: [40_000, 10] },
      ((30 / 70) * 40_000) / 3,
    ],
    ['but after as long again as it has worked, at most', working(7), { worked: 2_000 }, 3_000],
    ['after 7.5 s and a quarter of that at most, with two steps seen', working(40), { worked: 40_000 }, 17_500],
    ['after 30 s and a quarter of that at most, with three steps seen', working(30), { worked: 60_000 }, 45_000],
    ['of four records, the first is a rate already', working(1, 4), { worked: 9_000 }, 9_000],
    ['of many records, the second is', working(2, 100), { worked: 1_000 }, 2_000],
    ['in the very moment that it is seen to work', working(50), { worked: 0 }, 1],
  ]);
});

describe('with two rates, a job is polled after 45 % of the time that is left', () => {
  states([
    ['at an even rate', working(50), { worked: 50_000, checkpoint: [24_000, 26] }, 22_500],
    ['at a rate that has grown', working(60), { worked: 60_000, checkpoint: [20_000, 20] }, 9_000],
    ['at a rate that is four fifths of the one before', working(11_250, 100_000), evenRate(1), 71_000],
    [
      'but after a fifth of the working time at most, if the rate has fallen by more',
      working(64, 200),
      { worked: 100_000, checkpoint: [70_000, 50] },
      20_000,
    ],
    [
      'with a rate that has fallen, and less than that left',
      working(64, 70),
      { worked: 100_000, checkpoint: [70_000, 50] },
      (6 / 64) * 100_000,
    ],
  ]);

  /** 62.5 % of a record a ms until the checkpoint, 50 % since. */
  function evenRate(scale: number): Given {
    return { worked: 20_000 * scale, checkpoint: [10_000 * scale, 6_250 * scale] };
  }

  describe('until the end is near', () => {
    states([
      [
        'a third of the working time, at a steady rate',
        working(81),
        { worked: 81_000, checkpoint: [31_000, 50] },
        19_000,
      ],
      ['not before that', working(75), { worked: 75_000, checkpoint: [25_000, 50] }, 0.45 * 25_000],
      ['not at a rate of exactly four fifths', working(112_500, 135_000), evenRate(10), 0.45 * 40_000],
      [
        'not at a rate of exactly five fourths',
        working(112_500, 137_500),
        { worked: 200_000, checkpoint: [100_000, 50_000] },
        0.45 * 40_000,
      ],
      [
        'at an unsteady rate: 15 % of the working time',
        working(90),
        { worked: 100_000, checkpoint: [40_000, 30] },
        4_000,
      ],
      ['and not before that', working(73), { worked: 100_000, checkpoint: [40_000, 30] }, 0.45 * (27 / 43) * 40_000],
      ['or 5 s', working(72), { worked: 10_000 }, (28 / 72) * 10_000],
      ['and not exactly 5 s', working(2_001, 3_001), { worked: 10_005 }, 5_000 / 3],
    ]);
  });
});

describe('a job whose end is near is polled at its end, if it is a step further than it says: soon after that', () => {
  states([
    [
      'by 4 % of the working time',
      working(80),
      { worked: 81_000, checkpoint: [31_000, 50] },
      // 10 of 40 records in steps of 10
      (10 / 40) * 31_000 + 0.04 * 81_000,
    ],
    ['or by a second', working(80), { worked: 8_000, checkpoint: [3_000, 50] }, (10 / 40) * 3_000 + 1_000],
    [
      'but not before 45 % of the time that is left',
      working(80),
      { worked: 81_000, checkpoint: [20_000, 60] },
      0.45 * 20_000,
    ],
  ]);
});
