import fc from 'fast-check';
import { jsonErrorAt } from '../../../src/activities/bulk/json-error';

const isJson = (text: string) => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

test.each([
  ['{"id": 1, "name": Ann}', 18],
  ['{"id": 1,}', 9],
  ['{"id" 1}', 6],
  ['{id: 1}', 1],
  ["{'id': 1}", 1],
  ['[1, 2', 5],
  ['{"a": [1, {"b": 2]}', 17],
  ['1 2', 2],
  ['01', 1],
  ['1.', 1],
  ['-', 0],
  ['nul', 0],
  ['NaN', 0],
  ['"tab\tinside"', 0],
  ['"bad \\x escape"', 0],
  ['"no end', 0],
  ['token-abc', 0],
  ['', 0],
  ['[]]', 2],
  ['{"a":1}}', 7],
  [',', 0],
  ['[,1]', 1],
  ['{"a"::1}', 5],
  ['{"名前": 1 "x"}', 9],
])('%s is wrong at %i', (text, at) => {
  expect(isJson(text)).toBe(false);
  expect(jsonErrorAt(text)).toBe(at);
});

test('of all JSON it finds no error', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat({ max: 3 }), (json, indent) => {
      expect(jsonErrorAt(json)).toBeUndefined();
      expect(jsonErrorAt(JSON.stringify(JSON.parse(json), null, indent))).toBeUndefined();
    }),
  );
});

test('it agrees with JSON.parse, whatever is cut out of the text or put into it', () => {
  const broken = fc
    .tuple(fc.json(), fc.nat(), fc.nat({ max: 3 }), fc.string({ unit: fc.constantFrom(...'{}[]:,"\\ \n0-1eE.+tfn語') }))
    .map(([json, at, cut, added]) => {
      const place = at % (json.length + 1);
      return json.slice(0, place) + added.slice(0, 3) + json.slice(place + cut);
    });
  fc.assert(
    fc.property(broken, (text) => {
      expect(jsonErrorAt(text) === undefined).toBe(isJson(text));
    }),
    { numRuns: 5_000 },
  );
});

test('a text of 2 MB, or nested a hundred thousand times, is no burden', () => {
  const long = `{"notes": "${'\\u00e9x\\n'.repeat(250_000)}"`;
  expect(jsonErrorAt(long)).toBe(long.length);
  expect(jsonErrorAt('['.repeat(100_000))).toBe(100_000);
});
