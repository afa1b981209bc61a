import type { JobResultRow, JobStatus } from '../../src/common/types';
import type { RecordKeys, RecordTie } from '../../src/common/starting';
import { itemResult, outcomeOf } from '../../src/zendesk/outcome';
import { tieResults } from '../../src/zendesk/tie-results';

const tied = (by: RecordTie['by'], records: RecordKeys[], rows: JobResultRow[]) =>
  tieResults(rows.map(itemResult), rows, { by, records });

const A = { externalId: 'a', email: 'a@example.com' };
const B = { externalId: 'b', email: 'b@example.com' };
const C = { externalId: 'c', email: 'c@example.com' };
const rowOf = ({ externalId, email }: RecordKeys): JobResultRow => ({ id: 1, external_id: externalId, email });
const FAILED = { error: 'UserCreateFailed' };

describe('which record a result row is about', () => {
  test.each<[string, RecordTie['by'], RecordKeys[], JobResultRow[], number[]]>([
    ['Zendesk’s index', 'index', [A, B, C], [{ index: 2 }, { index: 0 }, { index: 1 }], [2, 0, 1]],
    [
      'Zendesk’s index, against a key',
      'key',
      [A, B],
      [
        { ...rowOf(A), index: 1 },
        { ...rowOf(B), index: 0 },
      ],
      [1, 0],
    ],
    ['an index that is none', 'index', [A, B], [{ index: -1 }, { index: 1.5 }], [0, 1]],
    ['request order', 'order', [A, B], [{ id: 11 }, { id: 10 }], [0, 1]],
    ['request order, whatever the keys', 'order', [A, B], [rowOf(B), rowOf(A)], [0, 1]],
    ['ids, in another order', 'id', [{ id: '10' }, { id: '11' }], [{ id: 11 }, { id: '10' }], [1, 0]],
    ['ids beside an index', 'id', [{ id: '10' }, { id: '11' }], [{ index: 1, ...FAILED }, { id: 10 }], [1, 0]],
    ['external ids', 'key', [A, B], [{ external_id: 'b' }, { external_id: 'a' }], [1, 0]],
    ['external ids in another case', 'key', [A, B], [{ external_id: 'B' }, { external_id: 'A' }], [1, 0]],
    ['e-mails in another case', 'key', [A, B], [{ email: 'B@Example.com' }, { email: 'A@EXAMPLE.com' }], [1, 0]],
    ['both', 'key', [A, B, C], [rowOf(C), rowOf(A), rowOf(B)], [2, 0, 1]],
    [
      'the better of two that fit: both keys before one of them',
      'key',
      [{ email: 'a@example.com' }, A],
      [rowOf(A), { email: 'a@example.com' }],
      [1, 0],
    ],
    [
      'the better of two that fit, whichever row comes first',
      'key',
      [{ email: 'a@example.com' }, A],
      [{ email: 'a@example.com' }, rowOf(A)],
      [0, 1],
    ],
    [
      'an external id before an e-mail that somebody else has',
      'key',
      [{ externalId: 'x', email: 'a@example.com' }, { externalId: 'y' }],
      [{ external_id: 'y', email: 'a@example.com' }, { external_id: 'x' }],
      [1, 0],
    ],
    ['the same record twice: each row once, in order', 'key', [A, A, B], [rowOf(A), rowOf(A), rowOf(B)], [0, 1, 2]],
    ['the same record twice, in another order', 'key', [B, A, A], [rowOf(A), rowOf(A), rowOf(B)], [1, 2, 0]],
    [
      'more rows than records: the last one stays where it is',
      'key',
      [A, B],
      [rowOf(A), rowOf(A), rowOf(B)],
      [0, 1, 1],
    ],
    ['no key: its position', 'key', [A, B], [rowOf(A), FAILED], [0, 1]],
    ['no key, and its position is another one’s: what is left', 'key', [A, B], [rowOf(B), FAILED], [1, 0]],
    [
      'no key: a free position is not taken by a row without one',
      'key',
      [A, B, C],
      [rowOf(B), FAILED, FAILED],
      [1, 0, 2],
    ],
    ['a key that nobody has: its position', 'key', [A, B], [{ id: 1, external_id: 'z' }, rowOf(B)], [0, 1]],
    ['an empty key is none', 'key', [{ externalId: 'b' }, {}], [{ external_id: '' }, { external_id: 'b' }], [1, 0]],
    ['no names at all', 'key', [], [{ success: true }], [0]],
    ['the one object of a deletion', 'order', [{ id: '10' }], [{ success: true }], [0]],
  ])('%s', (_, by, records, rows, indexes) => {
    expect(tied(by, records, rows).map(({ index }) => index)).toEqual(indexes);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'a hundred records in any order, every third row without its key (%d)',
    (seed) => {
      let state = seed;
      const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
      const records = Array.from({ length: 100 }, (_, i) => ({ externalId: `x${i}` }));
      const order = records.map((_, i) => i).sort(() => random() - 0.5);
      const rows = order.map((record, i) => (i % 3 === 0 ? FAILED : { external_id: `X${record}` }));
      const indexes = tied('key', records, rows).map(({ index }) => index);
      expect(new Set(indexes).size).toBe(100);
      order.forEach((record, i) => i % 3 === 0 || expect(indexes[i]).toBe(record));
    },
  );
});

describe('what a result says of its record', () => {
  test('the external id and the e-mail of the input, whatever the row has', () => {
    expect(
      tied(
        'index',
        [A, B],
        [
          { index: 1, ...FAILED },
          { index: 0, id: 5, external_id: 'A' },
        ],
      ),
    ).toEqual([
      { index: 1, ok: false, error: 'UserCreateFailed', ...B },
      { index: 0, id: 5, ok: true, ...A },
    ]);
  });

  test('the row’s own external id where the input has none', () => {
    expect(tied('order', [{}], [{ external_id: 'x' }])).toEqual([{ index: 0, ok: true, externalId: 'x' }]);
  });

  test('nothing but the index where Zendesk’s index is beyond the input', () => {
    expect(tied('index', [A], [{ index: 7, id: 1 }])).toEqual([{ index: 7, id: 1, ok: true }]);
  });

  test('nothing of another record where there are more rows than records', () => {
    expect(tied('key', [A, B], [rowOf(A), rowOf(A), rowOf(B)])[1]).toEqual({
      index: 1,
      id: 1,
      ok: true,
      externalId: 'a',
    });
  });

  test('the results that came in are left as they were', () => {
    const rows = [rowOf(B), rowOf(A)];
    const results = rows.map(itemResult);
    tieResults(results, rows, { by: 'key', records: [A, B] });
    expect(results.map(({ index }) => index)).toEqual([0, 1]);
  });
});

test('an outcome’s rows are tied before they are filtered, and stand in the order of the records', () => {
  const results = [rowOf(C), { ...rowOf(A), status: 'Failed' }, rowOf(B)];
  const completed: JobStatus = { id: 'V3-1', status: 'completed', total: 3, progress: 3, message: null, results };
  const tie: RecordTie = { by: 'key', records: [B, C, A] };
  const outcome = (mode: 'all' | 'failed') => outcomeOf('acme', completed, { results: mode, polls: 1, tie });
  expect(outcome('all').results.map(({ externalId }) => externalId)).toEqual(['b', 'c', 'a']);
  expect(outcome('failed').results).toMatchObject([{ index: 2, ok: false, ...A }]);
});
