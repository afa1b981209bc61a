/** The option `duplicateKeys` of a bulk run: records with the same key in batches that run at the same time. */
import type { BulkRun, BulkStart } from '../../common/bulk';
import type { Named } from '../../common/bulk-types';
import { cutToBytes } from '../../common/byte-budgets';
import { InputProblems } from '../../common/inputs';
import { keyRule, keysByRule, supersededRecords } from '../../zendesk/record-keys';
import { SourceError } from './errors';
import type { DuplicateKey, SourcesAndSinks, SupersededRecords } from './pluggable';
import { sourceError } from './read-page';
import { sourceNamed } from './sources';

/** Duplicates that the message of `fail` names: 4 KB. */
const MAX_NAMED = 20;
const MAX_KEY_BYTES = 100;

/**
 * Checks the option before the first job. Throws `InputProblems` where the operation has no keys or the source cannot be scanned,
 * and for `fail` where a record is superseded; `SourceError` where the scan fails.
 */
export async function checkDuplicateKeys(run: BulkRun, plugged: SourcesAndSinks, items?: unknown[]): Promise<void> {
  const { duplicateKeys, start, source } = run;
  if (duplicateKeys === 'allow') return;
  if (keyRule(start).fields.length === 0) {
    throw problem(
      'duplicateKeys',
      `${start.operation} finds no existing record by a key, so its records cannot be duplicates: use 'allow'`,
    );
  }
  const { count, examples } = items ? supersededInItems(start, items) : await supersededInSource(run, plugged);
  if (duplicateKeys === 'last' || count === 0) return;
  throw problem(source ? 'source' : 'items', describe(count, examples.slice(0, MAX_NAMED)));
}

/** The records of the source that `duplicateKeys: 'last'` leaves out. Throws `InputProblems` for a source that cannot say so. */
export async function supersededInSource(run: BulkRun, plugged: SourcesAndSinks): Promise<SupersededRecords> {
  const source = run.source!;
  const reader = sourceNamed(source, plugged);
  if (!reader.superseded) throw problem('duplicateKeys', notScannable(source));
  const rule = keyRule(run.start);
  const keys = { ...rule, keysOf: (record: unknown) => keysByRule(rule, record) };
  let found: SupersededRecords;
  try {
    found = await reader.superseded(source.args, keys);
  } catch (error) {
    throw sourceError(source, null, error);
  }
  if (isSuperseded(found)) return found;
  throw new SourceError(source.name, 'superseded() did not return { count, has, examples }', true);
}

function supersededInItems(start: BulkStart, items: unknown[]): { count: number; examples: DuplicateKey[] } {
  const examples = supersededRecords(start, items);
  return { count: examples.length, examples };
}

function notScannable({ name }: Named): string {
  return (
    `the source ${JSON.stringify(name)} cannot be scanned for duplicate keys, as it has no superseded() function: ` +
    "remove duplicates where the source reads and use 'allow', or copy the records to a file and use the source ndjson"
  );
}

function describe(count: number, examples: DuplicateKey[]): string {
  const records =
    count === 1
      ? '1 record has a key that a later record has too'
      : `${count} records have a key that a later record has too`;
  const named = examples.map(({ index, by, line, key }) => {
    const later = line === undefined ? `index ${by}` : `index ${by} (line ${line})`;
    return `index ${index} and ${later}: ${JSON.stringify(cutToBytes(String(key), MAX_KEY_BYTES))}`;
  });
  const more = count > named.length ? `; and ${count - named.length} more` : '';
  const advice = "Remove them, or use duplicateKeys 'last' to send only the last record of each key";
  return `${records}: ${named.join('; ')}${more}. ${advice}`;
}

function isSuperseded(value: unknown): value is SupersededRecords {
  const { count, has, examples } = (value ?? {}) as Partial<SupersededRecords>;
  return Number.isSafeInteger(count) && typeof has === 'function' && Array.isArray(examples);
}

function problem(field: string, text: string): InputProblems {
  return new InputProblems('runZendeskBulk', [{ field, problem: text }]);
}
