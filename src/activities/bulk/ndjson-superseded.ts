/** Which records of a file are superseded by a later one with the same key: one scan for each version of a file. */
import { InputProblems } from '../../common/inputs';
import { UnusableError } from './errors';
import { contentVersion, expectVersion, whileUnchanged } from './file-version';
import { KeyTable } from './key-table';
import { FILE_START, ndjsonLines } from './ndjson-lines';
import type { DuplicateKey, KeysOfRecords, SupersededRecords } from './pluggable';

/** A scan of so many users with two keys each takes 300 MB. */
export const MAX_SCANNED_RECORDS = 5_000_000;
/** Results that are kept, of one bit a record: together at most 10 MB. */
const MAX_KEPT = 16;
const MAX_EXAMPLES = 20;

const kept = new Map<string, Promise<SupersededRecords>>();
/** One scan at a time, so that their memory does not add up. */
let lastScan: Promise<unknown> = Promise.resolve();

/** Throws `InputProblems` for too many records, `UnusableError` for a bad line. */
export async function supersededInFile(
  path: string,
  skipBadLines: boolean,
  keys: KeysOfRecords,
  maxRecords = MAX_SCANNED_RECORDS,
): Promise<SupersededRecords> {
  return await whileUnchanged(path, async () => {
    const { fields, takes } = keys;
    const version = await contentVersion(path);
    const name = JSON.stringify([path, version, skipBadLines, fields, takes]);
    const known = kept.get(name);
    if (known) return await known;
    const scanning = lastScan.then(() => scan(path, version, skipBadLines, keys, maxRecords));
    lastScan = scanning.catch(() => undefined);
    if (kept.size >= MAX_KEPT) kept.delete(kept.keys().next().value!);
    kept.set(name, scanning);
    scanning.catch(() => kept.delete(name));
    return await scanning;
  });
}

async function scan(path: string, version: string, skipBadLines: boolean, keys: KeysOfRecords, maxRecords: number) {
  return await whileUnchanged(path, async (state) => {
    await expectVersion(path, state, version);
    const table = new KeyTable();
    const superseded = new Bits();
    const examples: DuplicateKey[] = [];
    let record = 0;
    for await (const found of ndjsonLines(path, FILE_START)) {
      if (!('record' in found)) {
        if (skipBadLines) continue;
        throw new UnusableError(`${path}, line ${found.line}: ${found.problem}`);
      }
      if (record >= maxRecords) throw tooMany(path, maxRecords);
      for (const key of keys.keysOf(found.record)) {
        const before = table.put(key, record);
        if (before === undefined || !superseded.add(before)) continue;
        if (examples.length < MAX_EXAMPLES) examples.push({ index: before, by: record, line: found.line, key });
      }
      record += 1;
    }
    return { count: superseded.count, has: (index: number) => superseded.has(index), examples };
  });
}

function tooMany(path: string, maxRecords: number): InputProblems {
  const problem =
    `${path} has more than ${maxRecords} records, too many to be scanned for duplicate keys: ` +
    'split the file, or remove the duplicates from it and use `allow`';
  return new InputProblems('runZendeskBulk', [{ field: 'duplicateKeys', problem }]);
}

/** A set of whole numbers from 0, one bit each. */
class Bits {
  count = 0;
  #bytes = new Uint8Array(1024);

  /** Whether it is new. */
  add(n: number): boolean {
    if (this.has(n)) return false;
    const byte = n >> 3;
    if (byte >= this.#bytes.length) {
      const larger = new Uint8Array(Math.max(byte + 1, this.#bytes.length * 2));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes[byte]! |= 1 << (n & 7);
    this.count += 1;
    return true;
  }

  has(n: number): boolean {
    return ((this.#bytes[n >> 3] ?? 0) & (1 << (n & 7))) !== 0;
  }
}
