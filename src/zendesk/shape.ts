/** Checks that what Zendesk answered has the shape that it should have, and names the field that has not. */
import { define } from 'superstruct';
import type { Failure, Struct } from 'superstruct';
import { cut } from './text';

/** An answer that is not of the shape that it should have. The message names the field. */
export class UnexpectedShape extends Error {
  override readonly name = 'UnexpectedShape';

  /** `got` is quoted: it must not be a secret. */
  static of(field: string, expected: string, got: unknown): UnexpectedShape {
    return new UnexpectedShape(`${field}: expected ${expected}, got ${cut(JSON.stringify(got) ?? 'nothing', 60)}`);
  }
}

export const filledString = define<string>('filled string', (value) => typeof value === 'string' && value !== '');

/** By superstruct's type. Numbers and strings can be null wherever Zendesk sends them, except filled strings. */
const EXPECTED: Record<string, string> = {
  'filled string': 'a string that is not empty',
  string: 'a string or null',
  number: 'a number or null',
  boolean: 'true or false',
  array: 'an array',
  union: 'an array, an object or null',
  type: 'an object',
  record: 'an object',
  unprintable: 'plain values',
};

/** Throws `UnexpectedShape` for the first field that is wrong. `path` says where in the answer the value stood. */
export function checkShape<T>(value: unknown, struct: Struct<T, unknown>, path = ''): T {
  const failures = failuresOf(value, struct);
  if (failures.length === 0) return value as T;
  // A union fails as a whole and in each of its branches: the deepest failure is in the branch that came closest.
  throw unexpected(
    failures.reduce((deepest, failure) => (failure.path.length > deepest.path.length ? failure : deepest)),
    path,
  );
}

type Wrong = Pick<Failure, 'path' | 'type' | 'value' | 'message'>;

/** What is wrong with a value. superstruct prints it, and throws for an object that has a `toString` of its own. */
export function failuresOf<T>(value: unknown, struct: Struct<T, unknown>): Wrong[] {
  try {
    return struct.validate(value)[0]?.failures() ?? [];
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const got = '{ toString }';
    return [{ path: [], type: 'unprintable', value: got, message: `Expected plain values, got an object ${got}` }];
  }
}

function unexpected({ path, type, value }: Wrong, above: string): UnexpectedShape {
  const keys = path.map((key: unknown) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  const field = `${above}${keys}`.replace(/^\./, '');
  return UnexpectedShape.of(field === '' ? 'the body' : field, EXPECTED[type] ?? type, value);
}
