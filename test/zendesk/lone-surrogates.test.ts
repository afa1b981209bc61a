import { loneSurrogates } from '../../src/zendesk/lone-surrogates';

const HALF = '\ud83d';

test.each<[string, unknown, string[]]>([
  ['none in plain values', { a: 'x', b: [1, null, true, '😀', '\u0000'], c: {} }, []],
  ['a field', { items: [{ name: HALF }] }, ['items[0].name']],
  ['the second half alone', { name: '\ude00' }, ['name']],
  ['both halves in the wrong order', { name: '\ude00\ud83d' }, ['name']],
  ['an element', { ids: ['1', HALF] }, ['ids[1]']],
  ['deep inside', { items: [{}, { a: { b: [[`x${HALF}`]] } }] }, ['items[1].a.b[0][0]']],
  ['several, in order', [{ a: HALF, b: HALF }, HALF], ['[0].a', '[0].b', '[1]']],
  ['the name of a field, which is told as text can be', { items: [{ [HALF]: 1 }] }, ['items[0].\ufffd']],
])('finds %s', (_, value, fields) => {
  expect(loneSurrogates(value)).toEqual(fields);
});

test('finds a hundred at most, at any depth', () => {
  expect(loneSurrogates(Array.from({ length: 1_000 }, () => HALF))).toHaveLength(100);
  let deep: unknown = HALF;
  for (let i = 0; i < 20_000; i++) deep = [deep];
  expect(loneSurrogates(deep)).toHaveLength(1);
});
