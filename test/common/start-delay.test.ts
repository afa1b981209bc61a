import fc from 'fast-check';
import { startDelay } from '../../src/common/start-delay';

test.each([
  [1, 0, undefined, 2_000],
  [1, 1, undefined, 3_000],
  [2, 0, undefined, 4_000],
  [5, 0, undefined, 32_000],
  [6, 0, undefined, 60_000],
  [1000, 0, undefined, 60_000],
  [1, 0, 30_000, 30_000],
  [7, 0.5, 30_000, 32_500],
  [1, 1, 1_800_000, 1_805_000],
])('after refusal %p (chance %p, Retry-After %p): %p ms', (refusals, random, retryAfter, delay) => {
  expect(startDelay(refusals, random, retryAfter)).toBe(delay);
});

test('a start is never sent before the time that Zendesk asked for, nor more than five seconds after it', () => {
  const facts = [
    fc.integer({ min: 1, max: 50 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.integer({ min: 1, max: 3_600_000 }),
  ] as const;
  fc.assert(
    fc.property(...facts, (refusals, random, retryAfter) => {
      const delay = startDelay(refusals, random, retryAfter);
      expect(delay).toBeGreaterThanOrEqual(retryAfter);
      expect(delay).toBeLessThanOrEqual(retryAfter + 5_001);
    }),
  );
});
