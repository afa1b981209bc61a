import type { Failure, Struct } from 'superstruct';
import { InputProblems } from '../common/inputs';

/** Returns the value as it came when it has the shape, else throws `InputProblems` with every wrong field. */
export function check<T>(what: string, value: unknown, struct: Struct<T, unknown>): T {
  const [error, checked] = struct.validate(value);
  if (!error) return checked as T;
  throw new InputProblems(what, error.failures().map(describe));
}

function describe(failure: Failure): { field: string; problem: string } {
  const field = failure.path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
    .join('')
    .replace(/^\./, '');
  if (failure.type === 'never') {
    return { field, problem: 'unknown option' };
  }
  // superstruct's own messages begin "At path: …" or name the whole value; ours say only what was expected.
  const problem = failure.message.replace(/^At path: \S+ -- /, '');
  return { field, problem: problem.charAt(0).toLowerCase() + problem.slice(1) };
}
