/** Which records Zendesk takes for the same one. Pure and small: part of the workflow bundle. */
import type { BulkStart } from '../common/bulk';
import { OPERATIONS, type JobAction, type Operation } from './operations';

/** A field by which Zendesk finds a record that exists. */
export type KeyField = 'id' | 'external_id' | 'email' | 'name';

const KEY_FIELDS: readonly KeyField[] = ['id', 'external_id', 'email', 'name'];
const SELECT_FIELDS = { ids: 'id', externalIds: 'external_id' } as const;
const ACTION_FIELDS = { id: 'id', externalId: 'external_id' } as const;

type Fields = Record<string, unknown>;

/** A record that a later one replaces, since both have the same key. */
export interface SupersededRecord {
  /** Position of the earlier record. */
  index: number;
  /** Position of the later record. */
  by: number;
  /** The key that both have, as in `external_id=crm-1`. */
  key: string;
}

/** How an operation finds the records that exist. */
export interface KeyRule {
  /** Best first. Empty for an operation that only creates records, and for an unknown one. */
  fields: KeyField[];
  /** Whether records are objects, bare ids such as `35436`, or either. Others are refused before they are sent. */
  takes: 'objects' | 'ids' | 'both';
}

/** By the table of operations. */
export function keyRule({ operation: name, body }: BulkStart): KeyRule {
  if (!Object.hasOwn(OPERATIONS, name)) return { fields: [], takes: 'objects' };
  const operation: Operation = OPERATIONS[name as keyof typeof OPERATIONS];
  // The same choice as in `bulkStartInput`: with a body for all records, a record only names one that exists.
  const selects = operation.items === undefined || body !== undefined ? operation.selects : undefined;
  if (selects) return { fields: selects.map((field) => SELECT_FIELDS[field]), takes: 'both' };
  const action = actionOf(operation, body);
  if (action?.keys) return { fields: [ACTION_FIELDS[action.keys]], takes: 'ids' };
  const needed = (operation.actions ? action : operation)?.needs?.flat() ?? [];
  return { fields: KEY_FIELDS.filter((field) => needed.includes(field)), takes: 'objects' };
}

/**
 * The keys under which Zendesk finds the record: one, or two for a user upsert, which finds a user by external id or e-mail
 * address. Two records are duplicates if they share a key. Empty for a record without a key.
 *
 * External ids and e-mail addresses are compared without regard to case, surrounding white space and Unicode composition, as
 * Zendesk does for users. Names are compared with regard to case: Zendesk documents nothing else.
 */
export function recordKeys(start: BulkStart, record: unknown): string[] {
  return keysByRule(keyRule(start), record);
}

/** As `recordKeys`, for many records of the same operation. */
export function keysByRule({ fields, takes }: KeyRule, record: unknown): string[] {
  const isObject = typeof record === 'object' && record !== null;
  if (takes === (isObject ? 'ids' : 'objects')) return [];
  const named = isObject ? (record as Fields) : { [fields[0] ?? '']: record };
  const keys = fields.flatMap((field) => keyOf(field, named[field]));
  return fields.includes('email') ? keys : keys.slice(0, 1);
}

/** The records that a later one replaces, in ascending order. Holds all keys in memory: for inline records. */
export function supersededRecords(start: BulkStart, records: readonly unknown[]): SupersededRecord[] {
  const rule = keyRule(start);
  const last = new Map<string, number>();
  const superseded = new Map<number, SupersededRecord>();
  records.forEach((record, by) => {
    for (const key of keysByRule(rule, record)) {
      const index = last.get(key);
      if (index !== undefined && !superseded.has(index)) superseded.set(index, { index, by, key });
      last.set(key, by);
    }
  });
  return [...superseded.values()].sort((a, b) => a.index - b.index);
}

/** Positions of the records that `duplicateKeys: 'last'` leaves out, in ascending order. */
export function supersededIndexes(start: BulkStart, records: readonly unknown[]): number[] {
  return supersededRecords(start, records).map(({ index }) => index);
}

function actionOf({ actions = {} }: Operation, body: Fields | undefined): JobAction | undefined {
  const job = body?.['job'];
  const action = typeof job === 'object' && job !== null ? (job as Fields)['action'] : undefined;
  return typeof action === 'string' && Object.hasOwn(actions, action) ? actions[action] : undefined;
}

function keyOf(field: KeyField, value: unknown): string[] {
  if (typeof value !== 'string' && typeof value !== 'number') return [];
  if (typeof value === 'number' && !Number.isFinite(value)) return [];
  const text = plainKey(value);
  if (text === '') return [];
  const foldsCase = field === 'external_id' || field === 'email';
  return [`${field}=${foldsCase ? foldedKey(text) : text}`];
}

/** A key as all forms of it are compared: without white space around it, in one Unicode composition. */
export function plainKey(value: string | number): string {
  return String(value).normalize('NFC').trim();
}

/** The same without regard to case. */
export function foldedKey(value: string | number): string {
  return plainKey(value).toLowerCase().normalize('NFC');
}
