import fc from 'fast-check';
import { createPlanZendeskBatches } from '../../../src/activities/bulk/plan-zendesk-batches';
import { fromPlanCursor } from '../../../src/activities/bulk/page-place';
import { readBatch } from '../../../src/activities/bulk/read-batch';
import type { ReadPage, SourceObject, SourcePage, ZendeskSource } from '../../../src/activities/bulk/pluggable';
import { cursorDigest } from '../../../src/activities/bulk/record-digest';
import { BYTE_BUDGETS, jsonBytes } from '../../../src/common/byte-budgets';
import type { Batch, BatchPlan, BatchPlanning, BulkRun, SourceCursor } from '../../../src/common/bulk';
import { recordKeys, supersededIndexes } from '../../../src/zendesk/record-keys';
import { failureOf, RUN, temporaryFolder, users } from './support/records';

const START: Omit<BatchPlanning, 'run'> = { cursor: null, number: 1, firstIndex: 0, pages: 30 };
const plan = (own: ZendeskSource, planning: Partial<BatchPlanning> = {}): Promise<BatchPlan> =>
  createPlanZendeskBatches({ sources: { own } })({ run: RUN, ...START, ...planning });

const batchesOf = ({ batches }: BatchPlan): Batch[] => batches.map(({ batch }) => batch);

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
        { batch: { number: 1, firstIndex: 0, count: 100, page: { cursor: null, digest }, repeatSafe: true } },
        { batch: { number: 2, firstIndex: 100, count: 100, page: { cursor: 100, digest }, repeatSafe: true } },
        { batch: { number: 3, firstIndex: 200, count: 50, page: { cursor: 200, digest }, repeatSafe: true } },
      ],
      records: 250,
      nextNumber: 4,
      next: null,
      visited: [null, 100, 200].map(cursorDigest),
    });
  });

  test('goes on where the one before ended', async () => {
    const first = await plan(many(1_000), { pages: 4 });
    expect(first.batches).toHaveLength(4);
    expect(first).toMatchObject({ next: 400, nextNumber: 5, records: 400 });
    const second = await plan(many(1_000), { cursor: 400, number: 5, firstIndex: 400, pages: 2 });
    expect(batchesOf(second)).toMatchObject([
      { number: 5, firstIndex: 400, page: { cursor: 400 } },
      { number: 6, firstIndex: 500, page: { cursor: 500 } },
    ]);
    expect(second).toMatchObject({ next: 600, nextNumber: 7, records: 200, visited: [400, 500].map(cursorDigest) });
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
    const planned = await plan(own);
    expect(batchesOf(planned)).toMatchObject([
      { number: 1, firstIndex: 0, count: 3, page: { cursor: 'a' } },
      { number: 2, firstIndex: 3, count: 2, page: { cursor: 'c' } },
    ]);
    expect(planned).toMatchObject({ next: null, records: 5, nextNumber: 3 });
    expect(planned.visited).toEqual([null, 'a', 'b', 'c', 'd'].map(cursorDigest));
  });

  test('of an empty source is empty', async () => {
    const visited = [cursorDigest(null)];
    expect(await plan(() => ({ items: [] }))).toEqual({ batches: [], records: 0, nextNumber: 1, next: null, visited });
  });

  test('tells which batches are safe to repeat, each by its records', async () => {
    const ticket = (id: number, more: object = {}) => ({ id, status: 'open', ...more });
    const own = pagesOf({
      start: { items: [ticket(1)], next: 'a' },
      a: { items: [ticket(2), ticket(3, { comment: { body: 'Hello' } })] },
    });
    const run = { ...RUN, start: { operation: 'tickets/update_many' } };
    expect(batchesOf(await plan(own, { run })).map(({ repeatSafe }) => repeatSafe)).toEqual([true, false]);
  });
});

