/** Texts that are not Unicode: JSON can hold half of a surrogate pair, and UTF-8 cannot. Pure. */

/** Fields that are named: an input can have very many. */
const MAX_FIELDS = 100;

/**
 * Where texts, or names of fields, have half of a surrogate pair, as in `items[41].name`: the first 100, in order. The value is plain
 * JSON, of any depth.
 */
export function loneSurrogates(value: unknown): string[] {
  const found: string[] = [];
  const rest: [field: string, value: unknown][] = [['', value]];
  while (rest.length > 0 && found.length < MAX_FIELDS) {
    const [field, next] = rest.pop()!;
    if (typeof next === 'string') {
      if (!next.isWellFormed()) found.push(field);
    } else if (Array.isArray(next)) {
      for (let i = next.length - 1; i >= 0; i--) rest.push([`${field}[${i}]`, next[i]]);
    } else if (typeof next === 'object' && next !== null) {
      for (const [name, inner] of Object.entries(next).reverse()) {
        const named = `${field}${field === '' ? '' : '.'}${name.toWellFormed()}`;
        if (name.isWellFormed()) rest.push([named, inner]);
        else found.push(named);
      }
    }
  }
  return found;
}
