import { createPlanZendeskBatches } from '../../../src/activities/bulk/plan-zendesk-batches';
import { readBatch } from '../../../src/activities/bulk/read-batch';
import type { ReadPage, SourcePage } from '../../../src/activities/bulk/pluggable';
import type { BatchPlan, BatchPlanning } from '../../../src/common/bulk';
import { failureOf, RUN, users } from './support/records';

const START: Omit<BatchPlanning, 'run'> = { cursor: null, number: 1, firstIndex: 0, pages: 30 };
const plan = (own: ReadPage, planning: Partial<BatchPlanning> = {}): Promise<BatchPlan> =>
  createPlanZendeskBatches({ sources: { own } })({ run: RUN, ...START, ...planning });

/** Pages of 100 of so many users; the cursor is the number of the first. */
const many =
  (count: number): ReadPage =>
  (_, cursor) => {
    const from = Number(cursor ?? 0);
    const to = Math.min(count, from + 100);
    return { items: users(to - from, from), next: to < count ? to : null };
  };
const pagesOf =
  (pages: Record<string, SourcePage>): ReadPage =>
  (_, cursor) =>
    pages[cursor ?? 'start']!;

describe('a plan', () => {
  test('says where the batches are, and holds no record', async () => {
    const digest = expect.stringMatching(/^[\w-]{12}$/) as string;
    expect(await plan(many(250))).toEqual({
      batches: [
        { number: 1, firstIndex: 0, count: 100, page: { cursor: null, digest }, repeatSafe: true },
        { number: 2, firstIndex: 100, count: 100, page: { cursor: 100, digest }, repeatSafe: true },
        { number: 3, firstIndex: 200, count: 50, page: { cursor: 200, digest }, repeatSafe: true },
      ],
      next: null,
    });
  });

  test('goes on where the one before ended', async () => {
    const first = await plan(many(1_000), { pages: 4 });
    expect(first.batches).toHaveLength(4);
    expect(first.next).toBe(400);
    const { batches, next } = await plan(many(1_000), { cursor: 400, number: 5, firstIndex: 400, pages: 2 });
    expect(batches).toMatchObject([
      { number: 5, firstIndex: 400, page: { cursor: 400 } },
      { number: 6, firstIndex: 500, page: { cursor: 500 } },
    ]);
    expect(next).toBe(600);
  });

  test('ends early where the source is slow: an activity stays short', async () => {
    let now = 0;
    const clock = jest.spyOn(performance, 'now').mockImplementation(() => now);
    const slow: ReadPage = (args, cursor) => {
      now += 8_000;
      return many(1_000)(args, cursor);
    };
    const { batches, next } = await plan(slow).finally(() => clock.mockRestore());
    expect(batches).toHaveLength(3);
    expect(next).toBe(300);
  });

  test('leaves empty pages out', async () => {
    const own = pagesOf({
      start: { items: [], next: 'a' },
      a: { items: users(3), next: 'b' },
      b: { items: [], next: 'c' },
      c: { items: users(2), next: 'd' },
      d: { items: [] },
    });
    const { batches, next } = await plan(own);
    expect(batches).toMatchObject([
      { number: 1, firstIndex: 0, count: 3, page: { cursor: 'a' } },
      { number: 2, firstIndex: 3, count: 2, page: { cursor: 'c' } },
    ]);
    expect(next).toBeNull();
  });

  test('of an empty source is empty', async () => {
    expect(await plan(() => ({ items: [] }))).toEqual({ batches: [], next: null });
  });

  test('tells which batches are safe to repeat, each by its records', async () => {
    const ticket = (id: number, more: object = {}) => ({ id, status: 'open', ...more });
    const own = pagesOf({
      start: { items: [ticket(1)], next: 'a' },
      a: { items: [ticket(2), ticket(3, { comment: { body: 'Hello' } })] },
    });
    const run = { ...RUN, start: { operation: 'tickets/update_many' } };
    expect((await plan(own, { run })).batches.map(({ repeatSafe }) => repeatSafe)).toEqual([true, false]);
  });
});

describe('a page whose request would be over 1.5 MB', () => {
  const large = (name: string, bytes: number) => ({ external_id: name, notes: 'ö'.repeat(bytes / 2) });

  test('is cut into batches that are not, in the order of the source', async () => {
    const items = [...Array(10).keys()].map((i) => large(`u-${i}`, 400_000));
    const { batches } = await plan(() => ({ items }));
    expect(batches.map(({ page }) => page!.part)).toEqual([
      { from: 0, to: 3 },
      { from: 3, to: 6 },
      { from: 6, to: 9 },
      { from: 9, to: 10 },
    ]);
    expect(batches.map(({ firstIndex, count }) => [firstIndex, count])).toEqual([
      [0, 3],
      [3, 3],
      [6, 3],
      [9, 1],
    ]);
    for (const batch of batches) {
      const records = await readBatch({ sources: { own: () => ({ items }) } }, RUN, { batch, attempt: 1 });
      expect(records.items).toEqual(items.slice(batch.page!.part!.from, batch.page!.part!.to));
      expect(records.request?.records).toBe(batch.count);
    }
  });

  test('has a record that is too large by itself: it stays alone, and is refused', async () => {
    const items = [large('a', 100), large('b', 1_600_000), large('c', 100)];
    const { batches } = await plan(() => ({ items }));
    expect(batches.map(({ page }) => page!.part)).toEqual([
      { from: 0, to: 1 },
      { from: 1, to: 2 },
      { from: 2, to: 3 },
    ]);
    const records = await readBatch({ sources: { own: () => ({ items }) } }, RUN, { batch: batches[1]!, attempt: 1 });
    expect(records).toMatchObject({ request: null, refused: [{ position: 0, item: items[1] }] });
    expect(records.refused[0]!.problem).toMatch(/at most 1500000 bytes of JSON, got 16000\d\d$/);
  });
});

describe('a source ends the plan', () => {
  test.each<[string, ReadPage, boolean, string]>([
    [
      'whose cursor comes back to one read before',
      pagesOf({
        start: { items: [1], next: 'a' },
        a: { items: [2], next: 'b' },
        b: { items: [3], next: 'a' },
      }),
      true,
      'source own: goes back to a cursor that was read before',
    ],
    ['with 101 records', () => ({ items: users(101) }), true, 'gave 101 records'],
    ['with a record that is no JSON', () => ({ items: [{ id: 5n }] }), true, 'gave a record that is no JSON: '],
    [
      'that throws',
      () => {
        throw new Error('connection lost');
      },
      false,
      'source own: at its beginning threw connection lost',
    ],
  ])('%s', async (_, own, nonRetryable, words) => {
    const failure = await failureOf(plan(own));
    expect(failure).toMatchObject({ type: 'ZendeskSourceFailed', nonRetryable });
    expect(failure.message).toContain(words);
  });
});
