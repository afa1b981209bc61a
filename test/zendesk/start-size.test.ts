import fc from 'fast-check';
import type { BulkStart } from '../../src/common/bulk';
import { bulkStartInput } from '../../src/zendesk/bulk-input';
import { startRequest } from '../../src/zendesk/start-request';
import { MAX_URL_BYTES, partsOf, urlBytes } from '../../src/zendesk/start-size';

const destroy: BulkStart = { operation: 'users/destroy_many' };
const update: BulkStart = {
  operation: 'users/update_many',
  body: { user: { role: 'agent' } },
  params: { brand_id: 1 },
};
const upsert: BulkStart = { operation: 'users/create_or_update_many' };
const sizes = (start: BulkStart, records: unknown[], from = 0) =>
  partsOf(start, records, from).map(({ from: first, to }) => to - first);

test('records that fit are a hundred a part', () => {
  const ids = Array.from({ length: 250 }, (_, i) => 10_000_000_000_000 + i);
  expect(sizes(destroy, ids)).toEqual([100, 100, 50]);
  expect(
    sizes(
      upsert,
      ids.map((id) => ({ external_id: `${id}` })),
    ),
  ).toEqual([100, 100, 50]);
  expect(sizes(upsert, [])).toEqual([]);
});

test('250 long external ids are cut so that no URL is longer than 8,000 bytes', () => {
  const records = Array.from({ length: 250 }, (_, i) => ({ external_id: `${'crm/kunde '.repeat(12)}${i}` }));
  for (const start of [destroy, update]) {
    const parts = partsOf(start, records);
    expect(parts.length).toBeGreaterThan(4);
    expect(parts.map(({ to }) => to).at(-1)).toBe(250);
    for (const { from, to } of parts) {
      const { path, query, records: count } = startRequest(bulkStartInput(start, records.slice(from, to)));
      expect(count).toBe(to - from);
      const sent = new URL(path, `https://${'s'.repeat(63)}.zendesk.com`);
      sent.search = new URLSearchParams(query).toString();
      expect(sent.href.length).toBeLessThanOrEqual(MAX_URL_BYTES);
    }
  }
});

test('an id that is too long by itself is a part of its own', () => {
  const records = ['a', 'x'.repeat(9_000), 'b', 'c'].map((external_id) => ({ external_id }));
  expect(sizes(destroy, records)).toEqual([1, 1, 2]);
});

test('the length of a URL is that of its encoded form, with an origin as long as any of Zendesk', () => {
  const bytes = (external_ids: string) => urlBytes('/api/v2/users/destroy_many', { external_ids });
  expect(bytes('é') - bytes('')).toBe('%C3%A9'.length);
  expect(bytes('a,b') - bytes('')).toBe('a%2Cb'.length);
});

test('whatever the records are, each part makes a request or has one record, and the same cuts come again from any of them on', () => {
  const name = fc.string({
    unit: fc.constantFrom('a', 'é', '日', '😀', ' ', '/', '%'),
    minLength: 1,
    maxLength: 2_000,
  });
  const records = fc.uniqueArray(fc.record({ external_id: name.filter((text) => text.trim() !== '') }), {
    selector: ({ external_id }) => external_id,
    maxLength: 150,
  });
  fc.assert(
    fc.property(records, fc.constantFrom(destroy, update), (given, start) => {
      const parts = partsOf(start, given);
      expect(parts.flatMap(({ from, to }) => given.slice(from, to))).toEqual(given);
      for (const [i, { from, to }] of parts.entries()) {
        const request = () => startRequest(bulkStartInput(start, given.slice(from, to)));
        if (to - from > 1) expect(request().records).toBe(to - from);
        expect(partsOf(start, given, from)).toEqual(parts.slice(i));
      }
    }),
    { numRuns: 60 },
  );
});
