import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { clientOf, errorFrom, freePort, json, listen, serve, working } from './support/local-server';

const BODY = JSON.stringify({ job_status: working('V3-1') });
const HTML = '<html><head><title>Scheduled maintenance</title></head></html>';

describe('answers that are none of Zendesk’s', () => {
  test.each<[string, (response: ServerResponse) => unknown, RegExp]>([
    ['HTML with 200', (response) => response.end(HTML), /200 OK.*no JSON: a page of HTML/],
    ['an empty body', (response) => response.end(), /no JSON: 0 characters/],
    ['{}', (response) => response.end('{}'), /job_status: expected an object, got nothing/],
    ['null', (response) => response.end('null'), /the body: expected an object, got null/],
    ['JSON that ends early', (response) => response.end(BODY.slice(0, -5)), /no JSON: \d+ characters/],
    [
      'a body shorter than it should be',
      (response) => {
        response.writeHead(200, { 'content-length': BODY.length });
        response.write(BODY.slice(0, 20), () => response.destroy());
      },
      /200 OK: the response broke off/,
    ],
    [
      'a chunked body without an end',
      (response) => {
        response.writeHead(200);
        response.write(BODY.slice(0, 20), () => response.destroy());
      },
      /200 OK: the response broke off/,
    ],
    [
      'gzip that ends early',
      (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(BODY).subarray(0, 40)),
      /200 OK: the response broke off/,
    ],
    [
      'gzip that is none',
      (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(BODY),
      /200 OK: the response broke off/,
    ],
    ['no content', (response) => response.writeHead(204).end(), /204 No Content: the answer is no JSON/],
  ])('%s', async (_, answer, message) => {
    const server = await serve((_, response) => answer(response));
    const error = await errorFrom(clientOf(server).show('V3-1'));
    expect(error).toMatchObject({ code: 'ERR_ZENDESK_ANSWER_INVALID', temporary: true });
    expect(error.message).toMatch(message);
  });

  test.each<[string, (response: ServerResponse) => unknown]>([
    [
      'of a known length',
      (response) => response.writeHead(200, { 'content-length': 200_000 }).end('x'.repeat(200_000)),
    ],
    ['in chunks', (response) => response.write('x'.repeat(100_000), () => response.end('x'.repeat(100_000)))],
    ['one byte too long', (response) => response.end('x'.repeat(100_001))],
    ['without an end', (response) => setInterval(() => response.write('x'.repeat(50_000)), 1).unref()],
  ])('a body that is too long, %s', async (_, answer) => {
    const server = await serve((_, response) => answer(response));
    expect(await errorFrom(clientOf(server, { maxBodyBytes: 100_000 }).show('V3-1'))).toMatchObject({
      code: 'ERR_ZENDESK_RESPONSE_TOO_LARGE',
      temporary: false,
      status: 200,
      message: 'GET /api/v2/job_statuses/V3-1: 200 OK: the response is longer than 100000 bytes',
    });
  });

  test('a page about an error that is too long is no response with too many job statuses', async () => {
    const server = await serve((_, response) => response.writeHead(500).end('x'.repeat(200_000)));
    expect(await errorFrom(clientOf(server, { maxBodyBytes: 100_000 }).show('V3-1'))).toMatchObject({
      code: 'ERR_ZENDESK_ANSWER_INVALID',
      temporary: true,
      status: 500,
    });
  });

  test('a body of just the longest length is read', async () => {
    const server = await serve((_, response) => response.end(BODY));
    expect(await clientOf(server, { maxBodyBytes: BODY.length }).show('V3-1')).toEqual(working('V3-1'));
  });

  test('a gzip bomb is not unpacked to its end', async () => {
    const bomb = gzipSync(Buffer.alloc(300 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(400_000);
    const server = await serve((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb));
    const before = process.memoryUsage().rss;
    const error = await errorFrom(clientOf(server).show('V3-1'));
    expect(error.message).toMatch(/the response is longer than 16777216 bytes/);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
  });
});

describe('no answer', () => {
  test('a server that hangs', async () => {
    const server = await serve(() => {});
    const error = await errorFrom(clientOf(server, { timeout: 100 }).show('V3-1'));
    expect(error).toMatchObject({ code: 'ERR_ZENDESK_NO_ANSWER', temporary: true });
    expect(error.message).toBe(
      "GET /api/v2/job_statuses/V3-1: no answer: Timeout awaiting 'request' for 100ms (ETIMEDOUT)",
    );
    expect(error.status).toBeUndefined();
  });

  test('a server that hangs in the middle of its answer', async () => {
    const server = await serve((_, response) => response.write('{'));
    const error = await errorFrom(clientOf(server, { timeout: 100 }).show('V3-1'));
    expect(error).toMatchObject({ code: 'ERR_ZENDESK_NO_ANSWER' });
  });

  test('a connection that is reset once the request came', async () => {
    const server = await serve((_, response) => response.destroy());
    const error = await errorFrom(clientOf(server).show('V3-1'));
    expect(error).toMatchObject({ code: 'ERR_ZENDESK_NO_ANSWER', message: expect.stringContaining('ECONNRESET') });
  });

  test('a reused connection that is reset may have brought the request', async () => {
    let requests = 0;
    const server = await serve((_, response) => (++requests === 1 ? response.end(BODY) : response.destroy()));
    const client = clientOf(server);
    await client.show('V3-1');
    expect(await errorFrom(client.show('V3-1'))).toMatchObject({ code: 'ERR_ZENDESK_NO_ANSWER' });
    expect(new Set(server.received.map(({ port }) => port)).size).toBe(1);
  });

  test('a server that does not speak HTTP', async () => {
    const origin = await listen((socket) => socket.once('data', () => socket.end('SSH-2.0-OpenSSH\r\n')));
    expect(await errorFrom(clientOf({ origin }).show('V3-1'))).toMatchObject({ code: 'ERR_ZENDESK_NO_ANSWER' });
  });
});

describe('not connected: nothing was sent', () => {
  test('a port where nobody listens', async () => {
    const origin = await freePort();
    const error = await errorFrom(clientOf({ origin }).show('V3-1'));
    expect(error).toMatchObject({ code: 'ERR_ZENDESK_UNREACHABLE', temporary: true });
    expect(error.message).toMatch(/not connected: connect ECONNREFUSED .* \(ECONNREFUSED\)$/);
  });

  test('a name that nobody has', async () => {
    const error = await errorFrom(clientOf({ origin: 'https://nosuch.invalid' }).show('V3-1'));
    expect(error).toMatchObject({ code: 'ERR_ZENDESK_UNREACHABLE' });
  });

  test('a server without TLS behind an https address', async () => {
    const server = await serve((_, response) => response.end(BODY));
    const error = await errorFrom(clientOf({ origin: server.origin.replace('http:', 'https:') }).show('V3-1'));
    expect(error).toMatchObject({ code: 'ERR_ZENDESK_UNREACHABLE' });
    expect(server.received).toEqual([]);
  });

  test('a TLS handshake that never ends', async () => {
    const origin = (await listen(() => {})).replace('http:', 'https:');
    const error = await errorFrom(clientOf({ origin }, { timeout: 100 }).show('V3-1'));
    expect(error).toMatchObject({ code: 'ERR_ZENDESK_UNREACHABLE', message: expect.stringContaining('ETIMEDOUT') });
  });
});

describe('redirects', () => {
  test.each([301, 302, 303, 307, 308])('%d is not followed, and takes no credentials along', async (status) => {
    const elsewhere = await serve((_, response) => response.end(BODY));
    const server = await serve((_, response) =>
      response.writeHead(status, { location: `${elsewhere.origin}/login?ticket=1` }).end(),
    );
    const error = await errorFrom(clientOf(server, { credentials: { oauthToken: 'abc' } }).show('V3-1'));
    expect(error).toMatchObject({ code: 'ERR_ZENDESK_REJECTED', status, temporary: false });
    expect(error.message).toContain(`redirected to ${elsewhere.origin}, which is not followed`);
    expect(elsewhere.received).toEqual([]);
  });
});

describe('errors that Zendesk sends', () => {
  test('a job that is not there', async () => {
    const server = await serve((_, response) =>
      json(response, { error: 'RecordNotFound', description: 'Not found' }, 404),
    );
    expect(await errorFrom(clientOf(server).show('V3-1'))).toMatchObject({
      code: 'ERR_ZENDESK_JOB_NOT_FOUND',
      message: 'GET /api/v2/job_statuses/V3-1: 404 Not Found: RecordNotFound: Not found',
    });
  });

  test('429 with Retry-After', async () => {
    const server = await serve((_, response) => json(response, {}, 429, { 'retry-after': '3' }));
    const error = await errorFrom(clientOf(server).show('V3-1'));
    expect(error).toMatchObject({ code: 'ERR_ZENDESK_RATE_LIMITED', retryAfter: 3_000 });
    expect(server.received).toHaveLength(1);
  });

  test('502 in HTML', async () => {
    const server = await serve((_, response) => response.writeHead(502).end(HTML));
    expect(await errorFrom(clientOf(server).show('V3-1'))).toMatchObject({
      code: 'ERR_ZENDESK_UNAVAILABLE',
      message: expect.stringContaining('a page of HTML, titled "Scheduled maintenance"'),
    });
  });
});

describe('a caller that gives up', () => {
  test('before the request: nothing is sent', async () => {
    const server = await serve((_, response) => response.end(BODY));
    const reason = new Error('too late');
    expect(await errorFrom(clientOf(server).show('V3-1', AbortSignal.abort(reason)))).toBe(reason);
    expect(server.received).toEqual([]);
  });

  test('during the request: gets its own reason, and the connection is dropped', async () => {
    const controller = new AbortController();
    const reason = new Error('shutting down');
    let dropped: Promise<unknown> | undefined;
    const server = await serve((_, response) => {
      dropped = once(response, 'close');
      controller.abort(reason);
    });
    expect(await errorFrom(clientOf(server).show('V3-1', controller.signal))).toBe(reason);
    await dropped;
  });

  test('by a time limit: gets the TimeoutError of its own signal', async () => {
    const server = await serve(() => {});
    const error = await errorFrom(clientOf(server).show('V3-1', AbortSignal.timeout(50)));
    expect(error).toMatchObject({ name: 'TimeoutError' });
    expect(error).toBeInstanceOf(DOMException);
  });

  test('between two requests of many ids: the second is not sent', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const server = await serve((_, response) => json(response, { job_statuses: [] }));
    const client = clientOf(server, { onAnswer: () => controller.abort(reason) });
    const ids = Array.from({ length: 101 }, (_, i) => `V3-${i}`);
    expect(await errorFrom(client.showMany(ids, controller.signal))).toBe(reason);
    expect(server.received).toHaveLength(1);
  });
});

test('a closed client lets go of what it held', async () => {
  const server = await serve(() => {});
  const client = clientOf(server);
  const failure = errorFrom(client.show('V3-1'));
  while (server.received.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  client.close();
  expect(await failure).toMatchObject({ code: 'ERR_ZENDESK_NO_ANSWER' });
});
