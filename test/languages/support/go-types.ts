import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { WireTypes } from './wire-types';

/** The fields of each struct as encoding/json names them, those of embedded structs too, read from the source. */
export function goTypes(folder: string): WireTypes {
  const source = sourceOf(folder);
  const structs = new Map(
    [...source.matchAll(/^type (\w+) struct {\n([^]*?)\n}/gm)].map(([, name, body]) => [name!, body!]),
  );
  const fieldsOf = (name: string): string[] => {
    const body = structs.get(name) ?? '';
    const own = [...body.matchAll(/`json:"(\w+)/g)].map(([, field]) => field!);
    const embedded = [...body.matchAll(/^\t(\w+)$/gm)].flatMap(([, type]) => fieldsOf(type!));
    return [...own, ...embedded].sort();
  };
  const found = [...structs.keys()].map((name) => [name, fieldsOf(name)] as const);
  return Object.fromEntries(found.filter(([, fields]) => fields.length > 0));
}

/** The constants that are types of failures. */
export function goErrorTypes(folder: string): string[] {
  return [...sourceOf(folder).matchAll(/^\t\w+ += "(Zendesk\w+)"$/gm)].map(([, type]) => type!).sort();
}

const sourceOf = (folder: string) =>
  readdirSync(folder)
    .map((file) => readFileSync(path.join(folder, file), 'utf8'))
    .join('\n');
