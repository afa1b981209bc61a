import fc from 'fast-check';
import { BYTE_BUDGETS, jsonBytes } from '../../src/common/byte-budgets';
import { ZendeskErrorType } from '../../src/common/error-types';
import { MAX_JOB_IDS, type WaitSettings } from '../../src/common/inputs';
import type { AwaitZendeskJobsResult, ZendeskItemResult, ZendeskJobOutcome } from '../../src/common/types';
import { itemsFailed } from '../../src/workflows/failures';
import { waitedJob, type WaitedJob } from '../../src/workflows/waited-job';
import { boundResult } from '../../src/workflows/wait-result';
import { outcomeWith } from '../common/support/outcomes';

const LONG_ID = 128;
const idOf = (number: number) => `V3-${String(number).padStart(LONG_ID - 3, '0')}`;
const rows = (count: number, ok: boolean, details = ''): ZendeskItemResult[] =>
  Array.from({ length: count }, (_, index) => ({ index, ok, ...(!ok && { error: 'E', details }) }));
const resultOf = (outcomes: ZendeskJobOutcome[]): AwaitZendeskJobsResult => ({ outcomes, succeeded: 5, failed: 7 });

/** All texts as long as a job status lets them be, in characters of `character`. */
function longestOutcome(number: number, character: string, results: ZendeskItemResult[]): ZendeskJobOutcome {
  const text = (bytes: number) => character.repeat(Math.floor(bytes / (jsonBytes(character) - 2)));
  return outcomeWith(results, {
    jobId: idOf(number),
    account: 'a'.repeat(100),
    jobType: text(200),
    total: 1.7976931348623157e308,
    progress: 1.7976931348623157e308,
    message: text(BYTE_BUDGETS.message),
    error: { type: ZendeskErrorType.RESPONSE_TOO_LARGE, message: text(1_500) },
  });
}

test('a result that fits is not changed', () => {
  const make = () => resultOf([outcomeWith(rows(10, true)), outcomeWith(rows(10, false))]);
  expect(boundResult(make(), 100_000)).toEqual(make());
});

test('rows that succeeded go before rows that failed, and all of them before a text is cut', () => {
  const outcome = outcomeWith([...rows(50, true), ...rows(50, false, 'x'.repeat(100))]);
  const { message } = outcome;
  const failedRows = jsonBytes(outcome.results.filter(({ ok }) => !ok));
  const fewer = boundResult(resultOf([outcome]), failedRows + 500);
  expect(fewer.outcomes[0]!.results.filter(({ ok }) => !ok)).toHaveLength(50);
  expect(fewer.outcomes[0]!.resultsOmitted).toBeGreaterThan(0);

  const fewest = boundResult(fewer, jsonBytes(resultOf([{ ...outcome, results: [] }])) + 20);
  expect(fewest.outcomes[0]).toMatchObject({ results: [], resultsOmitted: 100, message });
});

test.each(['x', '日', '😀', '\u0001'])('the longest result with texts of %j stays within the budget', (character) => {
  const outcomes = Array.from({ length: MAX_JOB_IDS }, (_, i) =>
    longestOutcome(i, character, rows(5, false, character.repeat(50))),
  );
  const result = boundResult(resultOf(outcomes), BYTE_BUDGETS.waitResult);
  expect(jsonBytes(result)).toBeLessThanOrEqual(BYTE_BUDGETS.waitResult);
  expect(result.outcomes).toHaveLength(MAX_JOB_IDS);
  expect(result.outcomes[0]!.error!.message).toMatch(/….?$/);
  expect(result.outcomes[0]!.jobId).toHaveLength(LONG_ID);
});

test('a job that was given 1,000 times repeats its rows only as far as they fit', () => {
  const outcome = outcomeWith(rows(2_000, false, 'x'.repeat(450)));
  expect(jsonBytes(outcome)).toBeGreaterThan(900_000);
  const result = boundResult(resultOf(Array.from({ length: 1_000 }, () => outcome)), BYTE_BUDGETS.waitResult);
  expect(jsonBytes(result)).toBeLessThanOrEqual(BYTE_BUDGETS.waitResult);
  expect(result.outcomes[999]).toEqual(result.outcomes[0]);
  expect(result.outcomes[0]!.results.length + result.outcomes[0]!.resultsOmitted!).toBe(2_000);
});

test('the details of ZendeskItemsFailed stay within the same budget, ids included', () => {
  const jobs = Array.from({ length: MAX_JOB_IDS }, (_, i): WaitedJob => ({ ...waitedJob(idOf(i)), polls: 1_000 }));
  const outcomes = jobs.map((_, i) => longestOutcome(i, '日', rows(5, false, '日'.repeat(50))));
  const result = boundResult(resultOf(outcomes), BYTE_BUDGETS.waitResult);
  const settings: Pick<WaitSettings, 'account'> = { account: 'a'.repeat(100) };
  const [details] = itemsFailed(settings.account, jobs, result).details!;
  expect(jsonBytes(details)).toBeLessThanOrEqual(BYTE_BUDGETS.waitResult);
  expect(details).toMatchObject({ jobIds: expect.any(Array), outcome: { failed: 7 } });
});

test('whatever the outcomes are, the result fits and no row gets lost uncounted', () => {
  const text = (maxLength: number) => fc.string({ unit: 'binary', maxLength });
  const row = fc.record({ index: fc.nat(), ok: fc.boolean(), details: text(200) });
  const job = fc.record({
    rows: fc.array(row, { maxLength: 30 }),
    message: fc.option(text(80)),
    error: fc.option(text(200), { nil: undefined }),
    times: fc.integer({ min: 1, max: 5 }),
  });
  fc.assert(
    fc.property(fc.array(job, { minLength: 1, maxLength: 8 }), fc.integer({ min: 0, max: 20_000 }), (jobs, extra) => {
      const distinct = jobs.map(({ rows: results, message, error }) =>
        outcomeWith(results, { message, ...(error !== undefined && { error: { type: 'E', message: error } }) }),
      );
      const outcomes = distinct.flatMap((outcome, i) => Array.from({ length: jobs[i]!.times }, () => outcome));
      const maxBytes = 100 + outcomes.length * 400 + extra;
      expect(jsonBytes(boundResult(resultOf(outcomes), maxBytes))).toBeLessThanOrEqual(maxBytes);
      distinct.forEach(({ results, resultsOmitted = 0 }, i) => {
        expect(results.length + resultsOmitted).toBe(jobs[i]!.rows.length);
      });
    }),
  );
});
