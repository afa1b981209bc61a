/** How large a start may be, and how many records fit into one. Pure and small: part of the workflow bundle. */
import type { BulkStart } from '../common/bulk';
import { jsonBytes } from '../common/byte-budgets';
import { selectsOf } from './bulk-input';
import { MAX_RECORDS } from './operations';

/** Far more than 100 records were ever seen to need, and below the 2 MB that Temporal allows a payload. */
export const MAX_BODY_BYTES = 1_500_000;
/** Of a whole URL, as it is sent. Servers and proxies refuse longer ones, many of them from 8 KB on. */
export const MAX_URL_BYTES = 8_000;

/** The origin is known to the worker alone. Zendesk's own have less than that. */
const ORIGIN_BYTES = 100;
/** What the body of a request holds in addition to the records. */
const BODY_REST_BYTES = 10_000;
/** `%2C`: the comma between two names in a query. */
const COMMA_BYTES = 3;

/** Records from `from` to before `to`. */
export interface Part {
  from: number;
  to: number;
}

/** The longest that the URL of a request can be. */
export function urlBytes(path: string, query: Record<string, string>): number {
  return ORIGIN_BYTES + path.length + 1 + new URLSearchParams(query).toString().length;
}

/**
 * The records from `start` on, cut so that each part fits into a request: at most 100, within the limits of body and URL. A record that
 * is too large by itself is a part of its own, and is refused later. A cut depends on nothing before it: from the beginning of a
 * part on, the same parts come out.
 */
export function partsOf(start: BulkStart, records: readonly unknown[], from = 0): Part[] {
  const { maxBytes, bytesOf } = limitsOf(start);
  const parts: Part[] = [];
  let bytes = 0;
  for (let at = from; at < records.length; at++) {
    const recordBytes = bytesOf(records[at]);
    const part = parts.at(-1);
    if (part && bytes + recordBytes <= maxBytes && at - part.from < MAX_RECORDS) {
      part.to = at + 1;
      bytes += recordBytes;
    } else {
      parts.push({ from: at, to: at + 1 });
      bytes = recordBytes;
    }
  }
  return parts;
}

/** Records are named in the URL or stand in the body. */
function limitsOf(start: BulkStart): { maxBytes: number; bytesOf(record: unknown): number } {
  const { operation, params = {}, body = {} } = start;
  if (!selectsOf(start)) {
    return {
      maxBytes: MAX_BODY_BYTES - BODY_REST_BYTES - jsonBytes(body),
      bytesOf: (record) => jsonBytes(record) + 1, // a comma
    };
  }
  const query = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]));
  const rest = urlBytes(`/api/v2/${operation}`, { ...query, external_ids: '' });
  return {
    maxBytes: MAX_URL_BYTES - rest,
    bytesOf: (record) => Math.max(...namesOf(record).map(encodedBytes)) + COMMA_BYTES,
  };
}

/** By which of them a record is named depends on its batch. */
function namesOf(record: unknown): unknown[] {
  if (typeof record !== 'object' || record === null) return [record];
  const { id, external_id } = record as Record<string, unknown>;
  return [id, external_id];
}

function encodedBytes(name: unknown): number {
  return new URLSearchParams([['', String(name)]]).toString().length - 1;
}
