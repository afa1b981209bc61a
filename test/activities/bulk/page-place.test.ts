import fc from 'fast-check';
import { fromPlanCursor, toPlanCursor } from '../../../src/activities/bulk/page-place';
import { BYTE_BUDGETS, jsonBytes } from '../../../src/common/byte-budgets';

const cursor = fc.oneof(
  fc.constant(null),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (n === 0 ? 0 : n)),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.string({ unit: fc.constantFrom('\u0001', 'part', ' ', '0', 'n', 's', 'null', '\n'), maxLength: 8 }),
);

test('a place comes back as it was, whatever the cursor of the source is', () => {
  fc.assert(
    fc.property(cursor, fc.nat({ max: 100 }), (own, from) => {
      const place = { cursor: own, from };
      expect(fromPlanCursor(toPlanCursor(place))).toEqual(place);
      const planned = toPlanCursor(place);
      expect(fromPlanCursor(JSON.parse(JSON.stringify(planned)) as typeof planned)).toEqual(place);
    }),
    { numRuns: 1_000 },
  );
});

test('a whole page has the cursor of the source', () => {
  for (const own of [null, 0, 17, '', 'a', '語']) expect(toPlanCursor({ cursor: own, from: 0 })).toBe(own);
});

test('a part of a page has a cursor that is some 20 bytes longer', () => {
  const own = 'x'.repeat(BYTE_BUDGETS.cursor - 2);
  expect(jsonBytes(toPlanCursor({ cursor: own, from: 99 }))).toBeLessThan(BYTE_BUDGETS.cursor + 30);
});
