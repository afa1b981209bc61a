/** Reads what a job is started with from a file or from stdin. */
import { createReadStream } from 'node:fs';
import { text } from 'node:stream/consumers';
import { CliFailure } from './cli-failure';
import { CliErrorType } from './exit-codes';
import { importHint } from './ndjson-hint';

/** The fields of a start beside `operation`. */
const FIELDS = ['items', 'ids', 'externalIds', 'body', 'params'];

/**
 * The JSON of a file, of stdin for `-`: a list is taken for `items`, an object for the start's fields.
 * Throws `CliFailure` (`UsageError`) for what cannot be read, is no JSON, or holds anything else.
 */
export async function readRecords(path: string): Promise<object> {
  const name = path === '-' ? 'stdin' : path;
  const json = await text(path === '-' ? process.stdin : createReadStream(path)).catch((error: Error) => {
    throw unusable(name, `cannot be read: ${error.message}`);
  });
  return recordsIn(json, name);
}

export function recordsIn(json: string, name: string): object {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    const hint = importHint(json);
    const problem = `is no JSON: ${(error as Error).message}`;
    throw unusable(name, json.trim() === '' ? 'is empty' : hint ? `is not one JSON document. ${hint}` : problem);
  }
  if (Array.isArray(value)) return { items: value };
  if (typeof value !== 'object' || value === null) {
    throw unusable(name, `should hold a list of records, or an object with some of ${FIELDS.join(', ')}`);
  }
  const unknown = Object.keys(value).filter((field) => !FIELDS.includes(field));
  if (unknown.length > 0) {
    throw unusable(name, `has unknown fields: ${unknown.join(', ')}; known are ${FIELDS.join(', ')}`);
  }
  return value;
}

function unusable(name: string, problem: string): CliFailure {
  return new CliFailure(CliErrorType.USAGE, `${name} ${problem}`, { file: name });
}
