import { once } from 'node:events';
import { createServer as createHttpServer, type Server } from 'node:http';
import { Agent, createServer as createHttpsServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { checkProxy, ZendeskConfigurationError } from '../../src/zendesk/accounts';
import { ZendeskClient } from '../../src/zendesk/client';
import { proxyFor } from '../../src/zendesk/proxy';
import { startWas } from '../../src/zendesk/start-certainty';
import type { ZendeskError } from '../../src/zendesk/errors';
import type { StartRequest } from '../../src/zendesk/start-input';
import { errorFrom, json, working } from './support/local-server';
import { CERTIFICATE, KEY } from './support/tls';

const before = { ...process.env };
const open: (() => unknown)[] = [];
beforeEach(() => {
  for (const name of Object.keys(process.env)) if (/^(https?|all|no)_proxy$/i.test(name)) delete process.env[name];
});
afterEach(() => {
  for (const close of open.splice(0).reverse()) close();
  process.env = { ...before };
});

async function portOf(server: Server): Promise<number> {
  const sockets: Socket[] = [];
  server.on('connection', (socket: Socket) => sockets.push(socket.on('error', () => {})));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push(() => (server.close(), sockets.forEach((socket) => socket.destroy())));
  return (server.address() as AddressInfo).port;
}

/** Zendesk by TLS: responds, or cuts the connection after so many requests have come. */
async function zendesk({ cutsFrom = Infinity } = {}) {
  const received: string[] = [];
  const server = createHttpsServer({ cert: CERTIFICATE, key: KEY }, (request, response) => {
    received.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    if (received.length >= cutsFrom) response.socket?.destroy();
    else json(response, { job_status: working('V3-1') });
  });
  return { origin: `https://127.0.0.1:${await portOf(server)}`, received };
}

/** A forward proxy that opens tunnels, or refuses them. */
async function forwardProxy({ refuses, drops }: { refuses?: number; drops?: boolean } = {}) {
  const asked: string[] = [];
  const server = createHttpServer().on('connect', (request, socket: Socket) => {
    asked.push(`${request.url} ${request.headers['proxy-authorization'] ?? ''}`.trim());
    socket.on('error', () => {});
    if (refuses) return socket.end(`HTTP/1.1 ${refuses} No\r\ncontent-type: text/html\r\n\r\n<html>no</html>`);
    const { hostname, port } = new URL(`http://${request.url}`);
    const target = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      if (drops) return socket.once('data', () => socket.destroy());
      target.pipe(socket).pipe(target);
    });
    target.on('error', () => socket.destroy());
    open.push(() => target.destroy());
  });
  return { url: `http://127.0.0.1:${await portOf(server)}`, asked };
}

/** As NODE_EXTRA_CA_CERTS does, which Node reads once, at its start. */
function trustCertificate(): void {
  const prototype = Agent.prototype as unknown as { createConnection(options: object, callback: unknown): unknown };
  const { createConnection } = prototype;
  prototype.createConnection = function (options, callback) {
    return createConnection.call(this, { ...options, ca: CERTIFICATE }, callback);
  };
  open.push(() => (prototype.createConnection = createConnection));
}

function clientOf(origin: string): ZendeskClient {
  const client = new ZendeskClient({ name: 'default', origin, credentials: { oauthToken: 'token' } });
  open.push(() => client.close());
  return client;
}

const START: StartRequest = {
  operation: 'tickets/create_many',
  method: 'POST',
  path: '/api/v2/tickets/create_many',
  query: {},
  body: { tickets: [{}] },
  records: 1,
  repeatSafe: false,
  jobTypes: [],
  tie: { by: 'index', records: [] },
};

