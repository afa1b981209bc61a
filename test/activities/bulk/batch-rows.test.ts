import { reportOf, rowsOfJob, rowsWithoutJob } from '../../../src/activities/bulk/batch-rows';
import type { BatchRecords } from '../../../src/activities/bulk/read-batch';
import { jsonBytes } from '../../../src/common/byte-budgets';
import type { ZendeskItemResult, ZendeskJobOutcome } from '../../../src/common/types';

const records = (...positions: number[]): BatchRecords => ({
  positions,
  items: positions.map((position) => ({ name: `record ${position}` })),
  request: null,
  refused: [],
});
const outcome = (results: ZendeskItemResult[], fields: Partial<ZendeskJobOutcome> = {}): ZendeskJobOutcome => ({
  jobId: 'job',
  account: 'default',
  status: 'completed',
  jobType: null,
  total: 3,
  progress: 3,
  message: null,
  succeeded: 0,
  failed: 0,
  unreported: 0,
  results,
  polls: 1,
  ...fields,
});
const facts = { firstIndex: 200, repeatSafe: true, lastAttempt: false };
const unsafe = { ...facts, repeatSafe: false };
const done = (index: number) => ({ index, ok: true });
const conflict = (index: number) => ({ index, ok: false, error: 'DatabaseConflict' });
const wrong = (index: number) => ({ index, ok: false, error: 'RecordInvalid', details: 'Name: cannot be blank' });
const timedOut = (index: number) => ({ index, ok: false, error: 'TicketCreateFailed', details: 'Request timed out' });
const BUDGET = { rows: 1_000, bytes: 256_000 };

test('rows have the positions in the source of their records, and the records', () => {
  const { rows, retryPositions } = rowsOfJob(outcome([done(0), wrong(1), done(2)]), records(4, 7, 9), facts);
  expect(rows).toEqual([
    { index: 204, result: 'succeeded', item: { name: 'record 4' } },
    { ...wrong(1), ok: undefined, index: 207, result: 'failed', item: { name: 'record 7' } },
    { index: 209, result: 'succeeded', item: { name: 'record 9' } },
  ]);
  expect(retryPositions).toEqual([]);
});

test('a record that is sent again has no row yet; after its last attempt it has one', () => {
  const finished = outcome([done(0), conflict(1), done(2)]);
  expect(rowsOfJob(finished, records(0, 1, 2), facts)).toMatchObject({
    rows: [{ index: 200 }, { index: 202 }],
    retryPositions: [1],
  });
  const last = rowsOfJob(finished, records(0, 1, 2), { ...facts, lastAttempt: true });
  expect(last.rows.map(({ result }) => result)).toEqual(['succeeded', 'failed', 'succeeded']);
  expect(last.retryPositions).toEqual([]);
});

describe('a record of which it is unknown whether Zendesk did it', () => {
  test.each([
    ['timed out', outcome([done(0), done(1), timedOut(2)])],
    ['is not in the results', outcome([done(0), done(1)])],
    [
      'is of a job that failed without rows',
      outcome([done(0), done(1)], { status: 'failed', message: 'Failed: deadlock' }),
    ],
    ['is of a job that was killed', outcome([done(0), done(1)], { status: 'killed' })],
  ])('since it %s is sent again where that is safe, and uncertain where it is not', (_, finished) => {
    const safe = rowsOfJob(finished, records(0, 1, 2), facts);
    expect([safe.retryPositions, safe.rows.length]).toEqual([[2], 2]);
    const found = rowsOfJob(finished, records(0, 1, 2), unsafe);
    expect(found.retryPositions).toEqual([]);
    expect(found.rows.map(({ result }) => result)).toEqual(['succeeded', 'succeeded', 'uncertain']);
    expect(reportOf(found, 200, BUDGET)).toMatchObject({ succeeded: 2, failed: 0, uncertainPositions: [2] });
  });

  test('has failed after its last attempt where sending it again is safe: it can be imported again', () => {
    const finished = outcome([], { status: 'killed', message: 'Killed at 2026-01-01' });
    const { rows } = rowsOfJob(finished, records(0), { ...facts, lastAttempt: true });
    expect(rows).toMatchObject([{ result: 'failed', error: 'ZendeskJobKilled', details: 'Killed at 2026-01-01' }]);
  });

  test('is reported with the reason', () => {
    const { uncertainReason } = reportOf(rowsOfJob(outcome([timedOut(0)]), records(0), unsafe), 200, BUDGET);
    expect(uncertainReason).toBe('TicketCreateFailed: Request timed out');
  });
});

