import type { FailingStart } from '../../../src/workflows/bulk/bulk-state';
import {
  attemptsBeforeReview,
  failingHalf,
  reviewFailingStart,
  type StartReview,
} from '../../../src/workflows/bulk/poisoned-starts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const review = (fields: Partial<StartReview>) =>
  reviewFailingStart({
    now: 10 * SECOND,
    sentAt: 0,
    lastAcceptedAt: -Infinity,
    othersPending: true,
    otherCallsSucceed: true,
    records: 100,
    ...fields,
  });
/** Reviews one after the other; `accepted` says between which of them another start was accepted. */
function decisions(accepted: boolean[], fields: Partial<StartReview> = {}): string[] {
  let failing: FailingStart | undefined = fields.failing;
  return accepted.map((other, i) => {
    const now = (i + 1) * 10 * SECOND;
    const found = review({ ...fields, now, failing, lastAcceptedAt: other ? now - SECOND : -Infinity });
    failing = found.failing;
    return found.decision;
  });
}

test('a start that fails while others are accepted is split', () => {
  expect(decisions([true, true])).toEqual(['retry', 'split']);
});

test('a start that was sent when others were accepted, and fails since then while other calls succeed, is split', () => {
  const failing = review({ now: 10 * SECOND, lastAcceptedAt: SECOND }).failing;
  const second = { failing, now: 25 * SECOND, lastAcceptedAt: SECOND };
  expect(review(second).decision).toBe('split');
  expect(review({ ...second, otherCallsSucceed: false }).decision).toBe('retry');
  expect(review({ ...second, records: 1 }).decision).toBe('retry');
});

test('one record that fails while others are accepted is at fault', () => {
  expect(decisions([true, true], { records: 1 })).toEqual(['retry', 'fail']);
});

test('in an outage nothing is at fault, however long it lasts', () => {
  const hours = Array.from({ length: 1_000 }, () => false);
  expect(new Set(decisions(hours))).toEqual(new Set(['retry']));
  expect(new Set(decisions([true, ...hours, true], { records: 1 }))).toEqual(new Set(['retry']));
});

describe('a half of a start that was split', () => {
  const split = { since: 0, firstSentAt: 0, reviewedAt: 20 * SECOND, reviews: 2, suspicions: 2 };
  const half = { failing: failingHalf(split), now: 40 * SECOND, records: 50 };

  test('is split after one more failure, if another start was accepted since then', () => {
    expect(review({ ...half, lastAcceptedAt: 30 * SECOND }).decision).toBe('split');
    expect(review({ ...half, lastAcceptedAt: 30 * SECOND, records: 1 }).decision).toBe('fail');
  });

  test('is not split in an outage that began meanwhile', () => {
    let { failing } = half;
    for (let now = 40 * SECOND; now < 200 * SECOND; now += 10 * SECOND) {
      const found = review({ ...half, failing, now, lastAcceptedAt: 10 * SECOND });
      expect(found.decision).toBe('retry');
      failing = found.failing;
    }
  });
});

describe('without another start to compare with', () => {
  const failing: FailingStart = { since: 0, firstSentAt: 0, reviewedAt: 9 * MINUTE, reviews: 5, suspicions: 0 };
  const alone = { failing, othersPending: false };

  test('a start is split after ten minutes in which other calls succeed', () => {
    expect(review({ ...alone, now: 9.9 * MINUTE }).decision).toBe('retry');
    expect(review({ ...alone, now: 10 * MINUTE }).decision).toBe('split');
    expect(review({ ...alone, now: 10 * MINUTE, otherCallsSucceed: false }).decision).toBe('retry');
    expect(review({ ...alone, now: 10 * MINUTE, othersPending: true }).decision).toBe('retry');
  });

  test('one record fails after half an hour', () => {
    expect(review({ ...alone, now: 29 * MINUTE, records: 1 }).decision).toBe('retry');
    expect(review({ ...alone, now: 30 * MINUTE, records: 1 }).decision).toBe('fail');
  });
});

test('the server retries a few times before the first reviews, and many times in an outage', () => {
  const failing = { since: 0, firstSentAt: 0, reviewedAt: 0, suspicions: 0 };
  expect([undefined, { ...failing, reviews: 2 }, { ...failing, reviews: 3 }].map(attemptsBeforeReview)).toEqual([
    3, 3, 15,
  ]);
  expect(attemptsBeforeReview(failingHalf({ ...failing, reviews: 2 }))).toBe(2);
});
