/** A proxy between a client and an HTTP server, which cuts or delays a request at the point that it is told. */
import { once, setMaxListeners } from 'node:events';
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Where the client's connection is cut; it sees a reset, in `mid-answer` an end that comes too early.
 * - `before-connect`: as soon as it is there; one that was kept alive, as soon as it is used. The server gets nothing.
 * - `after-headers`: the server got the headers alone, then its connection is cut too. A request without a body is whole
 *   by then: whether it takes effect is open, as in life.
 * - `after-body`: the server got the whole request, which takes effect; its answer is not waited for.
 * - `before-answer`: the server has answered; not a byte of it gets through.
 * - `mid-answer`: the headers and half of the body get through.
 */
export type CutPoint = 'before-connect' | 'after-headers' | 'after-body' | 'before-answer' | 'mid-answer';

/** Or milliseconds by which the request is late at the server (even if the client has gone), or the answer. */
export type ProxyFault = CutPoint | { delayRequest: number } | { delayAnswer: number };

export interface ProxiedRequest {
  /** `POST /api/v2/tickets/create_many`; null for a connection that was cut before any. */
  request: string | null;
  fault: ProxyFault | undefined;
  /** The status of the server's answer, whether it got through or not; null as long as there is none. */
  status: number | null;
}

export interface CuttingProxy {
  /** Where it listens. */
  origin: string;
  /**
   * What happens to the next request, or to the next one whose method and path match. A connection that is to be cut for
   * its request is cut once that is known. First come first served.
   */
  next(fault: ProxyFault, match?: RegExp): void;
  /** Every request so far, oldest first. */
  log: readonly ProxiedRequest[];
  /** Closes the port and all connections: until `open`, whoever connects is refused. */
  close(): Promise<void>;
  /** Listens again, on the same port. */
  open(): Promise<void>;
  /** Cuts everything. May be called again. */
  stop(): Promise<void>;
}

interface Waiting {
  fault: ProxyFault;
  match: RegExp | undefined;
}

/** @param target The origin of the server, e.g. `http://127.0.0.1:43117`. */
export async function startProxy(target: string): Promise<CuttingProxy> {
  const log: ProxiedRequest[] = [];
  let waiting: Waiting[] = [];
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal); // one for each request under way
  const server = createServer({ keepAliveTimeout: 120_000 });

  function take(fits: (entry: Waiting) => boolean): ProxyFault | undefined {
    const found = waiting.find(fits);
    waiting = waiting.filter((entry) => entry !== found);
    return found?.fault;
  }

  server.on('connection', (socket: Socket) => {
    const fault = take(({ fault, match }) => fault === 'before-connect' && match === undefined);
    if (fault === undefined) return;
    log.push({ request: null, fault, status: null });
    socket.resetAndDestroy();
  });

  server.on('request', (incoming: IncomingMessage, response: ServerResponse) => {
    const request = `${incoming.method} ${incoming.url}`;
    const fault = take(({ match }) => match === undefined || match.test(request));
    const entry: ProxiedRequest = { request, fault, status: null };
    log.push(entry);
    forward({ target, incoming, response, entry, signal: stopping.signal }).catch(() => {
      // The server cut the connection, or the client did: so does the proxy.
      if (response.headersSent) response.destroy();
      else incoming.socket.resetAndDestroy();
    });
  });

  async function open(port: number): Promise<void> {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  }
  async function close(): Promise<void> {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  await open(0);
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    log,
    next: (fault, match) => void waiting.push({ fault, match }),
    close,
    open: () => open(port),
    async stop() {
      stopping.abort();
      await close();
    },
  };
}

interface Exchange {
  target: string;
  incoming: IncomingMessage;
  response: ServerResponse;
  entry: ProxiedRequest;
  signal: AbortSignal;
}

async function forward({ target, incoming, response, entry, signal }: Exchange): Promise<void> {
  const { fault } = entry;
  const cutClient = () => incoming.socket.resetAndDestroy();
  if (fault === 'before-connect') return void cutClient();
  const upstream = ask(target, {
    method: incoming.method,
    path: incoming.url,
    headers: passedOn(incoming.rawHeaders),
    setHost: false,
    agent: false,
    signal,
  });
  // Listened for at once: an answer may come before the whole request is passed on.
  const answered = once(upstream, 'response') as Promise<[IncomingMessage]>;
  answered.catch(() => undefined);

  if (fault === 'after-headers') {
    upstream.flushHeaders();
    const [socket] = (await once(upstream, 'socket')) as [Socket];
    if (socket.connecting) await once(socket, 'connect');
    // Not a reset, which would take back what was sent.
    socket.end(() => upstream.destroy());
    return void cutClient();
  }
  if (isDelay(fault, 'delayRequest')) {
    const body = await buffer(incoming);
    await sleep(fault.delayRequest, undefined, { signal });
    upstream.end(body);
  } else {
    await pipeline(incoming, upstream);
  }
  if (fault === 'after-body') cutClient();

  const [answer] = await answered;
  entry.status = answer.statusCode ?? null;
  if (fault === 'after-body' || fault === 'before-answer') {
    await buffer(answer);
    return void cutClient();
  }
  if (isDelay(fault, 'delayAnswer')) await sleep(fault.delayAnswer, undefined, { signal });
  response.writeHead(answer.statusCode!, answer.statusMessage, passedOn(answer.rawHeaders));
  if (fault !== 'mid-answer') return await pipeline(answer, response);
  const body = await buffer(answer);
  response.write(body.subarray(0, Math.ceil(body.length / 2)), () => response.destroy());
}

function isDelay<Name extends string>(
  fault: ProxyFault | undefined,
  name: Name,
): fault is Extract<ProxyFault, Record<Name, number>> {
  return typeof fault === 'object' && name in fault;
}

/** Raw headers without those of one connection, which are not passed on. */
function passedOn(rawHeaders: string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (!/^(connection|keep-alive)$/i.test(rawHeaders[at]!)) kept.push(rawHeaders[at]!, rawHeaders[at + 1]!);
  }
  return kept;
}
