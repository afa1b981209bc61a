import fc from 'fast-check';
import { jsonBytes } from '../../src/common/byte-budgets';
import { boundRows } from '../../src/common/result-rows';
import type { ZendeskItemResult } from '../../src/common/types';
import { outcomeWith } from './support/outcomes';

const created = (index: number): ZendeskItemResult => ({ index, id: index, ok: true });
const failed = (index: number, details = 'Name: is too short'): ZendeskItemResult => ({
  index,
  ok: false,
  error: 'UserCreateError',
  details,
});
const both = () => [outcomeWith([created(0), failed(1)]), outcomeWith([failed(0), created(1)])];
const size = (rows: unknown[]) => rows.reduce<number>((sum, row) => sum + jsonBytes(row) + 1, 0);

test('rows that fit are kept', () => {
  const outcomes = both();
  const bytes = boundRows(outcomes, 1_000_000);
  expect(outcomes).toEqual(both());
  expect(bytes).toBe(size(outcomes.flatMap(({ results }) => results)));
});

test('rows that failed stay, the others go and are counted', () => {
  const outcomes = both();
  const rows = outcomes.flatMap(({ results }) => results.filter(({ ok }) => !ok));
  expect(boundRows(outcomes, size(rows))).toBe(size(rows));
  expect(outcomes.flatMap(({ results }) => results)).toEqual(rows);
  expect(outcomes.map(({ resultsOmitted }) => resultsOmitted)).toEqual([1, 1]);
  expect(outcomes.map(({ succeeded }) => succeeded)).toEqual([1, 1]);
});

test('without a budget no row stays', () => {
  for (const budget of [0, -1]) {
    const outcomes = both();
    expect(boundRows(outcomes, budget)).toBe(0);
    expect(outcomes.map(({ results, resultsOmitted }) => [results, resultsOmitted])).toEqual([
      [[], 2],
      [[], 2],
    ]);
  }
});

test('bytes are counted, not characters', () => {
  const outcomes = [outcomeWith([failed(0, '日'.repeat(100))])];
  expect(boundRows(outcomes, JSON.stringify(outcomes[0]!.results[0]).length + 1)).toBe(0);
});

test('an outcome that is there several times counts so often', () => {
  const outcome = outcomeWith([failed(0), failed(1)]);
  expect(boundRows([outcome, outcome, outcome], 3 * size([failed(0)]))).toBe(3 * size([failed(0)]));
  expect(outcome).toMatchObject({ results: [failed(0)], resultsOmitted: 1 });
});

test('whatever the rows are, they fit the budget and each of them is kept or counted', () => {
  const row = fc.record({ index: fc.nat(), ok: fc.boolean(), details: fc.string({ unit: 'binary', maxLength: 300 }) });
  const jobs = fc.array(fc.record({ rows: fc.array(row, { maxLength: 20 }), times: fc.integer({ min: 1, max: 4 }) }), {
    maxLength: 10,
  });
  fc.assert(
    fc.property(jobs, fc.integer({ min: -10, max: 20_000 }), (given, budget) => {
      const distinct = given.map(({ rows }) => outcomeWith(rows));
      const outcomes = distinct.flatMap((outcome, i) => Array.from({ length: given[i]!.times }, () => outcome));
      const bytes = boundRows(outcomes, budget);
      expect(bytes).toBe(size(outcomes.flatMap(({ results }) => results)));
      expect(bytes).toBeLessThanOrEqual(Math.max(0, budget));
      distinct.forEach(({ results, resultsOmitted = 0 }, i) => {
        expect(results.length + resultsOmitted).toBe(given[i]!.rows.length);
      });
    }),
  );
});
