import fc from 'fast-check';
import { newState, type WaitingTry } from '../../../src/workflows/bulk/bulk-state';
import { remainingRecords } from '../../../src/workflows/bulk/remaining';

const waiting = (firstIndex: number, count: number, positions?: number[]): WaitingTry => ({
  batch: { number: 1, firstIndex, count, repeatSafe: true },
  attempt: 1,
  ...(positions && { positions }),
});
const state = (tries: WaitingTry[], plan: { firstIndex: number; ended: boolean }) => ({
  ...newState('run', 0, 0),
  waiting: tries,
  plan: { cursor: null, number: 1, ...plan },
});

test('names the records that wait, and from where on nothing was read', () => {
  const tries = [waiting(500, 100), waiting(200, 100, [3, 4, 5, 90]), waiting(400, 100)];
  expect(remainingRecords(state(tries, { firstIndex: 600, ended: false }))).toEqual({
    ranges: [[203, 205], [290, 290], [400, 599]], // prettier-ignore
    fromIndex: 600,
  });
});

test('names nothing where the source has ended and nothing waits', () => {
  expect(remainingRecords(state([], { firstIndex: 600, ended: true }))).toEqual({ ranges: [], fromIndex: null });
});

test('names each waiting record once, whatever waits', () => {
  const positions = fc
    .uniqueArray(fc.integer({ min: 0, max: 99 }), { minLength: 1 })
    .map((list) => list.sort((a, b) => a - b));
  fc.assert(
    fc.property(fc.array(fc.option(positions, { nil: undefined })), (batches) => {
      const tries = batches.map((chosen, i) => waiting(i * 100, 100, chosen));
      const { ranges } = remainingRecords(state(tries, { firstIndex: 0, ended: true }));
      const named = ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
      const expected = batches.flatMap((chosen, i) =>
        (chosen ?? [...Array(100).keys()]).map((position) => i * 100 + position),
      );
      expect(named).toEqual(expected);
    }),
  );
});
