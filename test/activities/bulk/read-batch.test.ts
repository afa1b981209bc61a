import { SourceError } from '../../../src/activities/bulk/errors';
import { readBatch, recordsOf } from '../../../src/activities/bulk/read-batch';
import { digestOf } from '../../../src/activities/bulk/record-digest';
import type { ReadPage } from '../../../src/activities/bulk/pluggable';
import type { BatchPage, BulkStart } from '../../../src/common/bulk';
import { InputProblems } from '../../../src/common/inputs';
import { failureOf, RUN, users } from './support/records';

const BATCH = { number: 3, firstIndex: 200, count: 4, repeatSafe: true };
const PAGE: BatchPage = { cursor: 'c', digest: digestOf(users(4)) };
const read = (own: ReadPage, page = PAGE, positions?: number[]) =>
  readBatch({ sources: { own } }, RUN, { batch: { ...BATCH, page }, attempt: 1, positions });
const recordsFor = (start: BulkStart, items: unknown[]) =>
  recordsOf(
    start,
    items.map((item, position) => ({ position, item })),
  );

describe('the records of a batch', () => {
  const page = { items: users(4), next: 'd' };

  test('are read again where they were planned', async () => {
    const cursors: unknown[] = [];
    const records = await read((_, cursor) => (cursors.push(cursor), page));
    expect(cursors).toEqual(['c']);
    expect(records).toMatchObject({ positions: [0, 1, 2, 3], items: page.items, refused: [] });
    expect(records.request).toMatchObject({ path: '/api/v2/users/create_or_update_many', body: { users: page.items } });
  });

  test('of a page that was cut', async () => {
    const part = { from: 1, to: 3 };
    const records = await read(() => page, { cursor: 'c', part, digest: digestOf(page.items.slice(1, 3)) });
    expect(records).toMatchObject({ positions: [0, 1], items: [page.items[1], page.items[2]] });
  });

  test('that go again, alone', async () => {
    const records = await read(() => page, PAGE, [1, 3]);
    expect(records).toMatchObject({ positions: [1, 3], items: [page.items[1], page.items[3]] });
    expect(records.request?.records).toBe(2);
  });

  test('that were given inline need no source', async () => {
    const records = await readBatch(
      {},
      { ...RUN, source: undefined },
      { batch: { ...BATCH, items: users(4) }, attempt: 1 },
    );
    expect(records.request?.records).toBe(4);
  });

  test.each([
    ['more', users(5)],
    ['fewer', users(3)],
    ['one of them another', [...users(3), ...users(1, 9)]],
    ['in another order', users(4).reverse()],
  ])('are other ones when read again, %s: the run ends', async (_, items) => {
    const error = await failureOf(read(() => ({ items, next: 'd' })));
    expect(error).toBeInstanceOf(SourceError);
    expect(error).toMatchObject({ permanent: true });
    expect(error.message).toBe('source own: at cursor "c" gave other records when it was read again');
  });

  test.each([
    ['that were changed meanwhile', { items: users(4).map((user) => ({ ...user, name: 'Renamed' })), next: 'd' }],
    ['after which others came', { items: users(4), next: 'e' }],
    ['that have become the last ones', { items: users(4) }],
  ])('%s are the same still', async (_, again) => {
    expect((await read(() => again)).positions).toEqual([0, 1, 2, 3]);
  });
});

describe('records that Zendesk would refuse are set apart, with the reason,', () => {
  const upsert = { operation: 'users/create_or_update_many' };
  const destroy = { operation: 'users/destroy_many' };
  const [good, other] = users(2);
  const huge = { external_id: 'h', notes: 'x'.repeat(1_500_000) };

  test.each<[string, BulkStart, unknown[], Record<number, RegExp>]>([
    ['a missing key', upsert, [good, { name: 'Ben' }, other], { 1: /^email: expected email or external_id$/ }],
    ['no object', upsert, ['Ann', good, null], { 0: /expected an object, got "Ann"/, 2: /got null/ }],
    [
      'two missing keys',
      { operation: 'group_memberships/create_many' },
      [{}, { user_id: 1, group_id: 2 }],
      { 0: /^user_id: expected user_id; group_id: expected group_id$/ },
    ],
    ['no id', destroy, [1, 'x', 2.5, { id: 3 }, {}], { 1: /got "x"/, 2: /got 2.5/, 4: /expected a positive/ }],
    ['the same id', destroy, [1, { id: 1 }, '1', 2], { 1: /comes earlier/, 2: /comes earlier/ }],
    ['the same id and no id', destroy, [1, 'x', 1, 2], { 1: /got "x"/, 2: /comes earlier/ }],
    ['another kind of id', destroy, [{ external_id: 'a' }, 5], { 1: /expected an external id/ }],
    ['too large', upsert, [huge], { 0: /^expected at most 1500000 bytes of JSON, got 15\d+$/ }],
  ])('%s', (_, start, items, problems) => {
    const { positions, refused, request } = recordsFor(start, items);
    const wrong = Object.keys(problems).map(Number);
    expect(refused.map(({ position }) => position)).toEqual(wrong);
    for (const { position, item, problem } of refused) {
      expect(problem).toMatch(problems[position]!);
      expect(item).toBe(items[position]);
    }
    const rest = [...items.keys()].filter((position) => !wrong.includes(position));
    expect(positions).toEqual(rest);
    expect(request?.records ?? 0).toBe(rest.length);
  });

  test('and none may be left', () => {
    expect(recordsFor(upsert, [{}, {}])).toMatchObject({ positions: [], items: [], request: null });
    expect(recordsFor(upsert, [])).toEqual({ positions: [], items: [], request: null, refused: [] });
  });
});

describe('what is wrong whichever records there are is no record’s fault', () => {
  test.each<[string, BulkStart, unknown[], RegExp]>([
    ['unknown operation', { operation: 'users/upsert' }, users(2), /did you mean/],
    ['unknown operation, without records', { operation: 'users/upsert' }, [], /did you mean/],
    ['not for many', { operation: 'tickets/create_async' }, users(2), /not for many records/],
    ['missing parameter', { operation: 'custom_objects/{custom_object_key}/jobs' }, users(2), /params: expected/],
    ['missing parameter and wrong records', { operation: 'custom_objects/{custom_object_key}/jobs' }, [1], /params/],
    [
      'unknown action',
      { operation: 'it_asset_management/assets/jobs', body: { job: { action: 'x' } } },
      [{}],
      /action/,
    ],
    ['a body where there is none', { operation: 'users/create_many', body: { user: {} } }, users(1), /body/],
    ['wrong body', { operation: 'users/update_many', body: { users: {} } }, [1, 2], /body/],
  ])('%s', (_, start, items, words) => {
    expect(() => recordsFor(start, items)).toThrow(InputProblems);
    expect(() => recordsFor(start, items)).toThrow(words);
  });
});
