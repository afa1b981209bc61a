/** Reads files of one JSON value a line, from any byte on, with one line in memory. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { UnusableError } from './errors';

/** Far more than Zendesk takes for a record. */
const LONGEST_LINE = 2_000_000;
const UTF_8 = new TextDecoder('utf-8', { fatal: true });
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
  for await (const { length, bytes } of rawLines(path, from.offset)) {
    line += 1;
    end += length;
    const found = bytes ? parsed(bytes) : { problem: `longer than ${LONGEST_LINE} bytes` };
    if (found) yield { line, end, ...found };
  }
}

/** Undefined for a blank line. A byte order mark goes with the decoding, a carriage return with the white space. */
function parsed(bytes: Buffer): { record: unknown } | { problem: string } | undefined {
  let text: string;
  try {
    text = UTF_8.decode(bytes).trim();
  } catch {
    return { problem: 'no UTF-8' };
  }
  if (text === '') return undefined;
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch (error) {
    return { problem: `no JSON: ${(error as Error).message}` };
  }
  const isRecord = typeof record === 'string' || typeof record === 'number' || isObject(record);
  return isRecord ? { record } : { problem: 'expected an object, or an id' };
}

/** Lines with their newline, which `length` counts too. Of one that is too long there are no bytes. */
async function* rawLines(path: string, start: number): AsyncGenerator<{ length: number; bytes?: Buffer }> {
  let parts: Buffer[] = [];
  let length = 0;
  const ended = () => {
    const line = length > LONGEST_LINE ? { length } : { length, bytes: Buffer.concat(parts) };
    parts = [];
    length = 0;
    return line;
  };
  for await (const chunk of createReadStream(path, { start }) as AsyncIterable<Buffer>) {
    for (let at = 0; at < chunk.length;) {
      const newline = chunk.indexOf('\n', at);
      const end = newline < 0 ? chunk.length : newline + 1;
      length += end - at;
      if (length > LONGEST_LINE) parts = [];
      else parts.push(chunk.subarray(at, end));
      at = end;
      if (newline >= 0) yield ended();
    }
  }
  if (length > 0) yield ended();
}

export interface NdjsonCheck {
  records: number;
  /** The first bad lines, 20 at most. */
  bad: { line: number; problem: string }[];
  /** Bad lines in all. */
  badLines: number;
}

/** Reads a whole file. Throws what the file system says of one that cannot be read, `UnusableError` for what is no file. */
export async function checkNdjson(path: string): Promise<NdjsonCheck> {
  await versionOf(path);
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

/** Size and time of modification: changes when the file does. */
export async function versionOf(path: string): Promise<string> {
  const found = await stat(path);
  if (!found.isFile()) throw new UnusableError(`${path} is no file`);
  return `${found.size}-${Math.floor(found.mtimeMs)}`;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
