import fc from 'fast-check';
import { cutToBytes, jsonBytes } from '../../src/common/byte-budgets';

test.each([
  ['a', 3],
  ['ü', 4],
  ['日', 5],
  ['😀', 6],
  ['\n', 4],
  ['\ud800', 8],
])('jsonBytes counts the UTF-8 bytes of %j as JSON', (text, bytes) => {
  expect(jsonBytes(text)).toBe(bytes);
  expect(jsonBytes([text])).toBe(Buffer.byteLength(JSON.stringify([text])));
});

test('jsonBytes is zero for a value that JSON leaves out', () => {
  expect(jsonBytes(undefined)).toBe(0);
});

/** A surrogate without its other half. */
const hasHalf = (text: string) => /\p{Surrogate}/u.test(text);

test('cutToBytes keeps a text that fits, and marks one that it cuts', () => {
  expect(cutToBytes('日本語', 9)).toBe('日本語');
  expect(cutToBytes('日本語', 8)).toBe('日…');
  expect(cutToBytes('a😀b', 5)).toBe('a…');
});

test.each([
  ['00', 6],
  ['08', 2],
  ['09', 2],
  ['0a', 2],
  ['0c', 2],
  ['0d', 2],
  ['1f', 6],
  ['20', 1],
  ['22', 2],
  ['5c', 2],
  ['7f', 1],
  ['80', 2],
  ['7ff', 2],
  ['800', 3],
  ['d7ff', 3],
  ['d800', 6],
  ['dfff', 6],
  ['e000', 3],
  ['ffff', 3],
  ['10000', 4],
  ['10ffff', 4],
])('cutToBytes counts U+%s as JSON writes it, and keeps as many as fit beside the mark', (code, bytes) => {
  const character = String.fromCodePoint(parseInt(code, 16));
  expect(jsonBytes(character) - 2).toBe(bytes);
  const text = character.repeat(10);
  const mark = 3;
  expect(cutToBytes(text, 10 * bytes)).toBe(text);
  expect(cutToBytes(text, 4 * bytes + mark)).toBe(`${character.repeat(4)}…`);
  expect(cutToBytes(text, 4 * bytes + mark - 1)).toBe(`${character.repeat(3)}…`);
});

test('cutToBytes never exceeds its bytes and never leaves half a character, whatever the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.integer({ min: 3, max: 80 }), (text, maxBytes) => {
      const cut = cutToBytes(text, maxBytes);
      expect(jsonBytes(cut) - 2).toBeLessThanOrEqual(maxBytes);
      expect(cut === text || text.startsWith(cut.slice(0, -1))).toBe(true);
      if (!hasHalf(text)) expect(hasHalf(cut)).toBe(false);
    }),
  );
});
