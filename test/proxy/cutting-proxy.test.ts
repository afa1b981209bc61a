import { createServer, Agent, request as ask, type IncomingMessage, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { FakeZendesk } from '../../src/testing';
import { startProxy, type CuttingProxy, type CutPoint } from '../support/cutting-proxy';

const START = '/api/v2/tickets/create_many';
let zendesk: FakeZendesk;
let proxy: CuttingProxy;
let agent: Agent;

beforeEach(async () => {
  zendesk = await FakeZendesk.start();
  proxy = await startProxy(zendesk.origin);
  // One connection, kept alive: faults must strike requests, not only new connections.
  agent = new Agent({ keepAlive: true, maxSockets: 1 });
});
afterEach(async () => {
  agent.destroy();
  await proxy.stop();
  await zendesk.stop();
});

interface Reply {
  status: number;
  body: string;
  reusedConnection: boolean;
}

/** Rejects with `socket hang up`, ECONNRESET or ECONNREFUSED where the answer is cut off. */
async function send(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Reply> {
  const content = body === undefined ? undefined : JSON.stringify(body);
  const headers = content === undefined ? {} : { 'content-length': Buffer.byteLength(content) };
  const request = ask(proxy.origin + path, { method, agent, headers, signal });
  request.end(content);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return { status: response.statusCode!, body: await text(response), reusedConnection: request.reusedSocket };
}

const start = (signal?: AbortSignal) => send('POST', START, { tickets: [{ subject: 'a' }, {}] }, signal);
const list = () => send('GET', '/api/v2/job_statuses');

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('requests and answers pass as they are, several on one connection', async () => {
  const { status, body, reusedConnection } = await start();
  expect([status, reusedConnection]).toEqual([200, false]);
  expect(JSON.parse(body)).toMatchObject({ job_status: { id: zendesk.starts[0]!.jobId, status: 'queued' } });
  expect(zendesk.starts).toMatchObject([{ records: [{ subject: 'a' }, {}] }]);
  expect(body).toContain(`${proxy.origin}/api/v2/job_statuses/`);
  expect(await list()).toMatchObject({ status: 200, reusedConnection: true });
  expect(proxy.log).toEqual([
    { request: `POST ${START}`, fault: undefined, status: 200 },
    { request: 'GET /api/v2/job_statuses', fault: undefined, status: 200 },
  ]);
});

const cuts: [CutPoint, number, object][] = [
  ['before-connect', 0, { request: null, status: null }],
  ['after-headers', 0, { request: `POST ${START}`, status: null }],
  ['after-body', 1, { request: `POST ${START}`, status: 200 }],
  ['before-answer', 1, { request: `POST ${START}`, status: 200 }],
  ['mid-answer', 1, { request: `POST ${START}`, status: 200 }],
];

test.each(cuts)('cut %s of a new connection: the answer is lost, %i job started', async (fault, started, entry) => {
  proxy.next(fault);
  await expect(start()).rejects.toMatchObject({ code: 'ECONNRESET' });
  await until(() => zendesk.starts.length >= started);
  expect(await list()).toMatchObject({ status: 200 });
  expect(zendesk.starts).toHaveLength(started);
  expect(proxy.log[0]).toEqual({ fault, ...entry });
});

test.each(cuts)('cut %s of a connection kept alive: the answer is lost, %i job started', async (fault, started) => {
  await list();
  proxy.next(fault);
  await expect(start()).rejects.toMatchObject({ code: 'ECONNRESET' });
  await until(() => zendesk.starts.length >= started);
  expect(await start()).toMatchObject({ status: 200 });
  expect(zendesk.starts).toHaveLength(started + 1);
});

test.each<CutPoint>(['after-body', 'before-answer', 'mid-answer'])(
  'cut %s: a request without a body takes effect all the same',
  async (fault) => {
    proxy.next(fault);
    await expect(send('DELETE', '/api/v2/tickets/destroy_many?ids=1,2')).rejects.toMatchObject({ code: 'ECONNRESET' });
    await until(() => zendesk.starts.length === 1);
    expect(zendesk.starts).toMatchObject([{ records: [{ id: 1 }, { id: 2 }] }]);
  },
);

test('after-headers: the server sees the headers, and no body', async () => {
  const seen: string[] = [];
  const server = await serve((request) => {
    seen.push(`${request.method} ${request.headers['content-length']}`);
    request.on('data', () => seen.push('data')).on('error', (error) => seen.push(error.message));
  });
  const other = await startProxy(originOf(server));
  other.next('after-headers');
  const answer = fetch(other.origin, { method: 'POST', body: '12345' });
  await expect(answer).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
  await until(() => seen.length === 2);
  expect(seen).toEqual(['POST 5', 'aborted']);
  await other.stop();
  await stopServer(server);
});

test('mid-answer: the status and half of the body get through', async () => {
  proxy.next('mid-answer');
  const response = await fetch(proxy.origin + '/api/v2/job_statuses');
  expect(response.status).toBe(200);
  let received = '';
  const reading = (async () => {
    for await (const piece of response.body!) received += new TextDecoder().decode(piece);
  })();
  await expect(reading).rejects.toThrow();
  const whole = (await list()).body;
  expect(received).toBe(whole.slice(0, Math.ceil(whole.length / 2)));
});

test('delayRequest: late at the server, even when the client has gone', async () => {
  proxy.next({ delayRequest: 200 });
  const before = Date.now();
  const client = new AbortController();
  const answer = start(client.signal);
  await until(() => proxy.log.length === 1);
  client.abort();
  await expect(answer).rejects.toThrow();
  expect(zendesk.starts).toEqual([]);
  await until(() => zendesk.starts.length === 1);
  expect(Date.now() - before).toBeGreaterThanOrEqual(190);
});

test('delayAnswer: in time at the server, late at the client', async () => {
  proxy.next({ delayAnswer: 200 });
  const before = Date.now();
  const answer = start();
  await until(() => zendesk.starts.length === 1);
  expect(await answer).toMatchObject({ status: 200 });
  expect(Date.now() - before).toBeGreaterThanOrEqual(190);
});

test('before-connect can be meant for one kind of request', async () => {
  proxy.next('before-connect', /^POST/);
  expect((await list()).status).toBe(200);
  await expect(start()).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect((await start()).status).toBe(200);
  expect(zendesk.starts).toHaveLength(1);
});

test('faults strike in order, and only the requests that match', async () => {
  proxy.next('before-answer', /^POST/);
  proxy.next('mid-answer', /^POST .*tickets/);
  expect((await list()).status).toBe(200);
  await expect(start()).rejects.toThrow();
  expect((await list()).status).toBe(200);
  await expect(start()).rejects.toThrow();
  expect((await start()).status).toBe(200);
  expect(proxy.log.map(({ fault }) => fault)).toEqual([undefined, 'before-answer', undefined, 'mid-answer', undefined]);
});

test('closed, it refuses connections; opened, it is there again', async () => {
  await start();
  await proxy.close();
  agent.destroy(); // It may not know yet that its connection is closed.
  await expect(start()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await proxy.open();
  expect((await start()).status).toBe(200);
  expect(zendesk.starts).toHaveLength(2);
});

test.each(['reset', 'truncated'] as const)(
  'an answer that the server cuts (%s) is cut for the client',
  async (kind) => {
    zendesk.injectFault({ kind });
    await expect(list()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect((await list()).status).toBe(200);
  },
);

test('a server that is not there is a reset', async () => {
  await zendesk.stop();
  await expect(list()).rejects.toMatchObject({ code: 'ECONNRESET' });
});

test('stop cuts what is under way', async () => {
  zendesk.injectFault({ kind: 'hang' });
  const answer = list();
  await until(() => zendesk.requests.length === 1);
  await proxy.stop();
  await expect(answer).rejects.toMatchObject({ code: 'ECONNRESET' });
});

async function serve(listener: (request: IncomingMessage) => void): Promise<Server> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const originOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

async function stopServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
