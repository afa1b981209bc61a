/** What the input of a start must look like, for one operation of the table. Pure. */
import { any, array, boolean, define, enums, object, optional, refine, string, type Struct } from 'superstruct';
import { MAX_RECORDS, type BodyField, type JobAction, type Operation } from './operations';
import { cut } from './text';

/** The input of a start as it came, from any language. */
export type UncheckedInput = Readonly<Record<string, unknown>>;

/** The fields that can name the records. */
export type RecordsField = 'items' | 'ids' | 'externalIds';

type AnyStruct = Struct<unknown, unknown>;

/** The struct depends on the input, so that each problem is told once and in the words of the form that was meant. */
export function startStruct(input: UncheckedInput, operation: Operation, path: string): AnyStruct {
  const allowed = recordFields(operation);
  const form = recordsField(input, operation);
  const given = (field: RecordsField, element: AnyStruct, what: string) => {
    if (form === field) return list(input[field], element, what, allowed);
    if (allowed.includes(field)) return absent(`give one of ${allowed.join(', ')}`);
    return absent(allowed.length === 0 ? 'not taken by this operation' : `this operation takes ${oneOf(allowed)}`);
  };
  return object({
    operation: any(),
    params: paramsStruct(input.params, operation, path, form),
    items: given('items', itemStruct(input, operation), 'records'),
    ids: distinct(given('ids', id, 'ids')),
    externalIds: distinct(given('externalIds', queryKey, 'external ids')),
    body: bodyStruct(input.body, operation, form),
  }) as unknown as AnyStruct;
}

/** The first one given of those that the operation takes; undefined where only `params` and `body` name records. */
function recordsField(input: UncheckedInput, operation: Operation): RecordsField | undefined {
  const allowed = recordFields(operation);
  return allowed.find((field) => input[field] !== undefined) ?? allowed[0];
}

/** The action of `{body: {job: {action}}}`; undefined where the operation has no such action. */
export function actionOf({ body }: UncheckedInput, { actions = {} }: Operation): JobAction | undefined {
  const job = isObject(body) && isObject(body.job) ? body.job : {};
  return Object.entries(actions).find(([name]) => name === job.action)?.[1];
}

/** The names in the braces of a path. */
export function placeholders(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
}

function recordFields({ items, selects = [] }: Operation): RecordsField[] {
  return [...(items === undefined ? [] : ['items' as const]), ...selects];
}

function paramsStruct(
  params: unknown,
  { query = [], externalIdQuery = [] }: Operation,
  path: string,
  form: RecordsField | undefined,
): AnyStruct {
  const names = placeholders(path);
  const ofExternalIds = form === 'externalIds' ? optional(scalar) : absent('goes with externalIds only');
  const fields = [
    ...names.map((name) => [name, segment] as const),
    ...query.map((name) => [name, optional(scalar)] as const),
    ...externalIdQuery.map((name) => [name, ofExternalIds] as const),
  ];
  const struct = fieldsOf(params, Object.fromEntries(fields));
  return names.length === 0 ? optional(struct) : struct;
}

function bodyStruct(body: unknown, operation: Operation, form: RecordsField | undefined): AnyStruct {
  const { actions, jobFields = [], body: fields } = operation;
  if (actions) {
    const job = {
      action: enums(Object.keys(actions)) as unknown as AnyStruct,
      ...Object.fromEntries(jobFields.map((field) => [field, jobField])),
      items: absent('comes from `items`, beside `body`'),
    };
    return fieldsOf(body, { job: fieldsOf(isObject(body) ? body.job : undefined, job) });
  }
  if (form === 'items') return absent('the body is made of `items` alone');
  if (!fields) return absent('this operation has no body');
  const structs = Object.entries(fields).map(([name, kind]) => [
    name,
    bodyField(kind, isObject(body) ? body[name] : undefined),
  ]);
  return fieldsOf(body, Object.fromEntries(structs) as Record<string, AnyStruct>);
}

function bodyField(kind: BodyField, value: unknown): AnyStruct {
  if (kind === 'object') return record as AnyStruct;
  if (kind === 'ids') return distinct(list(value, id, 'ids', []));
  return kind === 'text?' ? (optional(string()) as AnyStruct) : (optional(boolean()) as AnyStruct);
}

