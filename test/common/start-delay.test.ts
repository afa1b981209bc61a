import { startDelay } from '../../src/common/start-delay';

test.each([
  [1, 0, undefined, 2_000],
  [1, 1, undefined, 3_000],
  [2, 0, undefined, 4_000],
  [5, 0, undefined, 32_000],
  [6, 0, undefined, 60_000],
  [1000, 0, undefined, 60_000],
  [1, 0, 30_000, 30_000],
  [7, 0.5, 30_000, 37_500],
])('after refusal %p (chance %p, Retry-After %p): %p ms', (refusals, random, retryAfter, delay) => {
  expect(startDelay(refusals, random, retryAfter)).toBe(delay);
});
