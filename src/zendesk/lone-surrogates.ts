/** Texts that are not Unicode: JSON can hold half of a surrogate pair, and UTF-8 cannot. Pure. */
import { findLeaves } from '../common/exact-numbers';

/** Fields that are named: an input can have very many. */
const MAX_FIELDS = 100;

/** Where texts, or names of fields, have half of a surrogate pair, as in `items[41].name`: the first 100, in order. */
export function loneSurrogates(value: unknown): string[] {
  const found = findLeaves(value, (leaf, key) => isLone(leaf) || isLone(key), '', MAX_FIELDS);
  return found.map(({ path }) => path.toWellFormed());
}

function isLone(value: unknown): boolean {
  return typeof value === 'string' && !value.isWellFormed();
}
