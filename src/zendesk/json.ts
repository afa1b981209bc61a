/** Reads JSON that somebody else wrote. */
import type { Redact } from './redact';
import { UnexpectedShape } from './shape';

/** Zendesk's own answers are five deep. What is thousands deep can be read, but not written again: the stack ends. */
const DEEPEST = 50;

/** Throws `SyntaxError` for what is no JSON, `UnexpectedShape` for what is nested too deep. */
export function readJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST) throw new UnexpectedShape(`the body is nested more than ${DEEPEST} deep`);
    level = level.flatMap((item): unknown[] => (typeof item === 'object' && item !== null ? Object.values(item) : []));
  }
  return value;
}

/** Strikes secrets out of what `readJson` read, however they were escaped. */
export function redactJson(value: unknown, redact: Redact): unknown {
  const text = JSON.stringify(value);
  const struck = redact(text);
  return struck === text ? value : JSON.parse(struck);
}
