import fc from 'fast-check';
import { KeyTable } from '../../../src/activities/bulk/key-table';

test('it knows at which record a key was last seen, as a map does', () => {
  const key = fc.string({ unit: 'grapheme', maxLength: 2 });
  fc.assert(
    fc.property(fc.array(key, { maxLength: 3_000 }), (keys) => {
      const table = new KeyTable();
      const map = new Map<string, number>();
      keys.forEach((key, record) => {
        expect(table.put(key, record)).toBe(map.get(key));
        map.set(key, record);
      });
    }),
    { numRuns: 30 },
  );
});

test('it holds hundreds of thousands of keys, and finds each of them', () => {
  const table = new KeyTable();
  const count = 200_000;
  for (let i = 0; i < count; i++)
    if (table.put(`external_id=crm-${i}`, i) !== undefined) throw new Error(`${i} is there`);
  for (let i = 0; i < count; i++)
    if (table.put(`external_id=crm-${i}`, count + i) !== i) throw new Error(`${i} is lost`);
  expect(table.put('external_id=crm-0', 0)).toBe(count);
});
