/** How records of a source become the input of one job: pure. */
import type { BulkStart } from '../common/bulk';
import { InputProblems } from '../common/inputs';
import { OPERATIONS, type Operation } from './operations';
import type { StartJobInput } from './start-input';

type Fields = Record<string, unknown>;

/**
 * As `items`, where the operation takes records; as `ids` or `externalIds`, where it only names records that exist, or where
 * `body` says what all of them are to become. An id is a number, digits or `{id}`, an external id is `{external_id}`.
 *
 * Throws `InputProblems` for an operation that takes neither. What else is wrong `startRequest` says.
 */
export function bulkStartInput({ operation, params, body }: BulkStart, records: readonly unknown[]): StartJobInput {
  const known = operationOf(operation);
  const start = { operation, ...(params && { params }), ...(body && { body }) };
  if (known && !takesRecords(known)) {
    throw new InputProblems('runZendeskBulk', [
      { field: 'operation', problem: `${operation} is not for many records` },
    ]);
  }
  const selects = selectsOf({ operation, body });
  return { ...start, ...(selects ? selected(records, selects) : { items: records }) } as unknown as StartJobInput;
}

/** The ways in which the records are named in the query; undefined where they stand in the body. */
export function selectsOf({ operation, body }: BulkStart): Operation['selects'] {
  const known = operationOf(operation);
  return known?.items === undefined || body !== undefined ? known?.selects : undefined;
}

function operationOf(name: string): Operation | undefined {
  return Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name as keyof typeof OPERATIONS] : undefined;
}

function takesRecords({ items, selects }: Operation): boolean {
  return items !== undefined || selects !== undefined;
}

/**
 * A batch names all its records in one way, that of the first which has a name: by id where it has both, since tickets have
 * external ids, too. Records that are named in another way are left nameless, for `startRequest` to refuse.
 */
function selected(records: readonly unknown[], selects: NonNullable<Operation['selects']>): Fields {
  const way = records.map(wayOf).find((found) => found !== undefined);
  return way === 'externalIds' && selects.includes(way)
    ? { externalIds: records.map((record) => (isObject(record) ? record['external_id'] : undefined)) }
    : { ids: records.map((record) => (isObject(record) ? record['id'] : record)) };
}

function wayOf(record: unknown): 'ids' | 'externalIds' | undefined {
  if (typeof record === 'number' || typeof record === 'string') return 'ids';
  if (!isObject(record)) return undefined;
  if (record['id'] != null) return 'ids';
  return record['external_id'] == null ? undefined : 'externalIds';
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
