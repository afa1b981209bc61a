import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { ZendeskAccount } from '../../../src/zendesk/account';
import { ZendeskClient, type ZendeskClientOptions } from '../../../src/zendesk/client';

export interface Received {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: string;
  /** The connection that it came on. */
  port: number | undefined;
}

export type Handler = (received: Received, response: ServerResponse) => unknown;

export interface LocalServer {
  origin: string;
  /** In the order in which they came. */
  received: Received[];
}

const open: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** A real server on a free port, closed after the test. */
export async function serve(handler: Handler): Promise<LocalServer> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const { method = '', headers, socket } = request;
    const port = socket.remotePort;
    received.push({ method, path: pathname, query: searchParams, headers, body: await text(request), port });
    await handler(received.at(-1)!, response);
  });
  const origin = await originOf(server);
  open.push(async () => {
    server.closeAllConnections();
    await closed(server);
  });
  return { origin, received };
}

/** A server that speaks whatever the handler speaks, closed after the test. Returns its origin. */
export async function listen(handler: (socket: Socket) => unknown): Promise<string> {
  const sockets: Socket[] = [];
  const server = createTcpServer((socket) => {
    sockets.push(socket);
    handler(socket.on('error', () => {}));
  });
  open.push(async () => {
    for (const socket of sockets) socket.destroy();
    await closed(server);
  });
  return await originOf(server);
}

/** The origin of a port where nobody listens. */
export async function freePort(): Promise<string> {
  const server = createTcpServer();
  const origin = await originOf(server);
  await closed(server);
  return origin;
}

async function originOf(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function closed(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}

/** A client of that server, closed after the test. */
export function clientOf(
  { origin }: { origin: string },
  { credentials, readAgain, ...options }: ZendeskClientOptions & Pick<ZendeskAccount, 'credentials' | 'readAgain'> = {},
): ZendeskClient {
  const client = new ZendeskClient({ name: 'default', origin, credentials, readAgain }, { timeout: 5_000, ...options });
  open.push(() => client.close());
  return client;
}

export function json(
  response: ServerResponse,
  body: unknown,
  status = 200,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** A job status as Zendesk sends it. */
export function working(id: string): Record<string, unknown> {
  const url = `https://acme.zendesk.com/api/v2/job_statuses/${id}.json`;
  return {
    id,
    url,
    job_type: 'Bulk Create Ticket',
    status: 'working',
    total: 2,
    progress: 1,
    message: null,
    results: null,
  };
}

/** The error that a promise rejects with. Fails the test if it does not. */
export async function errorFrom(promise: Promise<unknown>): Promise<Record<string, unknown> & Error> {
  return await promise.then(
    () => {
      throw new Error('expected an error');
    },
    (error: Record<string, unknown> & Error) => error,
  );
}
