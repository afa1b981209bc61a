/** Reads what a job is started with from a file or from stdin. */
import { createReadStream } from 'node:fs';
import { text } from 'node:stream/consumers';
import { readInputJson, UnusableJson } from '../zendesk/json';
import { jsonErrorAt } from '../activities/bulk/json-error';
import { CliFailure } from './cli-failure';
import { CliErrorType } from './exit-codes';
import { importHint } from './ndjson-hint';

/** The fields of a start beside `operation`. */
const FIELDS = ['items', 'ids', 'externalIds', 'body', 'params'];

/**
 * The JSON of a file, of stdin for `-`: a list is taken for `items`, an object for the start's fields.
 * Throws `CliFailure` (`UsageError`) for what cannot be read, is not JSON, has a number whose digits JavaScript cannot hold, or holds
 * anything else.
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
    value = readInputJson(json);
  } catch (error) {
    if (error instanceof UnusableJson) {
      throw unusable(name, `cannot be used: ${placeOf(json, error.offset)}: ${error.message}`);
    }
    const hint = importHint(json);
    // Not the parser's own words, which quote the text: a file of secrets may be given by mistake.
    const problem = `is not JSON: see ${placeOf(json, jsonErrorAt(json) ?? 0)}`;
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

function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `line ${before.length}, column ${before.at(-1)!.length + 1}`;
}

function unusable(name: string, problem: string): CliFailure {
  return new CliFailure(CliErrorType.USAGE, `${name} ${problem}`, { file: name });
}
