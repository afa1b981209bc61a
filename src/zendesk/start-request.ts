/** From the input of a start to the request that is sent: checked in full before anything is asked of Zendesk. Pure. */
import { closest } from 'fastest-levenshtein';
import type { Struct } from 'superstruct';
import { numberProblems } from '../common/exact-numbers';
import { InputProblems } from '../common/inputs';
import type { RecordKeys } from '../common/starting';
import { check } from './check-struct';
import { OPERATIONS, type JobAction, type Operation } from './operations';
import { loneSurrogates } from './lone-surrogates';
import { isRepeatSafe } from './repeat-safety';
import type { StartJobInput, StartRequest } from './start-input';
import { MAX_BODY_BYTES, MAX_URL_BYTES, urlBytes } from './start-size';
import { actionOf, placeholders, startStruct, type UncheckedInput } from './start-struct';

/** No advice where there is one record. */
export const FEWER_RECORDS = ': send fewer records a job';

/** Longer ids, external ids and e-mail addresses are not used to match rows: every round of a wait would carry them. */
const MAX_KEY_CHARACTERS = 255;

type Fields = Record<string, unknown>;
type Name = string | number;

/** What `startStruct` lets through. */
interface CheckedInput {
  operation: string;
  params?: Record<string, Name | boolean>;
  items?: (Name | Fields)[];
  ids?: Name[];
  externalIds?: Name[];
  body?: Fields;
}

/**
 * Throws `InputProblems` for what Zendesk would refuse or misread: an unknown operation, records in a form that the operation
 * does not take, none or more than 100 of them, ids that are none or come twice, missing keys or parameters, unknown fields,
 * a body of more than 1.5 MB, a URL of more than 8,000 bytes, half of a surrogate pair in any text, a number that JavaScript or JSON
 * cannot hold exactly.
 */
export function startRequest(input: StartJobInput): StartRequest {
  const operation = operationOf(input);
  const path: string = operation.path ?? input.operation;
  const unchecked: unknown = input;
  const struct = startStruct(unchecked as UncheckedInput, operation, path) as Struct<CheckedInput, unknown>;
  const checked = check(input.operation, unchecked, struct);
  const action = actionOf(checked as unknown as UncheckedInput, operation);
  const body = bodyOf(checked, operation);
  checkSize(checked, body);
  checkNumbers(checked);
  checkTexts(checked);
  const fullPath = `/api/v2/${path.replace(/\{(\w+)\}/g, (_, name: string) => String(checked.params?.[name]))}`;
  const query = { ...operation.always, ...queryOf(checked, path) };
  checkUrl(checked, fullPath, query);
  const records = recordsOf(checked, action);
  return {
    operation: input.operation,
    method: operation.method,
    path: fullPath,
    query,
    body,
    records: records.length === 0 ? null : records.length,
    repeatSafe: isRepeatSafe(input),
    jobTypes: [...(action?.jobTypes ?? operation.jobTypes ?? [])],
    tie: { by: action?.tie ?? operation.tie, records },
  };
}

function operationOf(input: StartJobInput | null | undefined): Operation {
  const name: unknown = input?.operation;
  if (typeof name === 'string' && Object.hasOwn(OPERATIONS, name)) return OPERATIONS[name as keyof typeof OPERATIONS];
  const problem =
    typeof name === 'string'
      ? `${JSON.stringify(name.slice(0, 100))} is none of Zendesk's, did you mean ${nearest(name.slice(0, 100))}?`
      : 'expected the name of an operation, such as tickets/create_many';
  throw new InputProblems('startZendeskJob', [{ field: 'operation', problem }]);
}

function nearest(name: string): string {
  const names = Object.keys(OPERATIONS);
  const first = closest(name, names);
  const second = closest(
    name,
    names.filter((other) => other !== first),
  );
  return `${first} or ${second}`;
}

function bodyOf({ items, body }: CheckedInput, operation: Operation): Fields | undefined {
  if (items === undefined || operation.items === undefined) return body;
  return operation.actions ? { job: { ...(body?.job as Fields), items } } : { [operation.items]: items };
}

