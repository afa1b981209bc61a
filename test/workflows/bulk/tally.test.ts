import fc from 'fast-check';
import type { BatchReport, BatchTry } from '../../../src/common/bulk';
import { BYTE_BUDGETS, jsonBytes } from '../../../src/common/byte-budgets';
import {
  addReport,
  addUncertain,
  emptyTally,
  FailureShares,
  removeCandidate,
  resultOf,
} from '../../../src/workflows/bulk/tally';
import { reportOf } from '../../../src/activities/bulk/batch-rows';

const batchTry = (number: number, positions?: number[]): BatchTry => ({
  batch: { number, firstIndex: (number - 1) * 100, count: 100, repeatSafe: false },
  attempt: 1,
  ...(positions && { positions }),
});
const candidate = (jobId: string) => ({
  jobId,
  jobType: null,
  status: 'queued',
  total: 100,
  progress: null,
  message: null,
});
const report = (fields: Partial<BatchReport>): BatchReport => ({
  end: 'finished',
  succeeded: 0,
  failed: 0,
  failures: [],
  retryPositions: [],
  uncertainPositions: [],
  ...fields,
});

test('every record is counted once: succeeded, failed and uncertain ones make the total', () => {
  const tally = emptyTally();
  addReport(tally, report({ succeeded: 90, failed: 4, failures: [{ index: 7, error: 'x' }], retryPositions: [1, 2] }));
  addUncertain(tally, batchTry(2), 'why', []);
  addUncertain(tally, batchTry(3, [5, 9]), 'why', []);
  expect(tally).toMatchObject({
    total: 196,
    succeeded: 90,
    failed: 4,
    failuresOmitted: 3,
    retried: 2,
    uncertainRecords: 102,
  });
  expect(tally.uncertain[1]).toMatchObject({ batch: 3, firstIndex: 200, count: 2, indexes: [205, 209] });
});

test('a job that turns out to be of other records is no candidate any more', () => {
  const tally = emptyTally();
  addUncertain(tally, batchTry(1), 'why', [candidate('V3-1'), candidate('V3-2')]);
  removeCandidate(tally, 'V3-1');
  expect(tally.uncertain[0]!.candidates.map(({ jobId }) => jobId)).toEqual(['V3-2']);
});

test('the result is in the order of the source', () => {
  const tally = emptyTally();
  addReport(
    tally,
    report({
      failed: 2,
      failures: [
        { index: 9, error: 'x' },
        { index: 3, error: 'x' },
      ],
    }),
  );
  addUncertain(tally, batchTry(2), 'why', []);
  addUncertain(tally, batchTry(1), 'why', []);
  const { failures, uncertain } = resultOf(tally);
  expect(failures.map(({ index }) => index)).toEqual([3, 9]);
  expect(uncertain.map(({ batch }) => batch)).toEqual([1, 2]);
});

describe('the budget of failures', () => {
  const rows = (count: number, details: string) =>
    Array.from({ length: count }, (_, index) => ({
      index,
      result: 'failed' as const,
      error: 'Failed',
      details,
      item: { details },
    }));

  test('holds with 30 batches that report at the same time, and with texts of any script', () => {
    const texts = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 400 });
    const batches = fc.array(fc.tuple(fc.integer({ min: 0, max: 100 }), texts), { minLength: 30, maxLength: 90 });
    fc.assert(
      fc.property(batches, (failing) => {
        const tally = emptyTally();
        const shares = new FailureShares(tally);
        for (let at = 0; at < failing.length; at += 30) {
          const together = failing.slice(at, at + 30).map(([count, text]) => {
            const owner = {};
            return { owner, count, text, budget: shares.reserve(owner, 30) };
          });
          for (const { owner, count, text, budget } of together) {
            addReport(tally, reportOf({ rows: rows(count, text), retryPositions: [] }, 0, budget));
            shares.release(owner);
          }
        }
        expect(jsonBytes(tally.failures)).toBeLessThanOrEqual(BYTE_BUDGETS.failures);
        expect(tally.failures.length).toBeLessThanOrEqual(1_000);
        expect(tally.failures.length + tally.failuresOmitted).toBe(tally.failed);
      }),
      { numRuns: 30 },
    );
  });

  test('goes to one batch as a whole where there is only one', () => {
    const shares = new FailureShares(emptyTally());
    expect(shares.reserve({}, 1)).toEqual({ rows: 1_000, bytes: BYTE_BUDGETS.failures - 2 });
    expect(shares.reserve({}, 1)).toEqual({ rows: 0, bytes: 0 });
  });

  test('is shared evenly among the batches that may report at the same time', () => {
    const shares = new FailureShares(emptyTally());
    const first = shares.reserve({}, 30);
    expect(first).toEqual({ rows: 33, bytes: Math.floor((BYTE_BUDGETS.failures - 2) / 30) });
    expect(shares.reservations).toBe(1);
    const free = { rows: 1_000 - first.rows, bytes: BYTE_BUDGETS.failures - 2 - first.bytes };
    expect(shares.reserve({}, 0)).toEqual(free);
    expect(shares.reservations).toBe(2);
  });

  test('is given back by a batch that did not use it', () => {
    const shares = new FailureShares(emptyTally());
    const owner = {};
    const first = shares.reserve(owner, 30);
    shares.release(owner);
    expect(shares.reserve({}, 30)).toEqual(first);
  });
});

test('the list of uncertain batches stays within its budget, whatever their number, and all records are counted', () => {
  const tally = emptyTally();
  const text = '日'.repeat(1_000);
  const all = Array.from({ length: 100 }, (_, position) => position);
  for (let number = 1; number <= 400; number++) {
    addUncertain(
      tally,
      batchTry(number, all),
      text,
      Array.from({ length: 20 }, (_, i) => candidate(`V3-${number}-${i}`)),
    );
  }
  expect(jsonBytes(tally.uncertain)).toBeLessThanOrEqual(BYTE_BUDGETS.uncertain);
  expect(tally.uncertain.length).toBeGreaterThan(20);
  expect(tally.uncertain.length + tally.uncertainOmitted).toBe(400);
  expect(tally.uncertainRecords).toBe(40_000);
});

describe('an uncertain batch', () => {
  test('has the first 500 bytes of the reason and the first five candidates', () => {
    const tally = emptyTally();
    const candidates = Array.from({ length: 6 }, (_, i) => candidate(`V3-${i}`));
    addUncertain(tally, batchTry(1), 'x'.repeat(501), candidates);
    expect(tally.uncertain).toEqual([
      { batch: 1, firstIndex: 0, count: 100, reason: `${'x'.repeat(497)}…`, candidates: candidates.slice(0, 5) },
    ]);
  });

  test.each([
    ['is listed where it just fits the budget', 0, 2, 0],
    ['is only counted where it is a byte too long', 1, 1, 1],
  ])('%s', (_, tooMany, listed, omitted) => {
    const alone = emptyTally();
    addUncertain(alone, batchTry(2), 'why', []);
    const second = jsonBytes(alone.uncertain) - 2; // brackets
    const tally = emptyTally();
    addUncertain(tally, batchTry(1), 'why', [{ ...candidate('V3-1'), message: '' }]);
    const room = BYTE_BUDGETS.uncertain - jsonBytes(tally.uncertain) - second - 1; // a comma
    tally.uncertain[0]!.candidates[0]!.message = 'x'.repeat(room + tooMany);
    addUncertain(tally, batchTry(2), 'why', []);
    expect([tally.uncertain.length, tally.uncertainOmitted, tally.uncertainRecords]).toEqual([listed, omitted, 200]);
  });
});
