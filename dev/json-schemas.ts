/** Writes schemas/, the JSON Schemas of what workflows take and give, from the types of the code: `npm run schemas`. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { buildGenerator, getProgramFromFiles, type Definition, type JsonSchemaGenerator } from 'typescript-json-schema';

export const FOLDER = path.resolve(__dirname, '../schemas');

const SOURCES = ['common/types.ts', 'common/bulk-types.ts', 'common/error-details.ts', 'workflows/run-input.ts'];

/** Workflows refuse options that they do not know. */
const INPUTS = ['AwaitZendeskJobInput', 'AwaitZendeskJobsInput', 'RunZendeskJobInput', 'RunZendeskBulkInput'];

/** Later versions may add to them. */
const ANSWERS = [
  'ZendeskJobOutcome',
  'AwaitZendeskJobsResult',
  'RunZendeskBulkResult',
  'ZendeskJobProgress',
  'ZendeskJobsProgress',
  'ZendeskRunProgress',
  'ZendeskBulkProgress',
  'ZendeskErrorDetails',
];

/** File name -> text. */
export function jsonSchemas(): Map<string, string> {
  const files = SOURCES.map((file) => path.resolve(__dirname, '../src', file));
  const program = getProgramFromFiles(files, { strict: true, target: 'es2022', module: 'node20', skipLibCheck: true });
  const settings = { required: true, strictNullChecks: true, defaultNumberType: 'integer' } as const;
  const forInputs = buildGenerator(program, { ...settings, noExtraProps: true })!;
  const forAnswers = buildGenerator(program, settings)!;

  const texts = new Map<string, string>();
  const write = (name: string, schema: Definition) =>
    texts.set(`${name}.schema.json`, `${JSON.stringify({ title: name, ...schema }, null, 1)}\n`);
  for (const name of INPUTS) write(name, factored(withOpenRecords(withPlainDurations(schemaOf(name, forInputs)))));
  for (const name of ANSWERS) write(name, schemaOf(name, forAnswers));
  return texts;
}

/** With types that have no name of their own, such as `Record<string,never>`, where they are used. */
function schemaOf(name: string, generator: JsonSchemaGenerator): Definition {
  const { definitions = {}, ...schema } = generator.getSchemaForSymbol(name) as Definition & { $ref?: string };
  const isNamed = (type: string) => /^[A-Za-z]+$/.test(type);
  const inlined = <T>(value: T): T =>
    mapped(value, ({ $ref, ...rest }: { $ref?: string }) => {
      if ($ref === undefined) return rest;
      const type = decodeURIComponent($ref.replace('#/definitions/', ''));
      return isNamed(type) ? { $ref, ...rest } : { ...inlined(definitions[type] as object), ...rest };
    });
  const named = Object.entries(definitions).filter(([type]) => isNamed(type));
  return inlined({ ...schema, ...(named.length > 0 && { definitions: Object.fromEntries(named) }) });
}

/** Records are Zendesk's: what they have beside what we need is not for us to know. */
function withOpenRecords(schema: Definition): Definition {
  const open = (record: Definition): Definition => ({
    ...record,
    ...(record.type === 'object' && { additionalProperties: true }),
    ...(record.anyOf && { anyOf: record.anyOf.map((one) => open(one as Definition)) }),
  });
  return mapped(schema, (part: Definition) =>
    part.type === 'array' ? { ...part, items: open(part.items as Definition) } : part,
  );
}

/** Texts and numbers: the patterns of all units would be longer than the rest, and still refuse what `ms` reads. */
function withPlainDurations(schema: Definition): Definition {
  const isDuration = ({ anyOf = [] }: Definition) =>
    anyOf.some((one) => typeof one === 'object' && one.pattern?.endsWith('Years$'));
  return mapped(schema, (part: Definition) => {
    if (!isDuration(part)) return part;
    const { anyOf: _, ...rest } = part;
    return { ...rest, type: ['string', 'integer'] };
  });
}

/** A union of objects with what they have in common said once. What one of them does not name must not be there. */
function factored({ anyOf, ...schema }: Definition): Definition {
  if (!anyOf) return { ...schema };
  const branches = anyOf as Required<Definition>[];
  const names = [...new Set(branches.flatMap(({ properties }) => Object.keys(properties)))];
  const isCommon = (name: string) =>
    branches.every(({ properties }) => isDeepStrictEqual(properties[name], branches[0]!.properties[name]));
  const own = names.filter((name) => !isCommon(name));
  return {
    type: 'object',
    ...schema,
    properties: Object.fromEntries(names.map((name) => [name, isCommon(name) ? branches[0]!.properties[name]! : {}])),
    additionalProperties: false,
    required: names.filter((name) => branches.every(({ required }) => required.includes(name))),
    anyOf: branches.map(({ properties, required }) => ({
      properties: Object.fromEntries(own.map((name) => [name, properties[name] ?? false])),
      required,
    })),
  };
}

/** A JSON value with each object in it changed, inner ones first. */
function mapped<T, Part>(value: T, change: (part: Part) => object): T {
  const revive = (_: string, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part) ? change(part as Part) : part;
  return JSON.parse(JSON.stringify(value), revive) as T;
}

function main(): void {
  const texts = jsonSchemas();
  mkdirSync(FOLDER, { recursive: true });
  for (const file of readdirSync(FOLDER)) if (!texts.has(file)) rmSync(path.join(FOLDER, file));
  for (const [file, text] of texts) writeFileSync(path.join(FOLDER, file), text);
}

if (require.main === module) main();
