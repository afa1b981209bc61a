/** Where the records of a start are: in its body, in its query or in its path. A text says why there are none that can be used. */
import { isObject } from './http';

/** A record as it was sent; of a bulk update or a deletion by `ids`, what is known of it. */
export type FakeRecord = Record<string, unknown>;

export interface StartRequest {
  /** What the braces of the operation's path stand for. */
  params: Record<string, string>;
  query: URLSearchParams;
  body: Record<string, unknown>;
}

export type RecordsOf = (request: StartRequest) => FakeRecord[] | string;

type IdQuery = 'ids' | 'external_ids';
type Item = (item: unknown) => FakeRecord | undefined;

/** `{ tickets: [...] }` */
export const listed =
  (key: string): RecordsOf =>
  ({ body }) =>
    each(body[key], recordItem);

/** `?ids=1,2` */
export const named =
  (...names: IdQuery[]): RecordsOf =>
  ({ query }) =>
    namedIn(query, names);

/** `{ tickets: [{ id, ... }] }`, or `?ids=1,2` with the one change for all of them in `{ ticket: {...} }`. */
export const changed =
  (key: string, sharedKey: string, ...names: IdQuery[]): RecordsOf =>
  (request) => {
    const change = request.body[sharedKey];
    if (!isObject(change)) return listed(key)(request);
    const records = namedIn(request.query, names);
    return typeof records === 'string' ? records : records.map((record) => ({ ...record, ...change }));
  };

/** `{ ids: [...] }` */
export const bareIds: RecordsOf = ({ body }) => each(body.ids, idItem);

/** `{ ticket: {...} }` */
export const single =
  (key: string): RecordsOf =>
  ({ body }) =>
    isObject(body[key]) ? [body[key]] : `${key} is missing`;

/** The one record that the path names. */
export const inPath =
  (param: string): RecordsOf =>
  ({ params }) => [{ id: Number(params[param]) }];

/** `{ job: { action, items: [...] } }`. What an item is depends on the action. `objects`: other fields of the job. */
export const jobItems =
  (actions: Record<string, Item>, ...objects: string[]): RecordsOf =>
  ({ body }) => {
    const job = isObject(body.job) ? body.job : {};
    const item = Object.entries(actions).find(([action]) => action === job.action)?.[1];
    if (!item) return 'job.action is missing or unknown';
    const missing = objects.find((field) => !isObject(job[field]));
    return missing === undefined ? each(job.items, item) : `job.${missing} is missing`;
  };

export const recordItem: Item = (item) => (isObject(item) ? item : undefined);
export const agentItem: Item = (item) => (Number.isInteger(item) ? { id: item } : undefined);
export const idItem: Item = (item) => (typeof item === 'string' ? { id: item } : agentItem(item));
export const externalIdItem: Item = (item) => (typeof item === 'string' ? { external_id: item } : undefined);

/** One item that is none spoils the whole call. */
function each(items: unknown, item: Item): FakeRecord[] | string {
  if (!Array.isArray(items) || items.length === 0) return 'there are no records';
  const records = items.map(item).filter((found) => found !== undefined);
  return records.length === items.length ? records : 'an item has the wrong type';
}

function namedIn(query: URLSearchParams, names: IdQuery[]): FakeRecord[] | string {
  if (query.get('ids') && query.get('external_ids')) return 'ids and external_ids cannot be used together';
  if (query.has('brand_id') && !query.get('external_ids')) return 'brand_id can be used with external_ids only';
  const records = names.flatMap((name): FakeRecord[] => {
    const values = (query.get(name) ?? '').split(',').filter((value) => value !== '');
    if (name === 'external_ids') return values.map((external_id) => ({ external_id }));
    return values.map((value) => ({ id: /^\d+$/.test(value) ? Number(value) : value }));
  });
  return records.length > 0 ? records : 'there are no records';
}
