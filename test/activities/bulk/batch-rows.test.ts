import { reportOf, UNREPORTED, verdictsOf, verdictsOfRefusal } from '../../../src/activities/bulk/batch-rows';
import type { BatchRecords } from '../../../src/activities/bulk/read-batch';
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
const facts = { firstIndex: 200, repeatSafe: true, lastTry: false };
const done = (index: number) => ({ index, ok: true });
const conflict = (index: number) => ({ index, ok: false, error: 'DatabaseConflict' });
const wrong = (index: number) => ({ index, ok: false, error: 'RecordInvalid', details: 'Name: cannot be blank' });
const ROOM = { rows: 1_000, bytes: 256_000 };

test('rows have the place in the source of their records, and the records', () => {
  const { rows, again } = verdictsOf(outcome([done(0), wrong(1), done(2)]), records(4, 7, 9), facts);
  expect(rows).toMatchObject([
    { index: 204, ok: true, item: { name: 'record 4' } },
    { index: 207, ok: false, error: 'RecordInvalid', item: { name: 'record 7' } },
    { index: 209, ok: true },
  ]);
  expect(again).toEqual([]);
});

test('a record that goes again has no row yet; on the last try it has one', () => {
  const ended = outcome([done(0), conflict(1), done(2)]);
  expect(verdictsOf(ended, records(0, 1, 2), facts)).toMatchObject({
    rows: [{ index: 200 }, { index: 202 }],
    again: [1],
  });
  const last = verdictsOf(ended, records(0, 1, 2), { ...facts, lastTry: true });
  expect(last.rows.map(({ ok }) => ok)).toEqual([true, false, true]);
  expect(last.again).toEqual([]);
});

test.each([
  [true, [2], [200, 201]],
  [false, [], [200, 201, 202]],
])('a record that the results do not mention goes again where that is safe: %p', (repeatSafe, again, indexes) => {
  const found = verdictsOf(outcome([done(0), done(1)]), records(0, 1, 2), { ...facts, repeatSafe });
  expect(found.again).toEqual(again);
  expect(found.rows.map(({ index }) => index)).toEqual(indexes);
  if (!repeatSafe) expect(found.rows[2]).toMatchObject({ ok: false, error: UNREPORTED });
});

test('one object without a total stands for all records, as after a permanent deletion', () => {
  const { rows } = verdictsOf(outcome([done(0)], { total: null }), records(0, 1, 2), facts);
  expect(rows.map(({ ok }) => ok)).toEqual([true, true, true]);
});

test.each([
  ['failed', 'ZendeskJobFailed'],
  ['killed', 'ZendeskJobKilled'],
] as const)('the records of a job that %s have failed, except where a row says otherwise', (status, error) => {
  const ended = outcome([done(0)], { status, message: 'Failed at 2026-01-01' });
  const { rows } = verdictsOf(ended, records(0, 1), facts);
  expect(rows).toMatchObject([{ ok: true }, { ok: false, error, details: 'Failed at 2026-01-01' }]);
});

test('two rows for one record: it failed if one of them says so', () => {
  const { rows } = verdictsOf(outcome([wrong(0), done(0)], { total: 1 }), records(0), facts);
  expect(rows).toMatchObject([{ ok: false }]);
});

test('records that could not be sent have failed, in their place', () => {
  const refused = [{ position: 1, item: 'nonsense', problem: 'expected an object' }];
  const { rows } = verdictsOf(outcome([done(0), done(1)]), { ...records(0, 2), refused }, facts);
  expect(rows).toMatchObject([{}, { index: 201, ok: false, error: 'ZendeskInputInvalid', item: 'nonsense' }, {}]);
});

test('when Zendesk refuses the start, all have failed, and none goes again', () => {
  const found = verdictsOfRefusal({ type: 'ZendeskRequestRejected', message: '409 conflict' }, records(0, 1), facts);
  expect(found.rows.map(({ error, details }) => [error, details])).toEqual(
    Array(2).fill(['ZendeskRequestRejected', '409 conflict']),
  );
  expect(found.again).toEqual([]);
});

test('a report has as many failures as there is room for, and counts all', () => {
  const verdicts = verdictsOf(outcome([wrong(0), wrong(1), wrong(2)]), records(0, 1, 2), facts);
  expect(reportOf(verdicts, ROOM)).toMatchObject({ succeeded: 0, failed: 3, failures: [{}, {}, {}] });
  expect(reportOf(verdicts, { ...ROOM, rows: 1 }).failures).toHaveLength(1);
  expect(reportOf(verdicts, { ...ROOM, bytes: 250 }).failures).toHaveLength(2);
  expect(reportOf(verdicts, { rows: -3, bytes: -1 })).toMatchObject({ failed: 3, failures: [] });
});

test('a large record stays out of the failures, its row in the sink has it', () => {
  const large = { ...records(0), items: ['x'.repeat(3_000)] };
  const verdicts = verdictsOf(outcome([wrong(0)], { total: 1 }), large, facts);
  expect(verdicts.rows[0]!.item).toHaveLength(3_000);
  expect(reportOf(verdicts, ROOM).failures[0]).not.toHaveProperty('item');
});
