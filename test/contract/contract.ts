/** Checks requests and answers against the descriptions in openapi/, the fake's and the client's alike. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { parse } from 'yaml';

const FILES = ['zendesk-job-statuses.yaml', 'zendesk-bulk-jobs.yaml'];

interface Parameter {
  name: string;
  in: 'query' | 'path';
  required?: boolean;
  style?: string;
  explode?: boolean;
}

interface Operation {
  parameters?: unknown[];
  requestBody?: unknown;
  responses: Record<string, unknown>;
}

interface Document {
  paths: Record<string, Record<string, Operation>>;
}

/** A piece of a document, and where it is: `zendesk-job-statuses.yaml#/paths/…`. */
interface Located<T> {
  address: string;
  value: T;
}

const documents = new Map(
  FILES.map((file) => [file, parse(readFileSync(join(__dirname, '../../openapi', file), 'utf8')) as Document]),
);

// OpenAPI's own keywords around the schemas are not JSON schema's: strict mode would refuse them.
const options = { strict: false, allErrors: true, validateFormats: false };
const bodies = new Ajv(options);
/** Parameters and headers come as text. */
const texts = new Ajv({ ...options, coerceTypes: true });
for (const [file, document] of documents) for (const ajv of [bodies, texts]) ajv.addSchema(document, file);

/** Every operation of the contract, e.g. `GET /api/v2/job_statuses/{job_status_id}`. */
export const CONTRACT_OPERATIONS: readonly string[] = [...documents.values()].flatMap(({ paths }) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  ),
);

/** Throws unless the contract has this operation, this status for it, and this shape of body (and of headers). */
export function assertMatchesContract(
  method: string,
  path: string,
  status: number,
  body: unknown,
  headers?: Record<string, string>,
): void {
  const what = `${method} ${path} -> ${status}`;
  const declared = child(findOperation(method, path).operation, 'responses', String(status));
  if (!declared) throw new Error(`${what}: the contract has no such status`);
  const response = resolved(declared) as Located<{ headers?: Record<string, unknown> }>;
  demand(what, compile(bodies, `${response.address}/content/application~1json/schema`), body);
  for (const name of Object.keys(response.value.headers ?? {})) {
    const value = headers?.[name];
    if (value === undefined) continue;
    const header = resolved(child(response, 'headers', name)!);
    demand(`${what}: header ${name}`, compile(texts, `${header.address}/schema`), value);
  }
}

/** Throws unless the contract has this operation, these parameters, and this shape of body where it has one. */
export function assertRequestMatchesContract(method: string, path: string, body?: unknown): void {
  const what = `${method} ${path}`;
  const { operation, pathParameters } = findOperation(method, path);
  const query = new URL(path, 'http://localhost').searchParams;
  const parameters = (operation.value.parameters ?? []).map(
    (_, index) => resolved(child(operation, 'parameters', String(index))!) as Located<Parameter>,
  );
  for (const { address, value: parameter } of parameters) {
    const value = parameter.in === 'path' ? pathParameters[parameter.name] : read(query, parameter);
    if (value === undefined && !parameter.required) continue;
    demand(`${what}: ${parameter.name}`, compile(texts, `${address}/schema`), value);
  }
  const declared = parameters.map(({ value }) => value.name);
  const unknown = [...query.keys()].find((name) => !declared.includes(withoutField(name)));
  if (unknown !== undefined) throw new Error(`${what}: the contract has no parameter ${unknown}`);

  const requestBody = child(operation, 'requestBody');
  if (requestBody) demand(what, compile(bodies, `${requestBody.address}/content/application~1json/schema`), body);
  else if (body !== undefined) throw new Error(`${what}: the contract has no body for it`);
}

/** Throws unless the value has the shape of one of the contract's named schemas of job statuses, e.g. `JobStatus`. */
export function assertMatchesSchema(name: string, value: unknown): void {
  demand(name, compile(bodies, `${FILES[0]}#/components/schemas/${name}`), value);
}

function findOperation(
  method: string,
  path: string,
): { operation: Located<Operation>; pathParameters: Record<string, string> } {
  const pathname = path.split('?')[0]!.replace(/\.json$/, '');
  for (const [file, { paths }] of documents) {
    // A path as it is before one with braces: show_many is no id.
    for (const template of Object.keys(paths).sort((a, b) => Number(a.includes('{')) - Number(b.includes('{')))) {
      const value = paths[template]![method.toLowerCase()];
      const match = new RegExp(`^${template.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`).exec(pathname);
      if (!value || !match) continue;
      const address = `${file}#/paths/${template.replaceAll('/', '~1')}/${method.toLowerCase()}`;
      return { operation: { address, value }, pathParameters: { ...match.groups } };
    }
  }
  throw new Error(`${method} ${path}: the contract has no such operation`);
}

/** `page[size]=2` as `{ size: '2' }`, `ids=a,b` as `['a', 'b']`. */
function read(query: URLSearchParams, { name, style, explode }: Parameter): unknown {
  if (style === 'deepObject') {
    const fields = [...query].filter(([key]) => withoutField(key) === name);
    if (fields.length === 0) return undefined;
    return Object.fromEntries(fields.map(([key, value]) => [key.slice(name.length + 1, -1), value]));
  }
  const value = query.get(name);
  if (value === null) return undefined;
  if (style !== 'form' || explode !== false) return value;
  return value === '' ? [] : value.split(',');
}

const withoutField = (name: string): string => name.replace(/\[.*$/, '');

function child(parent: Located<unknown>, ...keys: string[]): Located<unknown> | undefined {
  let { address, value } = parent;
  for (const key of keys) {
    value = (value as Record<string, unknown>)[key];
    if (value === undefined) return undefined;
    address += `/${key}`;
  }
  return { address, value };
}

/** What a `$ref` points to, in this file or in another. */
function resolved(located: Located<unknown>): Located<unknown> {
  const { $ref } = located.value as { $ref?: string };
  if ($ref === undefined) return located;
  const [file, pointer] = $ref.split('#') as [string, string];
  const name = file || located.address.split('#')[0]!;
  const target = child({ address: `${name}#`, value: documents.get(name) }, ...pointer.split('/').slice(1));
  if (!target) throw new Error(`The contract has nothing at ${$ref}`);
  return resolved(target);
}

function compile(ajv: Ajv, address: string): ValidateFunction {
  const validate = ajv.getSchema(encodeURI(address));
  if (!validate) throw new Error(`The contract has nothing at ${address}`);
  return validate;
}

function demand(what: string, validate: ValidateFunction, value: unknown): void {
  if (validate(value)) return;
  const problems = (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  throw new Error(`${what} does not match the contract:\n${problems.join('\n')}`);
}
