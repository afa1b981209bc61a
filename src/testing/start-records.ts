/** Where the records of a start are: in its body, in its query or in its path. Undefined where there are none. */
import { isObject } from './http';

/** A record as it was sent; of a bulk update or a deletion by `ids`, what is known of it. */
export type FakeRecord = Record<string, unknown>;

export interface StartRequest {
  /** What the braces of the operation's path stand for. */
  params: Record<string, string>;
  query: URLSearchParams;
  body: Record<string, unknown>;
}

export type RecordsOf = (request: StartRequest) => FakeRecord[] | undefined;

type IdQuery = 'ids' | 'external_ids';
type Item = (item: unknown) => FakeRecord | undefined;

/** `{ tickets: [...] }` */
export const listed =
  (key: string): RecordsOf =>
  ({ body }) =>
    each(body[key], (item) => (isObject(item) ? item : {}));

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
    return namedIn(request.query, names)?.map((record) => ({ ...record, ...change }));
  };

/** `{ ids: [...] }` */
export const bareIds: RecordsOf = ({ body }) => each(body.ids, idItem);

/** `{ ticket: {...} }` */
export const single =
  (key: string): RecordsOf =>
  ({ body }) =>
    isObject(body[key]) ? [body[key]] : undefined;

/** The one record that the path names. */
export const inPath =
  (param: string): RecordsOf =>
  ({ params }) => [{ id: Number(params[param]) }];

/** `{ job: { action, items: [...] } }`. What an item is depends on the action. */
export const jobItems =
  (actions: Record<string, Item>): RecordsOf =>
  ({ body }) => {
    if (!isObject(body.job) || typeof body.job.action !== 'string') return undefined;
    const item = Object.hasOwn(actions, body.job.action) ? actions[body.job.action] : undefined;
    return item && each(body.job.items, item);
  };

export const recordItem: Item = (item) => (isObject(item) ? item : undefined);
export const agentItem: Item = (item) => (Number.isInteger(item) ? { id: item } : undefined);
export const idItem: Item = (item) => (typeof item === 'string' ? { id: item } : agentItem(item));
export const externalIdItem: Item = (item) => (typeof item === 'string' ? { external_id: item } : undefined);

/** One item that is none spoils the whole call. */
function each(items: unknown, item: Item): FakeRecord[] | undefined {
  if (!Array.isArray(items) || items.length === 0) return undefined;
  const records = items.map(item).filter((found) => found !== undefined);
  return records.length === items.length ? records : undefined;
}

function namedIn(query: URLSearchParams, names: IdQuery[]): FakeRecord[] | undefined {
  const records = names.flatMap((name): FakeRecord[] => {
    const values = (query.get(name) ?? '').split(',').filter((value) => value !== '');
    if (name === 'external_ids') return values.map((external_id) => ({ external_id }));
    return values.map((value) => ({ id: /^\d+$/.test(value) ? Number(value) : value }));
  });
  return records.length > 0 ? records : undefined;
}