function itemStruct(input: UncheckedInput, operation: Operation): AnyStruct {
  const action = actionOf(input, operation);
  if (operation.actions && !action) return any(); // The action is told to be wrong, and nothing else.
  if (action?.keys) return jobKey;
  return recordWith(action?.needs ?? operation.needs ?? []);
}

const record = define<object>('record', (value) => isObject(value) || `expected an object, got ${shown(value)}`);

/** An object that has one key of each list. */
function recordWith(needs: readonly (readonly string[])[]): AnyStruct {
  return define('record', (value, { path }) => {
    if (!isObject(value)) return `expected an object, got ${shown(value)}`;
    return needs
      .filter((keys) => !keys.some((key) => isName(value[key])))
      .map((keys) => ({ path: [...path, keys[0]], message: `expected ${oneOf(keys)}` }));
  });
}

const id = define<unknown>(
  'id',
  (value) =>
    (typeof value === 'string' ? /^[1-9]\d*$/.test(value) : Number.isSafeInteger(value) && Number(value) > 0) ||
    `expected a positive whole number or its digits, got ${shown(value)}`,
);

/** Zendesk's documentation describes an object. */
const jobField = define<unknown>(
  'job field',
  (value) => (typeof value === 'object' && value !== null) || `expected an object, got ${shown(value)}`,
);

/** Zendesk takes the names as one comma-separated value. */
const queryKey = define<unknown>(
  'external id',
  (value) =>
    (isName(value) && !String(value).includes(',')) || `expected an external id without a comma, got ${shown(value)}`,
);

const jobKey = define<unknown>(
  'key',
  (value) => isName(value) || `expected an id, as this action takes no objects, got ${shown(value)}`,
);

const segment = define<unknown>(
  'path parameter',
  (value) =>
    (typeof value === 'string'
      ? /^[A-Za-z0-9_-]{1,128}$/.test(value)
      : Number.isSafeInteger(value) && Number(value) > 0) ||
    `expected letters, digits, "-" or "_", got ${shown(value)}`,
);

const scalar = define<unknown>(
  'query parameter',
  (value) =>
    typeof value === 'boolean' || isName(value) || `expected a text, a number or a boolean, got ${shown(value)}`,
);

/** The length first: a long list of wrong records is one problem, not thousands. */
function list(value: unknown, element: AnyStruct, what: string, alternatives: readonly string[]): AnyStruct {
  if (value === undefined && alternatives.length > 1) return refusal(`expected ${oneOf(alternatives)}`);
  if (!Array.isArray(value)) return refusal(`expected a list of ${what}, got ${shown(value)}`);
  if (value.length >= 1 && value.length <= MAX_RECORDS) return array(element) as unknown as AnyStruct;
  const hint = value.length > MAX_RECORDS && alternatives.length > 0 ? ': use runZendeskBulk for any number' : '';
  return refusal(`expected 1 to ${MAX_RECORDS} ${what}, got ${value.length}${hint}`);
}

/** Zendesk would run a record that is named twice two times. */
function distinct(struct: AnyStruct): AnyStruct {
  return refine(struct, 'distinct', (values) => {
    const names = Array.isArray(values) ? values.map(String) : [];
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    return twice === undefined || `expected each one once, got ${shown(twice)} twice`;
  });
}

function fieldsOf(value: unknown, fields: Record<string, AnyStruct>): AnyStruct {
  if (isObject(value)) return object(fields) as unknown as AnyStruct;
  const names = Object.keys(fields).join(', ');
  return refusal(`expected an object${names === '' ? '' : ` with ${names}`}, got ${shown(value)}`);
}

function absent(message: string): AnyStruct {
  return optional(refusal(message));
}

function refusal(message: string): AnyStruct {
  return define<unknown>('refusal', () => message);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Something that a record can be known by. */
function isName(value: unknown): boolean {
  return typeof value === 'string' ? value.trim() !== '' : Number.isFinite(value);
}

function oneOf(names: readonly string[]): string {
  return names.join(' or ');
}

/** Never more of a value than a line. */
function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  return cut(typeof value === 'string' ? JSON.stringify(value) : String(value), 60);
}
