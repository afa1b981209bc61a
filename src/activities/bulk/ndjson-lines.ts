/** Reads files of one JSON value a line, from any byte on, with one line in memory. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

/** Far more than Zendesk takes for a record. */
const LONGEST_LINE = 2_000_000;
const BYTE_ORDER_MARK = '\uFEFF';
/** Bad lines that are told one by one. */
const MOST_TOLD = 20;

/** A line that is not blank. `problem` is there instead of a record. */
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

/** A record is an object, or the number or text that names one that exists. */
export async function* ndjsonLines(path: string, from: NdjsonPlace): AsyncGenerator<NdjsonLine> {
  let { offset: end, line } = from;
  for await (const bytes of rawLines(path, from.offset)) {
    line += 1;
    end += bytes.length;
    const text = bytes
      .toString('utf8')
      .replace(line === 1 ? BYTE_ORDER_MARK : '', '')
      .trim();
    if (text !== '') yield { line, end, ...parsed(text, bytes.length) };
  }
}

function parsed(text: string, length: number): { record: unknown } | { problem: string } {
  if (length > LONGEST_LINE) return { problem: `longer than ${LONGEST_LINE} bytes` };
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch (error) {
    return { problem: `no JSON: ${(error as Error).message}` };
  }
  const isRecord = typeof record === 'string' || typeof record === 'number' || isObject(record);
  return isRecord ? { record } : { problem: 'expected an object, or an id' };
}

/** Lines with their newline. Of one that is too long all but the length is dropped. */
async function* rawLines(path: string, start: number): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let length = 0;
  const line = () => (length > LONGEST_LINE ? Buffer.alloc(length, '?') : Buffer.concat(parts));
  for await (const chunk of createReadStream(path, { start }) as AsyncIterable<Buffer>) {
    for (let at = 0; at < chunk.length;) {
      const newline = chunk.indexOf('\n', at);
      const end = newline < 0 ? chunk.length : newline + 1;
      length += end - at;
      if (length <= LONGEST_LINE) parts.push(chunk.subarray(at, end));
      at = end;
      if (newline < 0) continue;
      yield line();
      parts = [];
      length = 0;
    }
  }
  if (length > 0) yield line();
}

export interface NdjsonCheck {
  records: number;
  /** The first bad lines, 20 at most. */
  bad: { line: number; problem: string }[];
  /** Bad lines in all. */
  badLines: number;
}

/** Reads a whole file. Throws what the file system says of one that cannot be read. */
export async function checkNdjson(path: string): Promise<NdjsonCheck> {
  const check: NdjsonCheck = { records: 0, bad: [], badLines: 0 };
  for await (const found of ndjsonLines(path, { offset: 0, line: 0 })) {
    if ('record' in found) {
      check.records += 1;
      continue;
    }
    check.badLines += 1;
    if (check.bad.length < MOST_TOLD) check.bad.push({ line: found.line, problem: found.problem });
  }
  return check;
}

/** Changes when the file does. */
export async function versionOf(path: string): Promise<string> {
  const { size, mtimeMs } = await stat(path);
  return `${size}-${Math.floor(mtimeMs)}`;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
