import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { WireTypes, WireValues } from './wire-types';

/** The fields of each struct as encoding/json names them, those of embedded structs too, read from the source. */
export function goTypes(folder: string): WireTypes {
  const structs = structsOf(sourceOf(folder));
  const fieldsOf = (name: string): string[] => {
    const body = structs.get(name) ?? '';
    const own = [...body.matchAll(/`json:"(\w+)/g)].map(([, field]) => field!);
    const embedded = [...body.matchAll(/^\t(\w+)$/gm)].flatMap(([, type]) => fieldsOf(type!));
    return [...own, ...embedded].sort();
  };
  const found = [...structs.keys()].map((name) => [name, fieldsOf(name)] as const);
  return Object.fromEntries(found.filter(([, fields]) => fields.length > 0));
}

/** Of each field whose type has constants, their values. */
export function goValues(folder: string): WireValues {
  const source = sourceOf(folder);
  const values = new Map<string, string[]>();
  for (const [, type, value] of source.matchAll(/^\t\w+ +(\w+) += "(\w+)"$/gm)) {
    values.set(type!, [...(values.get(type!) ?? []), value!].sort());
  }
  const found: WireValues = {};
  for (const [name, body] of structsOf(source)) {
    for (const [, type, field] of body.matchAll(/^\t\w+ +(\w+) +`json:"(\w+)/gm)) {
      const ofType = values.get(type!);
      if (ofType) found[`${name}.${field}`] = ofType;
    }
  }
  return found;
}

/** The constants that are types of failures. */
export function goErrorTypes(folder: string): string[] {
  return [...sourceOf(folder).matchAll(/^\t\w+ += "(Zendesk\w+)"$/gm)].map(([, type]) => type!).sort();
}

function structsOf(source: string): Map<string, string> {
  const structs = source.matchAll(/^type (\w+) struct {\n([^]*?)\n}/gm);
  return new Map([...structs].map(([, name, body]) => [name!, body!]));
}

const sourceOf = (folder: string) =>
  readdirSync(folder)
    .map((file) => readFileSync(path.join(folder, file), 'utf8'))
    .join('\n');
