/**
 * Zendesk's job ids are opaque: 32 hex digits on old accounts, `V3-` and 32 hex digits on today's. Letters, digits, `-`
 * and `_` leave room for the next form, and keep an id from becoming a path or a query of its own.
 */
const JOB_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;

/** Says what is wrong with a job id, or nothing. */
export function jobIdProblem(value: unknown): string | undefined {
  if (typeof value !== 'string') return `expected a job id (a string), got ${value === null ? 'null' : typeof value}`;
  if (value === '') return 'expected a job id, got an empty string';
  if (JOB_ID.test(value)) return undefined;
  const shown = value.length > 40 ? `${value.slice(0, 40)}… (${value.length} characters)` : value;
  return `expected 1 to 128 letters, digits, "-" or "_", got ${JSON.stringify(shown)}`;
}

/** Most ids that one show_many request takes; Zendesk documents no maximum here and 100 for its other show_many calls. */
export const SHOW_MANY_LIMIT = 100;
