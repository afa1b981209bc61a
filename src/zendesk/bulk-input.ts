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
  const known: Operation | undefined = Object.hasOwn(OPERATIONS, operation)
    ? OPERATIONS[operation as keyof typeof OPERATIONS]
    : undefined;
  const start = { operation, ...(params && { params }), ...(body && { body }) };
  if (known && !takesRecords(known)) {
    throw new InputProblems('runZendeskBulk', [
      { field: 'operation', problem: `${operation} is not for many records` },
    ]);
  }
  const selects = known?.selects && (known.items === undefined || body !== undefined);
  return { ...start, ...(selects ? selected(records) : { items: records }) } as unknown as StartJobInput;
}

function takesRecords({ items, selects }: Operation): boolean {
  return items !== undefined || selects !== undefined;
}

/** By the first record: a batch names all its records in one way. */
function selected(records: readonly unknown[]): Fields {
  const [first] = records;
  const byExternalId = isObject(first) && first['external_id'] !== undefined;
  const key = byExternalId ? 'external_id' : 'id';
  const names = records.map((record) => (isObject(record) ? (record[key] ?? record) : record));
  return byExternalId ? { externalIds: names } : { ids: names };
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
