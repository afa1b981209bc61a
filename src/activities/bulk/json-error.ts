/**
 * Where a text stops being JSON. `JSON.parse` quotes the text in its messages, and a file of secrets that is given as a source
 * by mistake must not reach a history. Pure.
 */

const WHITE_SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y;
const WORD = /true|false|null/y;

/** What may come next. */
type Expected = 'value' | 'value or ]' | 'name' | 'name or }' | ':' | ', or end';

/** Offset of the token that is wrong, in characters; undefined where the text is JSON. */
export function jsonErrorAt(text: string): number | undefined {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  let at = skip(WHITE_SPACE, text, 0);
  while (at < text.length) {
    const next = text[at]!;
    const end = endOfToken(text, at);
    if (end === at) return at;
    if (expected === ':') {
      if (next !== ':') return at;
      expected = 'value';
    } else if (expected === ', or end') {
      const inside = open.at(-1);
      if (inside === undefined) return at;
      if (next === ',') expected = inside === '{' ? 'name' : 'value';
      else if (next === (inside === '{' ? '}' : ']')) open.pop();
      else return at;
    } else if (expected === 'name' || expected === 'name or }') {
      if (next === '"') expected = ':';
      else if (next === '}' && expected === 'name or }') {
        open.pop();
        expected = ', or end';
      } else return at;
    } else if (next === '{' || next === '[') {
      open.push(next);
      expected = next === '{' ? 'name or }' : 'value or ]';
    } else if (next === ']' && expected === 'value or ]') {
      open.pop();
      expected = ', or end';
    } else if ('}],:'.includes(next)) return at;
    else expected = ', or end';
    at = skip(WHITE_SPACE, text, end);
  }
  return open.length === 0 && expected === ', or end' ? undefined : text.length;
}

/** The same offset where there is no token. */
function endOfToken(text: string, at: number): number {
  const next = text[at]!;
  if ('{}[]:,'.includes(next)) return at + 1;
  if (next === '"') return skip(STRING, text, at);
  return next === '-' || (next >= '0' && next <= '9') ? skip(NUMBER, text, at) : skip(WORD, text, at);
}

function skip(token: RegExp, text: string, at: number): number {
  token.lastIndex = at;
  return token.test(text) ? token.lastIndex : at;
}
