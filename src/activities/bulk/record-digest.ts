import { createHash } from 'node:crypto';
import type { SourceCursor } from '../../common/bulk';

/** 72 bits: no two pages of a source have the same by accident. */
const RECORDS_LENGTH = 12;
/** 54 bits: a run of a million pages has two equal ones with a probability of 3 in 100,000. */
const CURSOR_LENGTH = 9;

/**
 * Says which records these are, in this order: pure. A record is known by the first of `id`, `external_id` and `email` that it
 * has, so that one whose other fields change meanwhile stays the same. A record without any of them is known by all of it.
 */
export function digestOf(records: readonly unknown[]): string {
  return shortDigest(records.map(nameOf), RECORDS_LENGTH);
}

/** Says which cursor this is: 9 characters, the same in each planning. Pure. */
export function cursorDigest(cursor: SourceCursor | null): string {
  return shortDigest(cursor, CURSOR_LENGTH);
}

function shortDigest(value: unknown, length: number): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, length);
}

function nameOf(record: unknown): unknown {
  if (typeof record !== 'object' || record === null) return record;
  const { id, external_id: externalId, email } = record as Record<string, unknown>;
  return id ?? externalId ?? email ?? record;
}