function queryOf({ params = {}, ids, externalIds }: CheckedInput, path: string): Record<string, string> {
  const inPath = placeholders(path);
  const query = Object.entries(params).filter(([name, value]) => value !== undefined && !inPath.includes(name));
  return {
    ...Object.fromEntries(query.map(([name, value]) => [name, String(value)])),
    ...(ids && { ids: ids.join(',') }),
    ...(externalIds && { external_ids: externalIds.join(',') }),
  };
}

/** The keys of the records, wherever the input has them; empty where it names none. */
function recordsOf({ params, items, ids, externalIds, body }: CheckedInput, action?: JobAction): RecordKeys[] {
  if (items) {
    return items.map((item) => (typeof item === 'object' ? keysOf(item) : keys({ [action?.keys ?? 'id']: item })));
  }
  if (externalIds) return externalIds.map((externalId) => keys({ externalId }));
  const named = ids ?? (body?.ids as Name[] | undefined); // A merge names its tickets in the body.
  if (named) return named.map((id) => keys({ id }));
  if (body?.ticket) return [keysOf(body.ticket as Fields)];
  return params?.ticket_id === undefined ? [] : [keys({ id: params.ticket_id })];
}

function keysOf({ id, external_id: externalId, email }: Fields): RecordKeys {
  return keys({ id, externalId, email });
}

function keys(values: { [Key in keyof RecordKeys]: unknown }): RecordKeys {
  const usable = Object.entries(values).filter(([, value]) => typeof value === 'number' || isKey(value));
  return Object.fromEntries(usable.map(([key, value]) => [key, String(value)]));
}

function isKey(value: unknown): boolean {
  if (typeof value !== 'string' || value === '') return false;
  return [...value.slice(0, 2 * MAX_KEY_CHARACTERS + 1)].length <= MAX_KEY_CHARACTERS; // A character has one unit or two.
}

function checkSize({ operation, items }: CheckedInput, body: Fields | undefined): void {
  const bytes = body === undefined ? 0 : bytesOf(body);
  if (bytes <= MAX_BODY_BYTES) return;
  const problem = Number.isNaN(bytes)
    ? 'expected JSON, got a value that is none (a BigInt or a cycle)'
    : `expected at most ${MAX_BODY_BYTES} bytes of JSON, got ${bytes}${FEWER_RECORDS}`;
  throw new InputProblems(operation, [{ field: items ? 'items' : 'body', problem }]);
}

function checkNumbers({ operation, ...fields }: CheckedInput): void {
  const problems = numberProblems(fields);
  if (problems.length > 0) throw new InputProblems(operation, problems);
}

/** Zendesk would refuse the whole body as JSON that cannot be read, and a URL would name another record. */
function checkTexts({ operation, params, items, ids, externalIds, body }: CheckedInput): void {
  const problems = loneSurrogates({ params, items, ids, externalIds, body }).map((field) => ({
    field,
    problem: 'expected Unicode text, got half of a surrogate pair (U+D800 to U+DFFF)',
  }));
  if (problems.length > 0) throw new InputProblems(operation, problems);
}

function checkUrl({ operation, ids, externalIds }: CheckedInput, path: string, query: Record<string, string>): void {
  const bytes = urlBytes(path, query);
  if (bytes <= MAX_URL_BYTES) return;
  const { ids: _, external_ids: __, ...rest } = query;
  const records = urlBytes(path, rest) > MAX_URL_BYTES ? undefined : ids ? 'ids' : externalIds && 'externalIds';
  const advice = records ? FEWER_RECORDS : '';
  const problem = `expected a URL of at most ${MAX_URL_BYTES} bytes, got ${bytes}${advice}`;
  throw new InputProblems(operation, [{ field: records ?? 'params', problem }]);
}

function bytesOf(body: Fields): number {
  try {
    return new TextEncoder().encode(JSON.stringify(body)).length;
  } catch {
    return NaN;
  }
}
