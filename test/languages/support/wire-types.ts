/** The types of what is on the wire, as schemas/ has them: what typed clients in other languages are held to. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const FOLDER = path.resolve(__dirname, '../../../schemas');

interface Schema {
  title?: string;
  properties?: Record<string, unknown>;
  definitions?: Record<string, Schema>;
  enum?: string[];
}

/** Type -> its fields, in alphabetical order. */
export type WireTypes = Record<string, string[]>;

/** `Type.field` -> the values that it can have. */
export type WireValues = Record<string, string[]>;

/** What clients have types for; queries are left to them. `ErrorDetails` is all that an error's details can hold. */
export function wireTypes(): WireTypes {
  const types: WireTypes = {};
  const details = new Set<string>();
  for (const [name, { properties }] of namedSchemas()) {
    if (!properties || name === 'ZendeskErrorDetails') continue;
    const fields = Object.keys(properties).sort();
    if (name.endsWith('Details')) fields.forEach((field) => details.add(field));
    else types[name] = fields;
  }
  return { ...types, ErrorDetails: [...details].sort() };
}

/** Of the fields that have few values. Operations are many: clients leave them to the worker. */
export function wireValues(): WireValues {
  const schemas = new Map(namedSchemas());
  const valuesOf = (property: Schema & { $ref?: string }): string[] | undefined =>
    property.$ref ? schemas.get(property.$ref.replace('#/definitions/', ''))!.enum : property.enum;
  const found: WireValues = {};
  for (const [name, { properties = {} }] of schemas) {
    for (const [field, property] of Object.entries(properties)) {
      const values = valuesOf(property as Schema);
      if (values && field !== 'operation') found[`${name}.${field}`] = [...values].sort();
    }
  }
  return found;
}

function namedSchemas(): [name: string, schema: Schema][] {
  const schemas = readdirSync(FOLDER)
    .filter((file) => !file.includes('Progress'))
    .map((file) => JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8')) as Schema);
  return schemas.flatMap(({ definitions = {}, ...schema }) => [
    [schema.title!, schema] as [string, Schema],
    ...Object.entries(definitions),
  ]);
}

/** The `type`s that a workflow can end with. */
export function errorTypes(): string[] {
  const text = readFileSync(path.join(FOLDER, 'ZendeskErrorDetails.schema.json'), 'utf8');
  return Object.keys((JSON.parse(text) as Schema).properties!).sort();
}
