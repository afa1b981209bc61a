/** Numbers whose digits JavaScript does not keep. Pure, and small: part of the workflow bundle. */
import { cutToBytes } from './byte-budgets';

/** More of them are not reported. */
const MAX_REPORTED = 20;
const MAX_PATH_BYTES = 200;

/** Where in a value a leaf was found, as in `items[3].custom_fields[0].value`, and the leaf. */
export interface FoundLeaf {
  path: string;
  leaf: unknown;
}

/**
 * The first leaves of a value, at any depth, that `isWanted`, 20 by default. `key` is the name of the field that holds the leaf. `name` is
 * what the value is called; it may be empty.
 */
export function findLeaves(
  value: unknown,
  isWanted: (leaf: unknown, key: string) => boolean,
  name = '',
  maxFound = MAX_REPORTED,
): FoundLeaf[] {
  const found: FoundLeaf[] = [];
  const seen = new Set<object>(); // A value that is no JSON may hold itself.
  const open: (FoundLeaf & { key: string })[] = [{ path: name, key: name, leaf: value }];
  for (let next = open.pop(); next && found.length < maxFound; next = open.pop()) {
    const { path, key: own, leaf } = next;
    if (isWanted(leaf, own)) found.push({ path: cutToBytes(path, MAX_PATH_BYTES), leaf });
    else if (typeof leaf === 'object' && leaf !== null && !seen.has(leaf)) {
      seen.add(leaf);
      const inner = Object.entries(leaf).map(([key, child]) => {
        const place = Array.isArray(leaf) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
        return { path: place, key, leaf: child as unknown };
      });
      open.push(...inner.reverse());
    }
  }
  return found;
}

/**
 * One problem for each number of an input that is not exact: whole and beyond 2^53 - 1, so that its last digits may be lost already,
 * or not finite, which JSON turns into null.
 */
export function numberProblems(fields: Record<string, unknown>): { field: string; problem: string }[] {
  return Object.entries(fields)
    .flatMap(([name, value]) => findLeaves(value, isInexact, name))
    .map(({ path, leaf }) => ({
      field: path,
      problem: Number.isFinite(leaf)
        ? `${String(leaf)} is beyond 2^53 - 1, where JavaScript loses digits: give it as a text of its digits`
        : `${String(leaf)} is not a number that JSON can hold`,
    }));
}

function isInexact(leaf: unknown): boolean {
  return typeof leaf === 'number' && !(Math.abs(leaf) <= Number.MAX_SAFE_INTEGER);
}
