import { formatDuration, toMilliseconds } from '../../src/common/duration';

test.each([
  [90_000, 90_000],
  ['90s', 90_000],
  ['1.5h', 5_400_000],
  ['15 minutes', 900_000],
  ['abc', NaN],
  ['', NaN],
  ['9'.repeat(200), NaN],
])('%p is %p ms', (duration, milliseconds) => {
  expect(toMilliseconds(duration)).toBe(milliseconds);
});

test.each([
  [40, '40ms'],
  [1530, '1.5s'],
  [60_000, '1m'],
  [90_000, '1.5m'],
  [100_000, '100s'],
  [5_400_000, '1.5h'],
  [86_400_000, '1d'],
])('%p ms reads %p', (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});
