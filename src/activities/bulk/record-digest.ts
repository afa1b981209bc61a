import { createHash } from 'node:crypto';

/** 72 bits: no two pages of a source have the same by accident. */
const LENGTH = 12;

/**
 * Says which records these are, in this order: pure. A record is known by the first of `id`, `external_id` and `email` that it has,
 * so that one whose other fields change meanwhile stays the same; one without any is known by all of it.
 */
export function digestOf(records: readonly unknown[]): string {
  const names = JSON.stringify(records.map(nameOf));
  return createHash('sha256').update(names).digest('base64url').slice(0, LENGTH);
}

function nameOf(record: unknown): unknown {
  if (typeof record !== 'object' || record === null) return record;
  const { id, external_id: externalId, email } = record as Record<string, unknown>;
  return id ?? externalId ?? email ?? record;
}
