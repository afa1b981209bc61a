/** Sends an answer, well or badly. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { FaultOptions } from './faults';
import type { Answer } from './http';

const DRIP_PIECES = 10;
const CHUNK = 64 * 1024;

/** The status that the client gets to see; null where nothing is sent. */
export function deliveredStatus(answer: Answer, fault: FaultOptions | undefined): number | null {
  return fault?.kind === 'reset' || fault?.kind === 'hang' ? null : answer.status;
}

/** Ends when all is sent. Rejects when `signal` stops it in the middle. */
export async function deliver(
  response: ServerResponse,
  answer: Answer,
  fault: FaultOptions | undefined,
  signal: AbortSignal,
): Promise<void> {
  const body = Buffer.from(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
  const headers = { 'content-type': 'application/json; charset=utf-8', ...answer.headers };
  const pause = fault?.delay ?? (fault?.kind === 'slow' || fault?.kind === 'drip' ? 1000 : 0);
  if (pause > 0 && fault?.kind !== 'drip') await sleep(pause, undefined, { signal });

  const sendHead = (more: Record<string, string>) => response.writeHead(answer.status, { ...headers, ...more });
  const length = { 'content-length': String(body.length) };
  switch (fault?.kind) {
    case 'hang':
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'truncated':
      sendHead(length);
      response.write(body.subarray(0, Math.ceil(body.length / 2)), () => response.destroy());
      return;
    case 'gzip':
      sendHead({ 'content-encoding': 'gzip' });
      response.end(gzipSync(body));
      return;
    case 'drip':
      sendHead(length);
      return drip(response, body, pause, signal);
    case 'huge':
      sendHead({});
      return pour(response, fault.size ?? 64 * 1024 * 1024, signal);
    default:
      sendHead(length);
      response.end(body);
  }
}

async function drip(response: ServerResponse, body: Buffer, duration: number, signal: AbortSignal): Promise<void> {
  response.flushHeaders();
  const piece = Math.ceil(body.length / DRIP_PIECES);
  for (let start = 0; start < body.length; start += piece) {
    await sleep(duration / DRIP_PIECES, undefined, { signal });
    response.write(body.subarray(start, start + piece));
  }
  response.end();
}

/** A JSON string of so many bytes, no faster than the client takes it. */
async function pour(response: ServerResponse, size: number, signal: AbortSignal): Promise<void> {
  const closed = new AbortController();
  response.once('close', () => closed.abort());
  const stop = AbortSignal.any([signal, closed.signal]);
  response.write('"');
  for (let left = size - 2; left > 0; left -= CHUNK) {
    const taken = response.write('x'.repeat(Math.min(CHUNK, left)));
    if (!taken) await once(response, 'drain', { signal: stop });
  }
  response.end('"');
}
