import { cursorDigest, digestOf } from '../../../src/activities/bulk/record-digest';

const ann = { name: 'Ann', external_id: 'a', email: 'ann@example.com' };

test.each<[string, unknown[], unknown[]]>([
  ['an id', [{ id: 1, subject: 'old' }], [{ id: 1, subject: 'new' }]],
  ['an external id', [ann], [{ external_id: 'a', email: 'ann@example.org' }]],
  [
    'an e-mail address, where there is nothing better',
    [{ email: 'a@example.com' }],
    [{ email: 'a@example.com', id: null }],
  ],
  ['all of it, where it has no name', [{ subject: 'x' }, 7, 'a'], [{ subject: 'x' }, 7, 'a']],
])('a record is known by %s', (_, before, after) => {
  expect(digestOf(after)).toBe(digestOf(before));
});

test.each<[string, unknown[], unknown[]]>([
  ['another id', [{ id: 1 }], [{ id: 2 }]],
  ['another external id', [ann], [{ ...ann, external_id: 'b' }]],
  ['another record without a name', [{ subject: 'x' }], [{ subject: 'y' }]],
  ['another order', [1, 2], [2, 1]],
  ['one more', [1], [1, 2]],
  ['none', [1], []],
])('%s makes another page', (_, before, after) => {
  expect(digestOf(after)).not.toBe(digestOf(before));
});

test('it is short: it comes into the history with each batch', () => {
  expect(digestOf([ann])).toMatch(/^[\w-]{12}$/);
});

test('cursors have a digest of 9 characters, each another one', () => {
  const cursors = [null, 'null', '', 0, '0', 1.5, '1.5', '語'.repeat(330), 'a', 'A'];
  const digests = cursors.map(cursorDigest);
  expect(new Set(digests).size).toBe(cursors.length);
  for (const digest of digests) expect(digest).toMatch(/^[\w-]{9}$/);
  expect(cursors.map(cursorDigest)).toEqual(digests);
});
