/** How the prebuilt worker writes its log: an event is one line, as text or as a JSON object. */
import { inspect } from 'node:util';
import type { LogLevel } from '@temporalio/common';
import { DefaultLogger, type LogEntry, type Logger } from '@temporalio/worker';
import { cut, fold } from '../zendesk/text';
import type { TelemetrySettings } from './settings';

export function createLogger({ logFormat, logLevel }: Pick<TelemetrySettings, 'logFormat' | 'logLevel'>): Logger {
  const lineOfEntry = logFormat === 'text' ? textLine : jsonLine;
  return new DefaultLogger(logLevel, (entry) => process.stderr.write(`${lineOfEntry(entry)}\n`));
}

/** A line that the worker says beside its log, as of its being ready. */
export function lineOf(format: TelemetrySettings['logFormat'], level: LogLevel, message: string): string {
  return format === 'text' ? message : JSON.stringify({ time: new Date().toISOString(), level, message });
}

/** Characters as text; JSON has all of them. */
const MAX_MESSAGE = 300;
const MAX_ATTRIBUTE = 1_000;

/**
 * `<time> <level> <message> <attribute>=<value> ...`. Values with spaces are quoted as in JSON. An error is its type and message, and
 * those of its causes; only an entry of level ERROR has the stack.
 */
export function textLine({ timestampNanos, level, message, meta }: LogEntry): string {
  const attributes = Object.entries(meta ?? {})
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${word(cut(fold(textOf(value, level === 'ERROR')), MAX_ATTRIBUTE))}`);
  return [isoTime(timestampNanos), level, cut(fold(message), MAX_MESSAGE), ...attributes].join(' ');
}

function textOf(value: unknown, withStack: boolean): string {
  if (typeof value === 'string') return value;
  if (value instanceof Error) return withStack && value.stack ? value.stack : errorText(value);
  try {
    return (
      JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part)) ?? String(value)
    );
  } catch {
    return inspect(value, { breakLength: Infinity });
  }
}

function errorText(error: Error): string {
  const { name, message, cause } = error;
  const type = (error as { type?: unknown }).type;
  const text = `${typeof type === 'string' ? type : name}: ${message}`;
  return cause instanceof Error && cause !== error ? `${text}; caused by ${errorText(cause)}` : text;
}

function word(text: string): string {
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text);
}

function isoTime(nanos: bigint): string {
  return new Date(Number(nanos / 1_000_000n)).toISOString();
}

/** `{ time, level, message, ...attributes }`. Never throws: what JSON cannot hold is written as text. */
export function jsonLine({ timestampNanos, level, message, meta }: LogEntry): string {
  const head = { time: isoTime(timestampNanos), level, message };
  try {
    return JSON.stringify({ ...head, ...meta, ...head }, jsonValue);
  } catch {
    return JSON.stringify({ ...head, attributes: inspect(meta) });
  }
}

/** An error's details are left out: they can hold the rows of a whole job. */
function jsonValue(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (!(value instanceof Error)) return value;
  const { name, message, stack, cause } = value;
  const { type } = value as { type?: unknown };
  return { name, type, message, stack, cause };
}
