import fc from 'fast-check';
import type { JobResultRow, JobStatus } from '../../src/common/types';
import type { RecordKeys, RecordTie } from '../../src/common/starting';
import { outcomeOf } from '../../src/zendesk/outcome';
import { recordsOfRows } from '../../src/zendesk/tie-results';

const completed = (results: JobStatus['results'], total: number | null = null): JobStatus => ({
  ...{ id: 'V3-1', status: 'completed', total, progress: total, message: null },
  results,
});
const tied = (by: RecordTie['by'], records: RecordKeys[], rows: (JobResultRow | null)[]) =>
  outcomeOf('acme', completed(rows), { results: 'all', polls: 1, tie: { by, records } }).results;

const A = { externalId: 'a', email: 'a@example.com' };
const B = { externalId: 'b', email: 'b@example.com' };
const C = { externalId: 'c', email: 'c@example.com' };
const rowOf = ({ externalId, email }: RecordKeys): JobResultRow => ({ id: 1, external_id: externalId, email });
const FAILED = { error: 'UserCreateFailed' };

describe('which record a result row is about', () => {
  test.each<[string, RecordTie['by'], RecordKeys[], (JobResultRow | null)[], (number | undefined)[]]>([
    ['Zendesk’s index', 'index', [A, B, C], [{ index: 2 }, { index: 0 }, { index: 1 }], [2, 0, 1]],
    [
      'its key, against Zendesk’s index',
      'key',
      [A, B],
      [
        { ...rowOf(A), index: 1 },
        { ...rowOf(B), index: 0 },
      ],
      [0, 1],
    ],
    [
      'its id, against Zendesk’s index',
      'id',
      [{ id: '11' }, { id: '12' }, { id: '13' }],
      [{ id: 11 }, { index: 0, id: 12, ...FAILED }, { index: 0, id: 13, ...FAILED }],
      [0, 1, 2],
    ],
    [
      'the id of a record that is created says nothing',
      'index',
      [{ id: '7' }, { id: '8' }],
      [{ index: 0, id: 8 }],
      [0],
    ],
    ['an index that two rows claim', 'index', [A, B], [{ index: 0 }, { index: 0, ...FAILED }], [undefined, undefined]],
    ['an index beyond the records', 'index', [A, B], [{ index: 0 }, { index: 7 }], [0, undefined]],
    ['an index whose record has another id', 'id', [{ id: '1' }, { id: '2' }], [{ index: 0, id: 9 }], [undefined]],
    [
      'ids of digits that no number holds',
      'id',
      [{ id: '18014398509481984' }, { id: '18014398509481985' }],
      [{ id: '18014398509481985' }, { id: '18014398509481984' }],
      [1, 0],
    ],
    [
      'a key with white space around it',
      'key',
      [{ email: ' ann@example.com' }, B],
      [rowOf(B), { email: 'ann@example.com ' }],
      [1, 0],
    ],
    [
      'a key in another composition',
      'key',
      [{ externalId: 'Zoe\u0308' }, B],
      [rowOf(B), { external_id: 'Zo\u00eb' }],
      [1, 0],
    ],
    [
      'keys that differ by case alone: each its own',
      'key',
      [{ externalId: 'a' }, { externalId: 'A' }],
      [{ external_id: 'A' }, { external_id: 'a' }],
      [1, 0],
    ],
    ['an e-mail of a record with another external id', 'key', [A], [{ email: A.email, external_id: 'z' }], [undefined]],
    [
      'an external id of a record with another e-mail',
      'key',
      [A, B],
      [rowOf(B), { external_id: 'a', email: 'new@x.y' }],
      [1, 0],
    ],
    [
      'an e-mail that two records have',
      'key',
      [
        { ...A, email: 'x' },
        { ...B, email: 'x' },
      ],
      [{ email: 'x' }],
      [undefined],
    ],
    ['rows that cannot be read keep their places', 'order', [A, B, C], [null, { id: 5 }, { id: 6 }], [undefined, 1, 2]],
    ['fewer rows than records, without names', 'order', [A, B, C], [{ id: 5 }, { id: 6 }], [undefined, undefined]],
    ['more rows than records, without names', 'order', [A], [{ id: 5 }, { id: 6 }], [undefined, undefined]],
    ['an index that is none', 'index', [A, B], [{ index: -1 }, { index: 1.5 }], [0, 1]],
    ['request order', 'order', [A, B], [{ id: 11 }, { id: 10 }], [0, 1]],
    ['request order, but for its keys', 'order', [A, B], [rowOf(B), rowOf(A)], [1, 0]],
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
    ['more rows than records: one is about none', 'key', [A, B], [rowOf(A), rowOf(A), rowOf(B)], [0, undefined, 1]],
    ['no key: its position', 'key', [A, B], [rowOf(A), FAILED], [0, 1]],
    ['no key, and its position is another one’s: what is left', 'key', [A, B], [rowOf(B), FAILED], [1, 0]],
    [
      'no key: a position says nothing where rows are out of order',
      'key',
      [A, B, C],
      [rowOf(B), FAILED, FAILED],
      [1, undefined, undefined],
    ],
    ['a key that nobody has', 'key', [A, B], [{ id: 1, external_id: 'z' }, rowOf(B)], [undefined, 1]],
    ['an empty key is none', 'key', [{ externalId: 'b' }, {}], [{ external_id: '' }, { external_id: 'b' }], [1, 0]],
    ['the one object of a deletion', 'order', [{ id: '10' }], [{ success: true }], [0]],
  ])('%s', (_, by, records, rows, indexes) => {
    expect(recordsOfRows(rows, { by, records })).toEqual(indexes);
  });

  const text = fc.constantFrom('a', 'A', 'b', ' b', 'é', 'e\u0301', 'É', 'c@x.y', 'C@X.y', '', ' ', '12');
  const keys = fc.record({ id: fc.constantFrom('1', '2', '3'), externalId: text, email: text }, { requiredKeys: [] });
  const row = fc.record(
    {
      index: fc.oneof(fc.integer({ min: -1, max: 4 }), fc.jsonValue()),
      id: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.jsonValue()),
      external_id: fc.oneof(text, fc.jsonValue()),
      email: fc.oneof(text, fc.jsonValue()),
      status: fc.constantFrom('Updated', 'Failed'),
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<JobResultRow>;
  const by = fc.constantFrom<RecordTie['by']>('index', 'order', 'id', 'key');
  const rows = fc.array(fc.option(row), { maxLength: 5 });
  const plain = (value: unknown) =>
    typeof value === 'string' || typeof value === 'number' ? String(value).normalize('NFC').trim() : '';
  const folded = (value: unknown) => plain(value).toLowerCase().normalize('NFC');

  test('any rows and keys: no record gets two rows, nor one whose own keys are those of another record', () => {
    fc.assert(
      fc.property(by, fc.array(keys, { minLength: 1, maxLength: 5 }), rows, (way, records, given) => {
        const found = recordsOfRows(given, { by: way, records });
        const certain = found.filter((record) => record !== undefined);
        expect(new Set(certain).size).toBe(certain.length);
        found.forEach((record, i) => {
          if (record === undefined) return;
          const [of, own] = [given[i]!, records[record]!];
          const pairs = [
            way === 'id' ? [plain(of.id), plain(own.id)] : ['', ''],
            [folded(of.external_id), folded(own.externalId)],
            [folded(of.email), folded(own.email)],
          ].filter(([a, b]) => a !== '' && b !== '');
          const [strongest] = pairs;
          if (strongest) expect(strongest[0]).toBe(strongest[1]);
        });
      }),
      { numRuns: 2_000 },
    );
  });

  test('rows that name their records are never given to others, in whatever order and however many are missing', () => {
    const distinct = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 4 }), {
      minLength: 1,
      maxLength: 20,
      selector: (key) => plain(key),
    });
    fc.assert(
      fc.property(distinct, fc.infiniteStream(fc.nat(1_000)), (names, numbers) => {
        const usable = names.filter((name) => plain(name) !== '');
        const records = usable.map((externalId) => ({ externalId }));
        const order = usable
          .map((_, i) => ({ i, at: numbers.next().value! }))
          .sort((a, b) => a.at - b.at)
          .map(({ i }) => i)
          .slice(0, Math.max(1, usable.length - 2));
        const sent = order.filter((i) => usable[i] !== undefined).map((i) => ({ external_id: usable[i]! }));
        if (sent.length === 0) return;
        expect(recordsOfRows(sent, { by: 'key', records })).toEqual(order);
      }),
    );
  });

  test('any JSON as results comes to counts that add up', () => {
    const results = fc.oneof(rows, row, fc.constant(null));
    const total = fc.option(fc.integer({ min: 0, max: 6 }));
    fc.assert(
      fc.property(by, fc.array(keys, { maxLength: 5 }), results, total, (way, records, given, sum) => {
        const tie = { by: way, records };
        const outcome = outcomeOf('acme', completed(given, sum), { results: 'all', polls: 1, tie });
        const { succeeded, failed, unreported } = outcome;
        if (records.length > 0) expect(succeeded + failed).toBe(outcome.results.length);
        expect(Math.min(succeeded, failed, unreported)).toBeGreaterThanOrEqual(0);
        const certain = outcome.results.filter(({ unmatched }) => !unmatched).map(({ index }) => index);
        if (records.length > 0) expect(new Set(certain).size).toBe(certain.length);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('one row that names no record', () => {
  const IDS = Array.from({ length: 12 }, (_, i) => ({ id: String(i + 1) }));
  const outcome = (by: RecordTie['by'], records: RecordKeys[], results: JobStatus['results'], total: number | null) =>
    outcomeOf('acme', completed(results, total), { results: 'all', polls: 1, tie: { by, records } });

  test.each<[string, RecordTie['by'], JobStatus['results'], number | null, [number, number, number]]>([
    ['an object, with a total', 'id', { success: true }, 12, [12, 0, 0]],
    ['an object, without a total', 'id', { success: true }, null, [12, 0, 0]],
    ['an object of an operation that creates', 'index', { success: true }, 12, [12, 0, 0]],
    ['an object that failed', 'id', { success: false }, 12, [0, 12, 0]],
    ['a list of one, without a total', 'order', [{ success: true }], null, [12, 0, 0]],
    ['a list of one, for records named by id', 'id', [{ success: true }], 12, [12, 0, 0]],
    ['a list of one, for records that are created: one row', 'order', [{ success: true }], 12, [1, 0, 11]],
    ['an object that names a record: one row', 'id', { id: 3, success: true }, 12, [1, 0, 11]],
    ['a row with an index and no total: one row', 'index', [{ index: 2, id: 9 }], null, [1, 0, 11]],
    ['a row with a key and no total: one row', 'key', [{ external_id: 'x' }], null, [1, 0, 11]],
  ])('%s', (_, by, results, total, counts) => {
    const { succeeded, failed, unreported, results: rows } = outcome(by, IDS, results, total);
    expect([succeeded, failed, unreported]).toEqual(counts);
    expect(rows).toHaveLength(succeeded + failed);
  });

  test('speaks for all records of a job that was not started here', () => {
    const { succeeded, unreported, results } = outcomeOf('acme', completed({ success: true }, 12), {
      results: 'all',
      polls: 1,
    });
    expect([succeeded, unreported, results.length]).toEqual([12, 0, 1]);
  });
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
      { index: 0, id: 5, ok: true, ...A },
      { index: 1, ok: false, error: 'UserCreateFailed', ...B },
    ]);
  });

  test('the row’s own external id where the input has none', () => {
    expect(tied('order', [{}], [{ external_id: 'x' }])).toEqual([{ index: 0, ok: true, externalId: 'x' }]);
  });

  test('that it is not certain, with all that the row says, where Zendesk’s index is beyond the input', () => {
    expect(tied('index', [A], [{ index: 7, id: 1 }])).toEqual([{ index: 7, id: 1, ok: true, unmatched: true }]);
  });

  test('nothing of another record where there are more rows than records', () => {
    expect(tied('key', [A, B], [rowOf(A), rowOf(A), rowOf(B)])[1]).toEqual({
      index: 1,
      id: 1,
      ok: true,
      externalId: 'a',
      unmatched: true,
    });
  });
});

test('an outcome’s rows are tied before they are filtered, and stand in the order of the records', () => {
  const results = [rowOf(C), { ...rowOf(A), status: 'Failed' }, rowOf(B)];
  const tie: RecordTie = { by: 'key', records: [B, C, A] };
  const outcome = (mode: 'all' | 'failed') =>
    outcomeOf('acme', completed(results, 3), { results: mode, polls: 1, tie });
  expect(outcome('all').results.map(({ externalId }) => externalId)).toEqual(['b', 'c', 'a']);
  expect(outcome('failed').results).toMatchObject([{ index: 2, ok: false, ...A }]);
});
