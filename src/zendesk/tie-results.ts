/** Finds the record of each result row, so that a caller can say "record 37 failed because ...". Pure. */
import type { RecordKeys, RecordTie } from '../common/starting';
import type { JobResultRow, ZendeskItemResult } from '../common/types';

type Fits = (row: RecordKeys, record: RecordKeys) => boolean;

/** Best first: a row takes the record that fits it best, before another row that fits it less can. */
const FITS: Fits[] = [
  (row, record) => same(row.id, record.id),
  (row, record) => same(row.externalId, record.externalId) && same(row.email, record.email),
  (row, record) => same(row.externalId, record.externalId),
  (row, record) => same(row.email, record.email),
];

/**
 * `results[i]` is what became of `rows[i]`. Each gets the `index`, external id and e-mail of its record:
 * 1. the one at the row's own index, where Zendesk gives one;
 * 2. for ties by id or key, one with the row's id, external id or e-mail, of several the one at the row's position;
 * 3. the one at the row's position, or, where a better row has it, the first that no row has.
 *
 * No two rows get the same record unless Zendesk's own indexes say so. A row that finds all taken stays as it is, at its position.
 */
export function tieResults(results: ZendeskItemResult[], rows: JobResultRow[], tie: RecordTie): ZendeskItemResult[] {
  const { records } = tie;
  const recordOf = new Map<number, number>(); // by the row's position
  const free = new Set(records.keys());
  const give = (row: number, record: number) => {
    recordOf.set(row, record);
    free.delete(record);
  };
  const eachLoose = (visit: (row: number) => void) =>
    rows.forEach((_, row) => {
      if (!recordOf.has(row)) visit(row);
    });

  rows.forEach(({ index }, row) => {
    if (Number.isInteger(index) && Number(index) >= 0) give(row, Number(index));
  });
  if (tie.by === 'id' || tie.by === 'key') {
    const keys = rows.map(keysOf);
    for (const fits of FITS) {
      eachLoose((row) => {
        const fitting = [...free].filter((record) => fits(keys[row] ?? {}, records[record] ?? {}));
        const record = fitting.includes(row) ? row : fitting[0];
        if (record !== undefined) give(row, record);
      });
    }
  }
  eachLoose((row) => {
    if (free.has(row)) give(row, row);
  });
  eachLoose((row) => {
    const [record] = free;
    if (record !== undefined) give(row, record);
  });

  return results.map((result, row) => {
    const index = recordOf.get(row);
    if (index === undefined) return result;
    const { externalId, email } = records[index] ?? {};
    return { ...result, index, ...(externalId !== undefined && { externalId }), ...(email !== undefined && { email }) };
  });
}

function keysOf({ id, external_id, email }: JobResultRow): RecordKeys {
  return { id: textOf(id), externalId: textOf(external_id), email: textOf(email) };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** Zendesk takes external ids and e-mail addresses without regard to case. Source: its docs on users and organizations. */
function same(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && a.toLowerCase() === b.toLowerCase();
}
