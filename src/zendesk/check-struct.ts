import type { Failure, Struct } from 'superstruct';
import { InputProblems } from '../common/inputs';
import { failuresOf } from './shape';

/** Returns the value as it came when it has the shape, else throws `InputProblems` with every wrong field. */
export function check<T>(what: string, value: unknown, struct: Struct<T, unknown>): T {
  const failures = failuresOf(value, struct);
  if (failures.length === 0) return value as T;
  throw new InputProblems(what, failures.map(describe));
}

function describe(failure: Pick<Failure, 'path' | 'type' | 'message'>): { field: string; problem: string } {
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
