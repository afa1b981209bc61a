import { createRedactor } from '../../src/zendesk/redact';

const SECRET = 'p@ss/wörd"1';

test.each([
  ['as it is', SECRET],
  ['URL-encoded', encodeURIComponent(SECRET)],
  ['JSON-escaped', JSON.stringify(SECRET).slice(1, -1)],
  ['in base64', Buffer.from(SECRET).toString('base64')],
])('a secret is struck out %s, wherever it stands', (_, form) => {
  expect(createRedactor(() => [SECRET])(`a ${form} b ${form}`)).toBe('a [redacted] b [redacted]');
});

test('of two secrets that begin alike, nothing is left of the longer one', () => {
  expect(createRedactor(() => ['abc', 'abcdef'])('abcdef abc')).toBe('[redacted] [redacted]');
});

test('secrets of the moment are struck out', () => {
  const secrets = ['old'];
  const redact = createRedactor(() => secrets);
  secrets.push('new');
  expect(redact('old and new')).toBe('[redacted] and [redacted]');
});

test('an empty secret leaves the text alone', () => {
  expect(createRedactor(() => [''])('text')).toBe('text');
});
