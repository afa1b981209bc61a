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

test('a start that fails twice in a row, while others are accepted, is split', () => {
  expect(decisions([true, true])).toEqual(['retry', 'split']);
});

test('one record that fails so is at fault', () => {
  expect(decisions([true, true], { records: 1 })).toEqual(['retry', 'fail']);
});

test('in an outage nothing is at fault, however long it lasts', () => {
  const hours = Array.from({ length: 1_000 }, () => false);
  expect(new Set(decisions([true, ...hours, true]))).toEqual(new Set(['retry']));
});

test('a half of a start that was split is at fault after one more failure while another start is accepted', () => {
  const failing = failingHalf({ since: 0, reviewedAt: 20 * SECOND, reviews: 2, suspicions: 2 });
  const half = { failing, now: 40 * SECOND, records: 50 };
  expect(review({ ...half, lastAcceptedAt: 30 * SECOND }).decision).toBe('split');
  expect(review({ ...half, lastAcceptedAt: 10 * SECOND }).decision).toBe('retry');
});

describe('without another start to compare with', () => {
  const failing: FailingStart = { since: 0, reviewedAt: 9 * MINUTE, reviews: 5, suspicions: 0 };
  const alone = { failing, othersPending: false };

  test('it is split after ten minutes in which other calls succeed', () => {
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
  expect(attemptsBeforeReview(undefined)).toBe(3);
  expect(attemptsBeforeReview({ since: 0, reviewedAt: 0, reviews: 2, suspicions: 0 })).toBe(3);
  expect(attemptsBeforeReview({ since: 0, reviewedAt: 0, reviews: 3, suspicions: 0 })).toBe(15);
});