describe('a page whose request would be over 1.5 MB', () => {
  const large = (name: string, bytes: number) => ({ external_id: name, notes: 'ö'.repeat(bytes / 2) });

  test('is cut into batches that are not, in the order of the source', async () => {
    const items = [...Array(10).keys()].map((i) => large(`u-${i}`, 400_000));
    const batches = batchesOf(await plan(() => ({ items })));
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
    const batches = batchesOf(await plan(() => ({ items })));
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

/** A planning after the other, as the workflow does it, until the source has ended. */
async function planAll(own: ZendeskSource, planning: Partial<BatchPlanning> = {}, most = 1_000): Promise<BatchPlan[]> {
  const plans: BatchPlan[] = [];
  let next: SourceCursor | null = null;
  let [number, firstIndex] = [1, 0];
  do {
    const planned: BatchPlan = await plan(own, { ...planning, cursor: next, number, firstIndex });
    plans.push(planned);
    next = planned.next;
    number = planned.nextNumber;
    firstIndex += planned.records;
  } while (next !== null && plans.length < most);
  return plans;
}

describe('a plan stays within its bounds', () => {
  /** So large that no two fit into a request. */
  const huge = (name: number) => ({ external_id: `${name}`, notes: 'x'.repeat(800_000) });
  const longest = (name: string) => `${name}${'語'.repeat(330)}`;

  test('of 60 batches: where the pages are many', async () => {
    const plans = await planAll(many(10_000), { pages: 1_000 });
    expect(plans.map(({ batches }) => batches.length)).toEqual([60, 40]);
  });

  test('of 60 batches: where a page is cut into a hundred, which goes on within the page', async () => {
    const items = Array.from({ length: 100 }, (_, i) => huge(i));
    const own = pagesOf({ start: { items, next: 'b' }, b: { items: users(1) } });
    const plans = await planAll(own);
    expect(plans.map(({ batches }) => batches.length)).toEqual([60, 41]);
    expect(fromPlanCursor(plans[0]!.next)).toEqual({ cursor: null, from: 60 });
    expect(plans.flatMap(batchesOf).map(({ number }) => number)).toEqual(Array.from({ length: 101 }, (_, i) => i + 1));
    expect(batchesOf(plans[1]!)[0]).toMatchObject({
      firstIndex: 60,
      page: { cursor: null, part: { from: 60, to: 61 } },
    });
    // Each cursor once, though the first page was read twice: the workflow takes a second time for a circle.
    expect(plans.flatMap(({ visited }) => visited)).toEqual([null, 'b'].map(cursorDigest));
  });

  test('of bytes: with the longest cursors', async () => {
    const own: ReadPage = (_, cursor) => {
      const n = cursor === null ? 0 : Number(String(cursor).replace(/語/g, ''));
      return { items: users(100, n * 100), next: n < 199 ? longest(`${n + 1}`) : null };
    };
    const plans = await planAll(own, { pages: 1_000 });
    for (const planned of plans) expect(jsonBytes(planned)).toBeLessThanOrEqual(BYTE_BUDGETS.plan);
    expect(plans.flatMap(batchesOf)).toHaveLength(200);
    expect(plans.slice(0, -1).every(({ batches }) => batches.length > 40)).toBe(true);
  });

  test('of bytes: with empty pages without end', async () => {
    const own: ReadPage = (_, cursor) => ({ items: [], next: Number(cursor ?? 0) + 1 });
    const planned = await plan(own, { pages: 1_000_000 });
    expect(jsonBytes(planned)).toBeLessThanOrEqual(BYTE_BUDGETS.plan);
    expect(planned.visited.length).toBeGreaterThan(5_000);
  });

  test('where the page has other records when it goes on within it: the run ends', async () => {
    const items = Array.from({ length: 100 }, (_, i) => huge(i));
    const { next } = await plan(() => ({ items }));
    const failure = await failureOf(plan(() => ({ items: users(20) }), { cursor: next, firstIndex: 60 }));
    expect(failure).toMatchObject({ type: 'ZendeskSourceFailed', nonRetryable: true });
    expect(failure.message).toContain('at its beginning gave other records');
  });

  test('and loses no record and repeats none, whatever the pages are', async () => {
    const bytes: fc.Arbitrary<number> = fc.constantFrom(0, 0, 0, 0, 300_000, 800_000, 1_600_000);
    const small: fc.Arbitrary<number> = fc.constant(0);
    const page = fc.record({
      sizes: fc.oneof(fc.array(bytes, { maxLength: 100 }), fc.array(small, { minLength: 90, maxLength: 100 })),
      cursor: fc.string({ unit: fc.constantFrom('語', '😀', 'a', '"', '\\', '\n', '\u0001'), maxLength: 330 }),
    });
    const notes = new Map([0, 300_000, 800_000, 1_600_000].map((size) => [size, 'x'.repeat(size)]));
    await fc.assert(
      fc.asyncProperty(
        fc.array(page, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom('allow', 'last'),
        async (pages, pagesAtOnce, duplicateKeys) => {
          let index = 0;
          const made = pages.map(({ sizes, cursor }, i) => ({
            cursor: `${i}${jsonBytes(cursor) > 990 ? cursor.slice(0, 160) : cursor}`,
            items: sizes.map((size) => ({ external_id: `${index++ % 997}`, notes: notes.get(size)! })),
          }));
          const all = made.flatMap(({ items }) => items);
          const left = new Set(duplicateKeys === 'last' ? supersededIndexes(RUN.start, all) : []);
          const own: SourceObject = {
            read(_, cursor) {
              const at = cursor === null ? 0 : made.findIndex((found, i) => i > 0 && found.cursor === cursor);
              return { items: made[at]!.items, next: made[at + 1]?.cursor ?? null };
            },
            superseded: () => ({ count: left.size, has: (i) => left.has(i), examples: [] }),
          };
          const run: BulkRun = { ...RUN, duplicateKeys: duplicateKeys as 'allow' | 'last' };
          const plans = await planAll(own, { run, pages: pagesAtOnce });

          const sent: number[] = [];
          let next = 0;
          for (const [i, { batch, positions }] of plans.flatMap(({ batches }) => batches).entries()) {
            expect(batch.number).toBe(i + 1);
            while (next < batch.firstIndex) expect(left.has(next++)).toBe(true);
            expect(batch.firstIndex).toBe(next);
            const found = made.find(({ cursor }, i) => batch.page!.cursor === (i === 0 ? null : cursor))!;
            const { from, to } = batch.page!.part ?? { from: 0, to: found.items.length };
            const records = found.items.slice(from, to);
            expect(records).toHaveLength(batch.count);
            const chosen = positions ?? records.map((_, position) => position);
            expect(chosen.length).toBeGreaterThan(0);
            chosen.forEach((position) => {
              sent.push(batch.firstIndex + position);
              expect(records[position]).toBe(all[batch.firstIndex + position]);
            });
            next += batch.count;
          }
          expect(sent).toEqual(all.flatMap((_, i) => (left.has(i) ? [] : [i])));
          expect(plans.reduce((sum, { records }) => sum + records, 0)).toBe(all.length);
          expect(plans.flatMap(({ visited }) => visited)).toEqual(
            made.map(({ cursor }, i) => cursorDigest(i === 0 ? null : cursor)),
          );
          for (const planned of plans) {
            expect(jsonBytes(planned)).toBeLessThanOrEqual(BYTE_BUDGETS.plan);
            expect(planned.batches.length).toBeLessThanOrEqual(60);
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('duplicate keys', () => {
  const folder = temporaryFolder();
  const last: BulkRun = { ...RUN, duplicateKeys: 'last' };
  const user = (external_id: string) => ({ external_id });

  test('with `last` only the last record of a key is sent, over all pages; a batch without any is left out', async () => {
    const records = [...users(100), ...users(99), user('new'), ...users(1)];
    const path = await folder.write('users.ndjson', records.map((record) => `${JSON.stringify(record)}\n`).join(''));
    const run = { ...last, source: { name: 'ndjson', args: { path } } };
    const planned = await plan(() => ({ items: [] }), { run });
    expect(planned).toMatchObject({ records: 201, nextNumber: 4, next: null });
    expect(planned.batches).toMatchObject([
      { batch: { number: 1, firstIndex: 0, count: 100 }, positions: [99] },
      { batch: { number: 2, firstIndex: 100, count: 100 }, positions: Array.from({ length: 99 }, (_, i) => i + 1) },
      { batch: { number: 3, firstIndex: 200, count: 1 } },
    ]);
    expect(planned.batches[2]).not.toHaveProperty('positions');

    const again = await folder.write(
      'again.ndjson',
      [...users(100), ...users(100)].map((r) => `${JSON.stringify(r)}\n`).join(''),
    );
    const { batches } = await plan(() => ({ items: [] }), {
      run: { ...run, source: { name: 'ndjson', args: { path: again } } },
    });
    expect(batches).toMatchObject([{ batch: { number: 1, firstIndex: 100, count: 100 } }]);
  });

  test.each(['allow', 'fail'] as const)(
    'with `%s` all records are planned, and the source is not scanned',
    async (duplicateKeys) => {
      const own: SourceObject = {
        read: () => ({ items: [user('a'), user('a')] }),
        superseded: () => {
          throw new Error('scanned');
        },
      };
      expect((await plan(own, { run: { ...RUN, duplicateKeys } })).batches).toMatchObject([{ batch: { count: 2 } }]);
    },
  );

  test('whether a batch is safe to repeat is decided by the records that are sent', async () => {
    const commented = { id: 1, comment: { body: 'Hello' } };
    const own: SourceObject = {
      read: () => ({ items: [commented, { id: 1, status: 'open' }] }),
      superseded: () => ({ count: 1, has: (index) => index === 0, examples: [] }),
    };
    const run: BulkRun = { ...last, start: { operation: 'tickets/update_many' } };
    expect((await plan(own, { run })).batches).toMatchObject([{ batch: { repeatSafe: true }, positions: [1] }]);
  });

  test('a source is asked once a planning, with the keys of the operation', async () => {
    const asked: unknown[] = [];
    const own: SourceObject = {
      read: many(300) as SourceObject['read'],
      superseded: (args, { fields, keysOf }) => {
        asked.push(args, fields, keysOf({ external_id: 'A' }));
        return { count: 0, has: () => false, examples: [] };
      },
    };
    await plan(own, { run: { ...last, source: { name: 'own', args: { table: 'users' } } } });
    expect(asked).toEqual([{ table: 'users' }, ['external_id', 'email'], recordKeys(RUN.start, { external_id: 'a' })]);
  });

  test('a source that cannot say so, or says it wrongly, ends the run', async () => {
    expect(await failureOf(plan(many(1), { run: last }))).toMatchObject({
      type: 'ZendeskInputInvalid',
      nonRetryable: true,
    });
    const own = { read: many(1), superseded: () => [0] } as unknown as SourceObject;
    const failure = await failureOf(plan(own, { run: last }));
    expect(failure).toMatchObject({ type: 'ZendeskSourceFailed', nonRetryable: true });
    expect(failure.message).toContain('superseded() did not return { count, has, examples }');
  });
});

test('a source that goes round in a circle longer than one planning shows the same digests again', async () => {
  const own: ReadPage = (_, cursor) => ({
    items: users(1),
    next: `page ${(Number(String(cursor ?? 'page 0').slice(5)) + 1) % 40}`,
  });
  const plans = await planAll(own, {}, 3);
  const visited = plans.flatMap((planned) => planned.visited);
  expect(visited).toHaveLength(90);
  expect(visited.indexOf(visited[41]!)).toBe(1);
  expect(new Set(visited).size).toBe(41);
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
    ['with 101 records', () => ({ items: users(101) }), true, 'returned 101 records'],
    ['with a record that is not JSON', () => ({ items: [{ id: 5n }] }), true, 'returned a record that is not JSON: '],
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
