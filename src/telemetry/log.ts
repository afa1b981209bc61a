/** How the ready worker writes its log: as the Temporal SDK does, or as one JSON object a line. */
import { inspect } from 'node:util';
import type { LogLevel } from '@temporalio/common';
import { DefaultLogger, type LogEntry, type Logger } from '@temporalio/worker';
import type { TelemetrySettings } from './settings';

export function createLogger({ logFormat, logLevel }: Pick<TelemetrySettings, 'logFormat' | 'logLevel'>): Logger {
  if (logFormat === 'text') return new DefaultLogger(logLevel);
  return new DefaultLogger(logLevel, (entry) => process.stderr.write(`${jsonLine(entry)}\n`));
}

/** A line that the worker says beside its log, as of its being ready. */
export function lineOf(format: TelemetrySettings['logFormat'], level: LogLevel, message: string): string {
  return format === 'text' ? message : JSON.stringify({ time: new Date().toISOString(), level, message });
}

/** `{ time, level, message, ...attributes }`. Never throws: what JSON cannot hold is written as text. */
export function jsonLine({ timestampNanos, level, message, meta }: LogEntry): string {
  const head = { time: new Date(Number(timestampNanos / 1_000_000n)).toISOString(), level, message };
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
