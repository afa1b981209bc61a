import { cutToBytes } from './byte-budgets';
import type { FieldProblem } from './error-details';
import type { InputProblems } from './inputs';

const MAX_PROBLEMS = 100;
const MAX_BYTES = { message: 4_000, field: 300, problem: 500 };

/** Message and problems of a `ZendeskInputInvalid`: an input can have many times more wrong fields than a payload can describe. */
export function inputFailure({ message, problems }: InputProblems): { message: string; problems: FieldProblem[] } {
  const shown = problems.slice(0, MAX_PROBLEMS).map(({ field, problem }) => ({
    field: cutToBytes(field, MAX_BYTES.field),
    problem: cutToBytes(problem, MAX_BYTES.problem),
  }));
  const omitted = problems.length - shown.length;
  return {
    message: cutToBytes(message, MAX_BYTES.message),
    problems: omitted === 0 ? shown : [...shown, { field: '', problem: `${omitted} more problems` }],
  };
}
