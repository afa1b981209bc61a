/** Which records bulk jobs have made so far: an upsert of one of them changes it, and keeps its id. */
import { recordId, type FakeJob } from './fake-job';
import { isObject, type Received } from './http';
import type { BulkOperation } from './operations';
import type { FakeRecord } from './start-records';

/** Keys that are kept: a fake may run for days. */
const MAX_KEYS = 1_000_000;

/** What the records of a start are, by which fields they are found, and what becomes of them. */
interface Meaning {
  kind: string;
  fields: readonly string[];
  does: 'create' | 'upsert' | 'update' | 'delete';
}

export class KnownRecords {
  /** Key -> id. */
  readonly #ids = new Map<string, unknown>();
  /** Kind and id -> keys. */
  readonly #keys = new Map<string, string[]>();

  /** Notes what a job that has just been started does to its records, and tells it which of them exist already. */
  apply(job: FakeJob, params: Record<string, string>, { body }: Received): void {
    const meaning = meaningOf(job.operation, params, body);
    if (!meaning) return;
    const failed = new Set(job.endsAs === 'failed' ? job.records.keys() : job.failures.map(({ index }) => index));
    for (const [index, record] of job.records.entries()) {
      if (!failed.has(index)) this.#applyRecord(job, index, record, meaning);
    }
  }

  #applyRecord(job: FakeJob, index: number, record: FakeRecord, { kind, fields, does }: Meaning): void {
    const keys = fields.flatMap((field) => keyOf(kind, field, record[field]) ?? []);
    const known = record.id ?? keys.map((key) => this.#ids.get(key)).find((id) => id !== undefined);
    if (does !== 'create' && known !== undefined) job.existing.set(index, known);
    if (does === 'delete') this.#forget(kind, known);
    else if (does !== 'update') this.#add(kind, keys, recordId(job, index));
  }

  #add(kind: string, keys: string[], id: unknown): void {
    for (const key of keys) this.#ids.set(key, id);
    const name = nameOf(kind, id);
    this.#keys.set(name, [...new Set([...(this.#keys.get(name) ?? []), ...keys])]);
    for (const oldest of this.#ids.keys()) {
      if (this.#ids.size <= MAX_KEYS) break;
      this.#keys.delete(nameOf(oldest.slice(0, oldest.indexOf(' ')), this.#ids.get(oldest)));
      this.#ids.delete(oldest);
    }
  }

  #forget(kind: string, id: unknown): void {
    const name = nameOf(kind, id);
    for (const key of this.#keys.get(name) ?? []) this.#ids.delete(key);
    this.#keys.delete(name);
  }
}

const USER_FIELDS = ['external_id', 'email'];
const OBJECT_FIELDS = ['external_id', 'name'];

function meaningOf(
  { operation }: BulkOperation,
  { custom_object_key: key }: Record<string, string>,
  body: unknown,
): Meaning | undefined {
  switch (operation) {
    case 'users/create_many':
      return { kind: 'users', fields: USER_FIELDS, does: 'create' };
    case 'users/create_or_update_many':
      return { kind: 'users', fields: USER_FIELDS, does: 'upsert' };
    case 'users/update_many':
      return { kind: 'users', fields: ['external_id'], does: 'update' };
    case 'users/destroy_many':
      return { kind: 'users', fields: ['external_id'], does: 'delete' };
    case 'custom_objects/{custom_object_key}/jobs':
      return objectMeaning(`custom_objects/${key}`, isObject(body) && isObject(body.job) ? body.job.action : undefined);
    default:
      return undefined;
  }
}

function objectMeaning(kind: string, action: unknown): Meaning | undefined {
  switch (action) {
    case 'create':
      return { kind, fields: OBJECT_FIELDS, does: 'create' };
    case 'create_or_update_by_external_id':
      return { kind, fields: ['external_id'], does: 'upsert' };
    case 'create_or_update_by_name':
      return { kind, fields: ['name'], does: 'upsert' };
    case 'delete':
    case 'delete_by_external_id':
      return { kind, fields: ['external_id'], does: 'delete' };
    default:
      return undefined;
  }
}

/** E-mail addresses are the same in whatever case. */
function keyOf(kind: string, field: string, value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value);
  return `${kind} ${field} ${field === 'email' ? text.toLowerCase() : text}`;
}

/** Ids come as numbers and as digits. */
function nameOf(kind: string, id: unknown): string {
  return `${kind} ${String(id)}`;
}
