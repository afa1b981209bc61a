import { FakeZendesk, type FaultOptions } from '../../src/testing';
import { get, post } from './http';

let zendesk: FakeZendesk;
let path: string;

beforeEach(async () => {
  zendesk = await FakeZendesk.start();
  path = `/api/v2/job_statuses/${zendesk.addJob()}`;
});
afterEach(() => zendesk.stop());

const statuses = async (count: number) => {
  const seen: number[] = [];
  for (let asked = 0; asked < count; asked += 1) seen.push((await get(zendesk, path)).status);
  return seen;
};

const untilAsked = async () => {
  while (zendesk.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
};

test.each<[FaultOptions, number, string | null, unknown]>([
  [{ kind: 'rate-limit' }, 429, null, { error: 'APIRateLimitExceeded', description: expect.any(String) }],
  [{ kind: 'rate-limit', retryAfter: 93 }, 429, '93', expect.anything()],
  [{ kind: 'rate-limit', retryAfter: -5 }, 429, '-5', expect.anything()],
  [
    { kind: 'rate-limit', retryAfter: 'Thu, 08 Feb 2024 09:10:11 GMT' },
    429,
    'Thu, 08 Feb 2024 09:10:11 GMT',
    expect.anything(),
  ],
  [{ kind: 'unavailable' }, 503, null, { error: 'ServiceUnavailable', description: expect.any(String) }],
  [{ kind: 'unavailable', status: 502, retryAfter: '1' }, 502, '1', expect.anything()],
  [{ kind: 'status' }, 500, null, { error: 'Error', description: expect.any(String) }],
  [{ kind: 'status', status: 401 }, 401, null, { error: "Couldn't authenticate you" }],
  [{ kind: 'status', status: 403 }, 403, null, { error: { title: 'Forbidden', message: expect.any(String) } }],
  [{ kind: 'status', status: 200, body: { job_status: { id: 5 } } }, 200, null, { job_status: { id: 5 } }],
  [{ kind: 'status', status: 200, body: '{"job_st' }, 200, null, '{"job_st'],
  [{ kind: 'html' }, 200, null, expect.stringContaining('<html>')],
  [{ kind: 'html', status: 502, retryAfter: 3 }, 502, '3', expect.stringContaining('<html>')],
  [{ kind: 'empty-object' }, 200, null, {}],
  [{ kind: 'not-found' }, 404, null, { error: 'RecordNotFound', description: 'Not found' }],
])('%j', async (fault, status, retryAfter, body) => {
  zendesk.injectFault(fault);
  const response = await fetch(zendesk.origin + path);
  const text = await response.text();
  expect([response.status, response.headers.get('retry-after')]).toEqual([status, retryAfter]);
  const isJson = response.headers.get('content-type')?.startsWith('application/json') && typeof body !== 'string';
  expect(isJson ? JSON.parse(text) : text).toEqual(body);
  expect(await statuses(1)).toEqual([200]);
});

test('challenge: a page of HTML in place of Zendesk, with none of its headers', async () => {
  zendesk.injectFault({ kind: 'challenge', match: {} });
  const response = await fetch(zendesk.origin + path);
  expect(response.status).toBe(403);
  expect(await response.text()).toContain('<html>');
  const headers = Object.fromEntries(response.headers);
  expect(headers).toMatchObject({ 'cf-mitigated': 'challenge', server: 'cloudflare' });
  expect(Object.keys(headers).filter((name) => /zendesk|limit|request-id/.test(name))).toEqual([]);
});

test('a match of {} stands for requests of tokens, too', async () => {
  zendesk.injectFault({ kind: 'challenge', match: {} });
  expect((await post(zendesk, '/oauth/tokens', {})).status).toBe(403);
});

test('a redirect points where it is told', async () => {
  zendesk.injectFault({ kind: 'redirect', status: 307, location: 'http://127.0.0.1:9/elsewhere' });
  const { status, headers } = await get(zendesk, path);
  expect([status, headers.get('location')]).toEqual([307, 'http://127.0.0.1:9/elsewhere']);
});

test('reset: the connection breaks before an answer', async () => {
  zendesk.injectFault({ kind: 'reset' });
  await expect(get(zendesk, path)).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
  expect(zendesk.requests).toMatchObject([{ path, status: null }]);
});

test('hang: no answer, until the client gives up', async () => {
  zendesk.injectFault({ kind: 'hang' });
  const client = new AbortController();
  const answer = fetch(zendesk.origin + path, { signal: client.signal });
  await untilAsked();
  client.abort();
  await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
  expect(zendesk.requests).toMatchObject([{ path, status: null }]);
  expect(await statuses(1)).toEqual([200]);
});

test('truncated: the connection ends in the middle of the body', async () => {
  zendesk.injectFault({ kind: 'truncated' });
  const response = await fetch(zendesk.origin + path);
  expect(response.status).toBe(200);
  await expect(response.text()).rejects.toThrow();
});

test.each(['slow', 'drip'] as const)('%s: the right answer, late', async (kind) => {
  zendesk.injectFault({ kind, delay: 200 });
  const before = Date.now();
  expect((await get(zendesk, path)).body.job_status.url).toContain(path);
  expect(Date.now() - before).toBeGreaterThanOrEqual(190);
});

test('drip: the headers come before the body', async () => {
  zendesk.injectFault({ kind: 'drip', delay: 600_000 });
  const client = new AbortController();
  const response = await fetch(zendesk.origin + path, { signal: client.signal });
  expect(response.status).toBe(200);
  client.abort();
  await expect(response.text()).rejects.toThrow();
});

test.each(['slow', 'drip'] as const)('%s: a client that goes away does no harm', async (kind) => {
  zendesk.injectFault({ kind, delay: 100 });
  const client = new AbortController();
  const answer = fetch(zendesk.origin + path, { signal: client.signal }).then((response) => response.text());
  await untilAsked();
  client.abort();
  await expect(answer).rejects.toThrow();
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(await statuses(1)).toEqual([200]);
});

test('any fault can come late', async () => {
  zendesk.injectFault({ kind: 'unavailable', delay: 100 });
  const before = Date.now();
  expect(await statuses(1)).toEqual([503]);
  expect(Date.now() - before).toBeGreaterThanOrEqual(90);
});

test('huge: JSON of the size asked for, without a length', async () => {
  zendesk.injectFault({ kind: 'huge', size: 300_000 });
  const response = await fetch(zendesk.origin + path);
  expect(response.headers.get('content-length')).toBeNull();
  expect(await response.text()).toHaveLength(300_000);
});

test('huge: nothing is sent to a client that has gone', async () => {
  zendesk.injectFault({ kind: 'huge' });
  const response = await fetch(zendesk.origin + path);
  await response.body!.cancel();
  expect(await statuses(1)).toEqual([200]);
});

test('gzip: compressed, and the same', async () => {
  zendesk.injectFault({ kind: 'gzip' });
  const response = await fetch(zendesk.origin + path);
  expect(response.headers.get('content-encoding')).toBe('gzip');
  expect(await response.json()).toMatchObject({ job_status: { total: 10 } });
});

test('a fault happens once, so many times, or until it is removed', async () => {
  zendesk.injectFault({ kind: 'unavailable' });
  expect(await statuses(2)).toEqual([503, 200]);
  zendesk.injectFault({ kind: 'unavailable', times: 2 });
  expect(await statuses(3)).toEqual([503, 503, 200]);
  const forever = zendesk.injectFault({ kind: 'unavailable', times: Infinity });
  expect(await statuses(4)).toEqual([503, 503, 503, 503]);
  forever.remove();
  expect(await statuses(1)).toEqual([200]);
});

test('faults happen in the order in which they were injected, and can be cleared', async () => {
  zendesk.injectFault({ kind: 'unavailable' });
  zendesk.injectFault({ kind: 'rate-limit' });
  zendesk.injectFault({ kind: 'not-found', times: Infinity });
  expect(await statuses(3)).toEqual([503, 429, 404]);
  zendesk.clearFaults();
  expect(await statuses(1)).toEqual([200]);
});

test.each<[string, FaultOptions['match'], boolean]>([
  ['nothing said: the API', undefined, true],
  ['the method', { method: 'get' }, true],
  ['another method', { method: 'POST' }, false],
  ['a piece of the path', { path: 'job_statuses' }, true],
  ['another path', { path: 'show_many' }, false],
  ['a pattern', { path: /job_statuses\/V3-\w+$/ }, true],
  ['a pattern that does not fit', { path: /job_statuses$/ }, false],
  ['method and path', { method: 'GET', path: /show_many/ }, false],
  ['a piece of the body, where there is none', { body: 'Ann' }, false],
  ['a function', (request) => request.headers['user-agent'] === 'test', true],
  ['a function that says no', () => false, false],
])('which requests a fault happens to: %s', async (_name, match, strikes) => {
  zendesk.injectFault({ kind: 'unavailable', match });
  const { status } = await get(zendesk, path, { 'user-agent': 'test' });
  expect(status).toBe(strikes ? 503 : 200);
});

test('without a match, a fault leaves token requests alone', async () => {
  zendesk.injectFault({ kind: 'unavailable' });
  expect((await post(zendesk, '/oauth/tokens', {})).status).toBe(400);
  expect(await statuses(1)).toEqual([503]);
});

const start = () => post(zendesk, '/api/v2/tickets/create_many', { tickets: [{}] });

test.each<FaultOptions['kind']>(['unavailable', 'rate-limit', 'status', 'html', 'empty-object', 'redirect', 'reset'])(
  'a start that meets a fault starts nothing (%s)',
  async (kind) => {
    zendesk.injectFault({ kind });
    await start().catch(() => undefined);
    expect(zendesk.requests).toHaveLength(1);
    expect(zendesk.starts).toEqual([]);
  },
);

test.each<FaultOptions['kind']>(['unavailable', 'html', 'empty-object', 'reset', 'slow', 'drip', 'truncated'])(
  'a start can take effect though its answer is lost (%s)',
  async (kind) => {
    zendesk.injectFault({ kind, takesEffect: true, delay: 10 });
    await start().catch(() => undefined);
    expect(zendesk.starts).toHaveLength(1);
  },
);

test('a start can take effect though nothing is ever answered', async () => {
  zendesk.injectFault({ kind: 'hang', takesEffect: true });
  const client = new AbortController();
  const answer = fetch(`${zendesk.origin}/api/v2/tickets/create_many`, {
    method: 'POST',
    body: '{"tickets": [{}]}',
    signal: client.signal,
  });
  await untilAsked();
  client.abort();
  await expect(answer).rejects.toThrow();
  expect(zendesk.starts).toMatchObject([{ records: [{}] }]);
});

test('a record can spoil every start that has it', async () => {
  zendesk.injectFault({ kind: 'status', status: 422, times: Infinity, match: { body: '"bad@example.com"' } });
  const create = async (...emails: string[]) =>
    (await post(zendesk, '/api/v2/users/create_many', { users: emails.map((email) => ({ email })) })).status;
  expect([
    await create('a@x.com', 'bad@example.com'),
    await create('bad@example.com'),
    await create('a@x.com'),
  ]).toEqual([422, 422, 200]);
  expect(zendesk.starts).toHaveLength(1);
});

test('a start can be answered late, after it was accepted', async () => {
  zendesk.injectFault({ kind: 'slow', delay: 600_000, match: { method: 'POST' } });
  const client = new AbortController();
  const answer = fetch(`${zendesk.origin}/api/v2/tickets/create_many`, {
    method: 'POST',
    body: '{"tickets": [{}]}',
    signal: client.signal,
  });
  while (zendesk.starts.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  client.abort();
  await expect(answer).rejects.toThrow();
});

describe('a proxy that caps requests', () => {
  const status = async (length: number) =>
    (
      await post(zendesk, `/api/v2/tickets/create_many?x=${'x'.repeat(length)}`, {
        tickets: [{ a: 'y'.repeat(length) }],
      })
    ).status;

  test('refuses URLs and bodies that are too large, with a page of HTML, and starts nothing', async () => {
    zendesk.limitRequests({ urlBytes: 100 });
    expect([await status(60), await status(80)]).toEqual([200, 414]);
    zendesk.limitRequests({ bodyBytes: 100 });
    expect([await status(70), await status(90)]).toEqual([200, 413]);
    expect(zendesk.starts).toHaveLength(2);
    zendesk.limitRequests({});
    expect(await status(5_000)).toBe(200);
  });

  test('counts bytes, not characters', async () => {
    const body = { tickets: [{ subject: 'ä'.repeat(100) }] };
    zendesk.limitRequests({ bodyBytes: Buffer.byteLength(JSON.stringify(body)) - 1 });
    expect((await post(zendesk, '/api/v2/tickets/create_many', body)).status).toBe(413);
  });
});

test('a start told as not possible', async () => {
  zendesk.injectFault({ kind: 'status', status: 422 });
  expect(await start()).toMatchObject({ status: 422, body: { error: 'RecordInvalid', details: expect.anything() } });
  expect(zendesk.starts).toEqual([]);
});

test.each<[string, unknown, string]>([
  ['an unknown kind', { kind: 'earthquake' }, 'kind'],
  ['an unknown option', { kind: 'reset', after: 5 }, 'after'],
  ['no times', { kind: 'reset', times: 0 }, 'times'],
])('injectFault refuses %s', (_name, fault, message) => {
  expect(() => zendesk.injectFault(fault as FaultOptions)).toThrow(message);
});