test('a row of which it is not certain which record it is about is quoted with the records that have no row', () => {
  const unmatched = { ...wrong(0), unmatched: true as const };
  const { rows, retryPositions } = rowsOfJob(outcome([unmatched, done(1)]), records(0, 1), unsafe);
  expect(retryPositions).toEqual([]);
  expect(rows.map(({ result }) => result)).toEqual(['uncertain', 'succeeded']);
  expect(rows[0]!.details).toBe(
    "the job's results do not mention this record; 1 row fits no record for certain: " +
      '[{"ok":false,"error":"RecordInvalid","details":"Name: cannot be blank"}]',
  );
  const many = Array.from({ length: 100 }, (_, i) => ({ ...wrong(i), unmatched: true as const }));
  expect(jsonBytes(rowsOfJob(outcome(many), records(0), unsafe).rows[0]!.details)).toBeLessThan(800);
});

test('records that could not be sent have failed, in their place', () => {
  const refused = [{ position: 1, item: 'nonsense', problem: 'expected an object' }];
  const { rows } = rowsOfJob(outcome([done(0), done(1)]), { ...records(0, 2), refused }, facts);
  expect(rows).toMatchObject([
    {},
    { index: 201, result: 'failed', error: 'ZendeskInputInvalid', item: 'nonsense' },
    {},
  ]);
});

describe('records that no job will report', () => {
  test('have failed where Zendesk refused the start', () => {
    const failure = { type: 'ZendeskRequestRejected', message: '422: Name is missing' };
    const { rows } = rowsWithoutJob({ kind: 'refused', failure }, records(0, 1), facts);
    expect(rows).toMatchObject([
      { index: 200, result: 'failed', error: 'ZendeskRequestRejected', details: '422: Name is missing' },
      { index: 201, result: 'failed' },
    ]);
  });

  test('are uncertain where it is unknown whether Zendesk received the start, but for those that were never sent', () => {
    const refused = [{ position: 1, item: 'nonsense', problem: 'expected an object' }];
    const conclusion = { kind: 'uncertain' as const, reason: 'no response', candidates: [] };
    const found = rowsWithoutJob(conclusion, { ...records(0, 2), refused }, facts);
    expect(found.rows.map(({ result }) => result)).toEqual(['uncertain', 'failed', 'uncertain']);
    expect(found.rows[0]).toMatchObject({
      error: 'ZendeskStartUncertain',
      details: 'no response',
      item: { name: 'record 0' },
    });
  });
});

test('a report has as many failures as the budget allows, and counts all', () => {
  const found = rowsOfJob(outcome([wrong(0), wrong(1), wrong(2)]), records(0, 1, 2), facts);
  expect(reportOf(found, 200, BUDGET)).toMatchObject({ succeeded: 0, failed: 3, failures: [{}, {}, {}] });
  expect(reportOf(found, 200, { ...BUDGET, rows: 1 }).failures).toHaveLength(1);
  expect(reportOf(found, 200, { ...BUDGET, bytes: 250 }).failures).toHaveLength(2);
  expect(reportOf(found, 200, { rows: -3, bytes: -1 })).toMatchObject({ failed: 3, failures: [] });
});

test('the budget is counted in bytes of UTF-8, not in characters', () => {
  const japanese = { index: 0, ok: false, error: 'RecordInvalid', details: '名前は空白にできません。'.repeat(10) };
  const { failures } = reportOf(rowsOfJob(outcome([japanese]), records(0), facts), 200, BUDGET);
  const bytes = jsonBytes(failures[0]) + 1;
  expect(bytes).toBeGreaterThan(JSON.stringify(failures[0]).length * 2);
  expect(reportOf(rowsOfJob(outcome([japanese]), records(0), facts), 200, { rows: 1, bytes }).failures).toHaveLength(1);
  expect(
    reportOf(rowsOfJob(outcome([japanese]), records(0), facts), 200, { rows: 1, bytes: bytes - 1 }).failures,
  ).toEqual([]);
});

test('a large record stays out of the failures, its row in the sink has it', () => {
  const large = { ...records(0), items: ['x'.repeat(3_000)] };
  const found = rowsOfJob(outcome([wrong(0)], { total: 1 }), large, facts);
  expect(found.rows[0]!.item).toHaveLength(3_000);
  expect(reportOf(found, 200, BUDGET).failures[0]).not.toHaveProperty('item');
});
