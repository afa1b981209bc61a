/** The types of what is on the wire, as schemas/ has them: what typed clients in other languages are held to. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const FOLDER = path.resolve(__dirname, '../../../schemas');

interface Schema {
  title?: string;
  properties?: Record<string, unknown>;
  definitions?: Record<string, Schema>;
}

/** Type -> its fields, in alphabetical order. */
export type WireTypes = Record<string, string[]>;

/** What clients have types for; queries are left to them. `ErrorDetails` is all that an error's details can hold. */
export function wireTypes(): WireTypes {
  const schemas = readdirSync(FOLDER)
    .filter((file) => !file.includes('Progress'))
    .map((file) => JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8')) as Schema);
  const named = schemas.flatMap(({ definitions = {}, ...schema }) => [
    [schema.title!, schema] as const,
    ...Object.entries(definitions),
  ]);
  const types: WireTypes = {};
  const details = new Set<string>();
  for (const [name, { properties }] of named) {
    if (!properties || name === 'ZendeskErrorDetails') continue;
    const fields = Object.keys(properties).sort();
    if (name.endsWith('Details')) fields.forEach((field) => details.add(field));
    else types[name] = fields;
  }
  return { ...types, ErrorDetails: [...details].sort() };
}

/** The `type`s that a workflow can end with. */
export function errorTypes(): string[] {
  const text = readFileSync(path.join(FOLDER, 'ZendeskErrorDetails.schema.json'), 'utf8');
  return Object.keys((JSON.parse(text) as Schema).properties!).sort();
}
