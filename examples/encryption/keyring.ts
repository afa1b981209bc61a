/** The keys, by id: one that encrypts, and those before it, which what they have encrypted still needs. */
import { readFileSync } from 'node:fs';

export interface Keyring {
  /** Id of the key that encrypts. */
  current: string;
  /** 32 bytes each. */
  keys: ReadonlyMap<string, Buffer>;
}

/**
 * Reads `{ "current": "2026-06", "keys": { "2026-06": "<32 bytes in base64>", ... } }`. Throws an error that says what is wrong,
 * and quotes no key.
 */
export function parseKeyring(text: string): Keyring {
  const { current, keys } = parseJson(text) as { current?: unknown; keys?: unknown };
  if (typeof current !== 'string' || typeof keys !== 'object' || keys === null) {
    throw new Error('expected { "current": <id>, "keys": { <id>: <32 bytes in base64> } }');
  }
  const read = new Map(Object.entries(keys).map(([id, key]) => [id, Buffer.from(String(key), 'base64')]));
  for (const [id, { length }] of read) {
    if (length !== 32) throw new Error(`key ${JSON.stringify(id)} has ${length} bytes, expected 32 in base64`);
  }
  if (!read.has(current)) throw new Error(`the current key, ${JSON.stringify(current)}, is not among the keys`);
  return { current, keys: read };
}

/** From the file that `ENCRYPTION_KEYS_FILE` names. */
export function keyringFromEnv(env: Record<string, string | undefined>): Keyring {
  const path = env['ENCRYPTION_KEYS_FILE'];
  if (!path) throw new Error('set ENCRYPTION_KEYS_FILE to the path of the file of keys');
  try {
    return parseKeyring(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(`ENCRYPTION_KEYS_FILE ${path}: ${(error as Error).message}`);
  }
}

function parseJson(text: string): object {
  try {
    return Object(JSON.parse(text));
  } catch {
    // The parser's own words quote the text, keys and all.
    throw new Error('it is no JSON');
  }
}
