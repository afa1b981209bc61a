import { CursorHistory } from '../../../src/workflows/bulk/cursor-history';
import { jsonBytes } from '../../../src/common/byte-budgets';

const digest = (page: number) => `page-${page}`.padEnd(9, '-');
/** Reads pages one planning at a time, each in a new run of the workflow; returns how many pages were read before the cycle was noticed. */
function pagesRead(pageAt: (i: number) => number, most: number): number {
  let state: ReturnType<CursorHistory['toState']> | undefined;
  for (let at = 0; at < most; at += 30) {
    const history = new CursorHistory(state);
    const pages = Array.from({ length: 30 }, (_, i) => digest(pageAt(at + i)));
    if (!history.add(pages)) return at;
    state = JSON.parse(JSON.stringify(history.toState())) as typeof state;
    expect(jsonBytes(state)).toBeLessThan(20_000);
  }
  return most;
}

test('a source that always moves on is never suspected', () => {
  expect(pagesRead((i) => i, 20_000)).toBe(20_000);
});

test.each([1, 40, 700, 1_000])('a cycle of %p pages is noticed before a page is used twice', (length) => {
  expect(pagesRead((i) => i % length, 20_000)).toBeLessThanOrEqual(length);
});

test.each([
  [0, 1_500],
  [250, 3_000],
])('after %p pages, a cycle of %p is noticed within a few rounds', (before, length) => {
  const read = pagesRead((i) => (i < before ? i : before + ((i - before) % length)), 50_000);
  expect(read).toBeLessThan(before + 4 * length);
});
