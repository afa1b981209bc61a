/** Finds the record of each result row, so that a caller can say "record 37 failed because ...". Pure. */
import type { RecordKeys, RecordTie } from '../common/starting';
import type { JobResultRow } from '../common/types';
import { foldedKey, plainKey } from './record-keys';

/** A row as Zendesk sent it; null for one that cannot be read. */
type Row = JobResultRow | null;

/** The keys of a row or a record, in the forms in which they are compared. */
interface Keys {
  id?: string;
  externalId?: string;
  /**
   * Without regard to case, as Zendesk takes external ids and e-mail addresses. Source: its docs on users and organizations.
   */
  foldedExternalId?: string;
  email?: string;
}

type Fits = (row: Keys, record: Keys) => boolean;

/** Best first: a row takes the record that fits it best, before another row that fits it less can. */
const FITS: Fits[] = [
  (row, record) => same('id', row, record),
  (row, record) => same('externalId', row, record) && same('email', row, record),
  (row, record) => same('externalId', row, record),
  (row, record) => same('foldedExternalId', row, record) && same('email', row, record),
  (row, record) => same('foldedExternalId', row, record),
  (row, record) => same('email', row, record),
];

/**
 * The position of each row's record; undefined where it is not certain. In falling order of trust:
 * 1. the record with the row's id (where the records were named by id), external id or e-mail. Of several, the one at the row's index,
 *    or the one at its position or any other where they all have the same keys;
 * 2. the record at the row's index, if no other row claims it;
 * 3. the record at the row's position, if there are as many rows as records and no row is known to be out of order;
 * 4. the only record that is left, for the only row that is left.
 *
 * No two rows get the same record, and no row one whose own keys contradict it.
 */
export function recordsOfRows(rows: readonly Row[], tie: RecordTie): (number | undefined)[] {
  const comparable = (keys: RecordKeys) => comparableKeys(tie.by === 'id' ? keys : { ...keys, id: undefined });
  const records = tie.records.map(comparable);
  const keys = rows.map((row) => (row ? comparable(keysOf(row)) : {}));
  const indexes = rows.map(indexOf);
  const recordOf = rows.map((): number | undefined => undefined);
  const free = new Set(records.keys());
  const give = (row: number, record: number) => {
    recordOf[row] = record;
    free.delete(record);
  };
  const mayTake = (row: number, record: number) => free.has(record) && !contradicts(keys[row]!, records[record]!);
  const eachLeft = (visit: (row: number) => void) =>
    rows.forEach((row, i) => {
      if (row && recordOf[i] === undefined) visit(i);
    });

  for (const fits of FITS) {
    eachLeft((row) => {
      const fitting = [...free].filter((record) => fits(keys[row]!, records[record]!) && mayTake(row, record));
      const index = indexes[row];
      if (index !== undefined && fitting.includes(index)) give(row, index);
      else if (sameKeys(fitting.map((record) => records[record]!)))
        give(row, fitting.includes(row) ? row : fitting[0]!);
    });
  }

  const claims = new Map<number, number[]>();
  eachLeft((row) => {
    const index = indexes[row];
    if (index !== undefined) claims.set(index, [...(claims.get(index) ?? []), row]);
  });
  for (const [index, [row, ...others]] of claims) if (others.length === 0 && mayTake(row!, index)) give(row!, index);

  if (rows.length !== records.length) return recordOf;
  const inOrder = recordOf.every((record, row) => record === undefined || record === row);
  eachLeft((row) => {
    if (inOrder && indexes[row] === undefined && mayTake(row, row)) give(row, row);
  });
  const left = [...recordOf.keys()].filter((row) => recordOf[row] === undefined);
  const [row] = left;
  const [record] = free;
  if (left.length === 1 && rows[row!] && indexes[row!] === undefined && mayTake(row!, record!)) give(row!, record!);
  return recordOf;
}

/** Whether a row says which record it is about. */
export function namesRecord(row: JobResultRow): boolean {
  const { id, externalId, email } = comparableKeys(keysOf(row));
  return indexOf(row) !== undefined || (id ?? externalId ?? email) !== undefined;
}

/** Zendesk's own index; undefined for what is not one. */
export function indexOf(row: Row): number | undefined {
  return Number.isInteger(row?.index) && Number(row?.index) >= 0 ? Number(row?.index) : undefined;
}

function keysOf({ id, external_id, email }: JobResultRow): RecordKeys {
  return { id: textOf(id), externalId: textOf(external_id), email: textOf(email) };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function comparableKeys({ id, externalId, email }: RecordKeys): Keys {
  const form = (key: string | undefined, as: (key: string) => string) => (key && as(key)) || undefined;
  return {
    id: form(id, plainKey),
    externalId: form(externalId, plainKey),
    foldedExternalId: form(externalId, foldedKey),
    email: form(email, foldedKey),
  };
}

/** The strongest key that both have decides. An e-mail may be another one of the same user. */
function contradicts(row: Keys, record: Keys): boolean {
  const key = (['id', 'foldedExternalId', 'email'] as const).find((each) => row[each] && record[each]);
  return key !== undefined && !same(key, row, record);
}

function same(key: keyof Keys, row: Keys, record: Keys): boolean {
  return row[key] !== undefined && row[key] === record[key];
}

function sameKeys([first, ...others]: Keys[]): boolean {
  const text = ({ id, externalId, email }: Keys) => JSON.stringify([id, externalId, email]);
  return first !== undefined && others.every((other) => text(other) === text(first));
}
