import { readJson, redactJson } from '../../src/zendesk/json';
import { createRedactor } from '../../src/zendesk/redact';

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const deepObject = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

test.each(['{"a":[1,"x",null]}', '"a"', 'null', nested(50), '{"__proto__":{"a":1}}'])('is read: %s', (text) => {
  expect(JSON.stringify(readJson(text))).toBe(text);
});

test.each([
  ['no JSON', '{', SyntaxError],
  ['nothing', '', SyntaxError],
  ['arrays nested too deep', nested(52), /more than 50 deep/],
  ['objects nested too deep', deepObject(51), /more than 50 deep/],
  ['what ends the stack of whoever writes it', nested(1_000_000), /more than 50 deep/],
])('is refused: %s', (_, text, error) => {
  expect(() => readJson(text)).toThrow(error);
});

describe('where one value must not spoil the others', () => {
  const read = (text: string) => readJson(text, { cutDepth: true });

  test.each([
    ['nothing, up to 50 deep', `{"a":${nested(49)},"b":1}`, `{"a":${nested(49)},"b":1}`],
    ['lists', `{"a":${nested(60)},"b":1}`, `{"a":${'['.repeat(49)}null${']'.repeat(49)},"b":1}`],
    ['objects', `[${deepObject(60)},2]`, `[${'{"a":'.repeat(49)}null${'}'.repeat(49)},2]`],
  ])('what is nested too deep becomes null: %s', (_, text, expected) => {
    expect(JSON.stringify(read(text))).toBe(expected);
  });

  test('also what ends the stack of whoever writes it', () => {
    expect(JSON.stringify(read(`{"a":${nested(1_000_000)},"b":1}`))).toMatch(/^{"a":\[{49}null\]{49},"b":1}$/);
  });

  test('a body that is too deep and has numbers that JavaScript cannot hold is refused', () => {
    expect(() => read(`{"a":${nested(60)},"b":12345678901234567890}`)).toThrow(/more than 50 deep/);
  });
});

test('a name that is a prototype is a name', () => {
  const value = readJson('{"__proto__":{"polluted":1}}') as { polluted?: number };
  expect([value.polluted, ({} as { polluted?: number }).polluted]).toEqual([undefined, undefined]);
});

describe('a secret is struck out of what was read', () => {
  const redact = createRedactor(() => ['se<cr>et/1']);

  test.each([
    ['as a value', '{"a":["x se<cr>et/1 y"]}', '{"a":["x [redacted] y"]}'],
    ['as a name', '{"se<cr>et/1":1}', '{"[redacted]":1}'],
    ['escaped, as Rails does', '"se\\u003ccr\\u003eet/1"', '"[redacted]"'],
    ['with escaped slashes', '"se<cr>et\\/1"', '"[redacted]"'],
    ['URL-encoded', '"se%3Ccr%3Eet%2F1"', '"[redacted]"'],
  ])('%s', (_, text, struck) => {
    expect(JSON.stringify(redactJson(readJson(text), redact))).toBe(struck);
  });

  test('what holds none is the same', () => {
    const value = readJson('{"a":1}');
    expect(redactJson(value, redact)).toBe(value);
  });
});