describe('behind a forward proxy', () => {
  beforeEach(trustCertificate);

  test('requests go through one tunnel, which never sees the credentials of Zendesk', async () => {
    const { origin, received } = await zendesk();
    const proxy = await forwardProxy();
    process.env['HTTPS_PROXY'] = proxy.url.replace('//', '//ann:p%40ss@');
    const client = clientOf(origin);
    for (let i = 0; i < 3; i++) expect(await client.show('V3-1')).toEqual(working('V3-1'));
    expect(received).toEqual(Array(3).fill('GET /api/v2/job_statuses/V3-1 Bearer token'));
    expect(proxy.asked).toEqual([`${new URL(origin).host} Basic ${btoa('ann:p@ss')}`]);
  });

  test('a start that is cut off after it was sent is uncertain', async () => {
    const { origin, received } = await zendesk({ cutsFrom: 1 });
    process.env['HTTPS_PROXY'] = (await forwardProxy()).url;
    const error = await errorFrom(clientOf(origin).start(START));
    expect(received).toHaveLength(1);
    expect(error).toMatchObject({ code: 'ERR_ZENDESK_NO_ANSWER' });
    expect(startWas(error as unknown as ZendeskError)).toBe('uncertain');
  });

  test.each([407, 403, 502, 504])('a tunnel that the proxy refuses (%d) has sent nothing', async (status) => {
    const { origin, received } = await zendesk();
    const proxy = await forwardProxy({ refuses: status });
    process.env['HTTPS_PROXY'] = proxy.url.replace('//', '//ann:secret@');
    const error = await errorFrom(clientOf(origin).start(START));
    expect(error).toMatchObject({ code: 'ERR_ZENDESK_UNREACHABLE', temporary: true });
    expect(error.message).toContain(`${status}`);
    expect(error.message).toContain(`by the proxy ${new URL(proxy.url).host} of HTTPS_PROXY`);
    expect(error.message + error.stack).not.toContain('secret');
    expect(received).toEqual([]);
  });

  test('a tunnel that breaks before TLS stands has sent nothing', async () => {
    const { origin, received } = await zendesk();
    process.env['HTTPS_PROXY'] = (await forwardProxy({ drops: true })).url;
    const error = await errorFrom(clientOf(origin).start(START));
    expect(error).toMatchObject({ code: 'ERR_ZENDESK_UNREACHABLE' });
    expect(startWas(error as unknown as ZendeskError)).toBe('refused');
    expect(received).toEqual([]);
  });

  test('a request that is cut off on a connection that was used before got no response', async () => {
    const { origin, received } = await zendesk({ cutsFrom: 2 });
    const proxy = await forwardProxy();
    process.env['HTTPS_PROXY'] = proxy.url;
    const client = clientOf(origin);
    await client.show('V3-1');
    expect(await errorFrom(client.show('V3-1'))).toMatchObject({ code: 'ERR_ZENDESK_NO_ANSWER' });
    expect(received).toHaveLength(2);
    expect(proxy.asked).toHaveLength(1);
  });

  test('a proxy that is not there leaves the account unreachable', async () => {
    process.env['HTTPS_PROXY'] = 'http://127.0.0.1:1';
    const error = await errorFrom(clientOf('https://127.0.0.1:2').show('V3-1'));
    expect(error).toMatchObject({ code: 'ERR_ZENDESK_UNREACHABLE' });
    expect(error.message).toContain('by the proxy 127.0.0.1:1 of HTTPS_PROXY');
  });

  test('NO_PROXY names what is reached directly', async () => {
    const { origin } = await zendesk();
    const proxy = await forwardProxy();
    Object.assign(process.env, { HTTPS_PROXY: proxy.url, NO_PROXY: 'localhost,127.0.0.1' });
    expect(await clientOf(origin).show('V3-1')).toEqual(working('V3-1'));
    expect(proxy.asked).toEqual([]);
  });
});

test('a certificate that is not trusted has sent nothing, through a tunnel too', async () => {
  const { origin, received } = await zendesk();
  process.env['HTTPS_PROXY'] = (await forwardProxy()).url;
  const error = await errorFrom(clientOf(origin).start(START));
  expect(error).toMatchObject({ code: 'ERR_ZENDESK_UNREACHABLE' });
  expect(error.message).toContain('NODE_EXTRA_CA_CERTS');
  expect(received).toEqual([]);
});

test('a certificate that is not trusted is said, with what to do about it', async () => {
  const { origin } = await zendesk();
  const error = await errorFrom(clientOf(origin).show('V3-1'));
  expect(error).toMatchObject({ code: 'ERR_ZENDESK_UNREACHABLE' });
  expect(error.message).toMatch(/SELF_SIGNED_CERT\) - the certificate is not trusted: .*set NODE_EXTRA_CA_CERTS/);
});

describe('which proxy', () => {
  const ZENDESK = 'https://acme.zendesk.com';
  test.each<[string, Record<string, string>, string, string | undefined]>([
    ['none', {}, ZENDESK, undefined],
    ['by HTTPS_PROXY', { HTTPS_PROXY: 'http://proxy:3128' }, ZENDESK, 'http://proxy:3128/'],
    ['by https_proxy', { https_proxy: 'http://proxy:3128' }, ZENDESK, 'http://proxy:3128/'],
    ['not by HTTP_PROXY', { HTTP_PROXY: 'http://proxy:3128' }, ZENDESK, undefined],
    ['none for *', { HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: '*' }, ZENDESK, undefined],
    ['none for the domain', { HTTPS_PROXY: 'http://proxy:3128', no_proxy: '.zendesk.com' }, ZENDESK, undefined],
    [
      'none on loopback',
      { HTTP_PROXY: 'http://proxy:1', ALL_PROXY: 'http://proxy:1' },
      'http://127.0.0.1:8080',
      undefined,
    ],
  ])('%s', (_, env, origin, expected) => {
    Object.assign(process.env, env);
    expect(proxyFor(origin)?.href).toBe(expected);
  });

  test.each(['socks5://proxy:1080', 'http://ann:secret@', 'http://ann:secret@proxy:99999'])(
    'an address that cannot be used (%s) is refused without being quoted',
    (setting) => {
      process.env['HTTPS_PROXY'] = setting;
      expect(() => checkProxy([ZENDESK])).toThrow(ZendeskConfigurationError);
      expect(() => checkProxy([ZENDESK])).toThrow(/HTTPS_PROXY: expected the address of an HTTP proxy, such as/);
      expect(() => checkProxy([ZENDESK])).not.toThrow(/secret/);
      expect(() => checkProxy(['http://127.0.0.1:8080'])).not.toThrow();
    },
  );
});
