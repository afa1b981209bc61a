/** Reads files of one JSON value a line, from any byte on, with one line in memory. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readInputJson, UnusableJson } from '../../zendesk/json';
import { keepDigest, whileUnchanged } from './file-version';
import { jsonErrorAt } from './json-error';

/** Far more than Zendesk accepts for a record. */
const MAX_LINE_BYTES = 2_000_000;
const UTF_8 = new TextDecoder('utf-8', { fatal: true });
/** Bad lines that are reported one by one. */
const MAX_REPORTED_LINES = 20;

/** A line that is not blank. `problem` stands instead of a record, and quotes nothing of the line but names of fields. */
export type NdjsonLine = {
  /** 1 for the first line of the file. */
  line: number;
  /** Offset of the byte after the line. */
  end: number;
} & ({ record: unknown } | { problem: string });

export interface NdjsonPlace {
  /** Bytes. */
  offset: number;
  /** Lines before that. */
  line: number;
}

export const FILE_START: NdjsonPlace = { offset: 0, line: 0 };

/** A record is an object, or the number or text that names one that exists. `onBytes` gets all bytes that are read. */
export async function* ndjsonLines(
  path: string,
  from: NdjsonPlace,
  onBytes?: (bytes: Buffer) => void,
): AsyncGenerator<NdjsonLine> {
  let { offset: end, line } = from;
  for await (const { length, bytes } of rawLines(path, from.offset, MAX_LINE_BYTES, onBytes)) {
    line += 1;
    end += length;
    const found = bytes ? recordIn(bytes) : { problem: `longer than ${MAX_LINE_BYTES} bytes` };
    if (found) yield { line, end, ...found };
  }
}

/** Undefined for a blank line. A byte order mark is removed by the decoder, a carriage return with the white space. */
function recordIn(bytes: Buffer): { record: unknown } | { problem: string } | undefined {
  let line: string;
  try {
    line = UTF_8.decode(bytes);
  } catch {
    return { problem: 'not UTF-8' };
  }
  const text = line.trim();
  if (text === '') return undefined;
  let record: unknown;
  try {
    record = readInputJson(text);
  } catch (error) {
    if (error instanceof UnusableJson) return { problem: error.message };
    const column = line.indexOf(text) + (jsonErrorAt(text) ?? 0) + 1;
    return { problem: `not JSON at column ${column}` };
  }
  const isRecord = typeof record === 'string' || typeof record === 'number' || isObject(record);
  return isRecord ? { record } : { problem: 'expected an object or an id' };
}

/** Lines with their newline, which `length` counts too. A line of more than `maxBytes` has no bytes. */
export async function* rawLines(
  path: string,
  start = 0,
  maxBytes = Infinity,
  onBytes?: (bytes: Buffer) => void,
): AsyncGenerator<{ length: number; bytes?: Buffer }> {
  let parts: Buffer[] = [];
  let length = 0;
  const takeLine = () => {
    const line = length > maxBytes ? { length } : { length, bytes: Buffer.concat(parts) };
    parts = [];
    length = 0;
    return line;
  };
  for await (const chunk of createReadStream(path, { start }) as AsyncIterable<Buffer>) {
    onBytes?.(chunk);
    for (let at = 0; at < chunk.length;) {
      const newline = chunk.indexOf('\n', at);
      const end = newline < 0 ? chunk.length : newline + 1;
      length += end - at;
      if (length > maxBytes) parts = [];
      else parts.push(chunk.subarray(at, end));
      at = end;
      if (newline >= 0) yield takeLine();
    }
  }
  if (length > 0) yield takeLine();
}

export interface NdjsonCheck {
  records: number;
  /** The first bad lines, at most 20. */
  bad: { line: number; problem: string }[];
  /** All bad lines. */
  badLines: number;
  /** SHA-256 of the content, as `contentDigest` returns it. */
  digest: string;
}

/** Reads a whole file, once. Throws what the file system reports, and `UnusableError` for a folder. */
export async function checkNdjson(path: string): Promise<NdjsonCheck> {
  const { check, state } = await whileUnchanged(path, async (state) => ({ check: await readAll(path), state }));
  keepDigest(path, state, Promise.resolve(check.digest));
  return check;
}

async function readAll(path: string): Promise<NdjsonCheck> {
  const hash = createHash('sha256');
  const check = { records: 0, bad: [] as NdjsonCheck['bad'], badLines: 0 };
  for await (const found of ndjsonLines(path, FILE_START, (bytes) => hash.update(bytes))) {
    if ('record' in found) {
      check.records += 1;
      continue;
    }
    check.badLines += 1;
    if (check.bad.length < MAX_REPORTED_LINES) check.bad.push({ line: found.line, problem: found.problem });
  }
  return { ...check, digest: hash.digest('hex') };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
