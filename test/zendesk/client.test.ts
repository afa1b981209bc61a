import { gzipSync, brotliCompressSync } from 'node:zlib';
import { ZendeskConfigurationError } from '../../src/zendesk/accounts';
import { ZendeskClient, type AnswerInfo } from '../../src/zendesk/client';
import { version } from '../../package.json';
import { clientOf, errorFrom, json, serve, working } from './support/local-server';

describe('list', () => {
  test('asks for 100 by default and follows the cursor, never the link', async () => {
    const server = await serve(({ query }, response) => {
      const last = query.get('page[after]') === 'cursor 2&x=1';
      json(response, {
        job_statuses: [working(last ? 'V3-2' : 'V3-1')],
        meta: { has_more: !last, after_cursor: 'cursor 2&x=1' },
        links: { next: 'http://elsewhere.example/' },
      });
    });
    const client = clientOf(server);
    const page = await client.list();
    expect(page).toEqual({ jobStatuses: [working('V3-1')], unreadable: [], next: 'cursor 2&x=1' });
    expect(await client.list({ pageSize: 2, cursor: page.next! })).toMatchObject({ next: null });
    expect(server.received.map(({ method, path, query }) => [method, path, ...query.entries()])).toEqual([
      ['GET', '/api/v2/job_statuses', ['page[size]', '100']],
      ['GET', '/api/v2/job_statuses', ['page[size]', '2'], ['page[after]', 'cursor 2&x=1']],
    ]);
  });
});

describe('show', () => {
  test('the job that was asked for, in Zendesk’s own fields', async () => {
    const server = await serve((_, response) => json(response, { job_status: { ...working('V3-1'), extra: 1 } }));
    expect(await clientOf(server).show('V3-1')).toEqual({ ...working('V3-1'), extra: 1 });
    expect(server.received[0]).toMatchObject({ method: 'GET', path: '/api/v2/job_statuses/V3-1' });
  });

  test('the status of another job is not taken for it', async () => {
    const server = await serve((_, response) => json(response, { job_status: working('V3-2') }));
    expect(await errorFrom(clientOf(server).show('V3-1'))).toMatchObject({
      code: 'ERR_ZENDESK_ANSWER_INVALID',
      message: 'GET /api/v2/job_statuses/V3-1: 200 OK: job_status.id: expected "V3-1", got "V3-2"',
    });
  });
});

describe('show_many', () => {
  const all = Array.from({ length: 250 }, (_, i) => `V3-${i}`);

  test('250 ids are asked for in 3 requests, one after the other', async () => {
    let underWay = 0;
    const atOnce: number[] = [];
    const server = await serve(({ query }, response) => {
      atOnce.push(++underWay);
      response.once('close', () => underWay--);
      const ids = query.get('ids')?.split(',') ?? [];
      setTimeout(() => json(response, { job_statuses: ids.map(working) }), 20);
    });
    const { jobStatuses } = await clientOf(server).showMany(all);
    expect(jobStatuses.map(({ id }) => id)).toEqual(all);
    expect(server.received.map(({ query }) => query.get('ids')?.split(',').length)).toEqual([100, 100, 50]);
    expect(server.received[0]).toMatchObject({ method: 'GET', path: '/api/v2/job_statuses/show_many' });
    expect(Math.max(...atOnce)).toBe(1);
  });

  test('the answer’s order, strangers and gaps do not matter', async () => {
    const server = await serve((_, response) => json(response, { job_statuses: ['stranger', 'c', 'a'].map(working) }));
    const { jobStatuses } = await clientOf(server).showMany(['a', 'b', 'c']);
    expect(jobStatuses.map(({ id }) => id)).toEqual(['a', 'c']);
  });

  test('an id that is asked for twice is sent once and answered twice', async () => {
    const server = await serve((_, response) => json(response, { job_statuses: [working('a'), working('b')] }));
    const { jobStatuses } = await clientOf(server).showMany(['a', 'b', 'a']);
    expect(jobStatuses.map(({ id }) => id)).toEqual(['a', 'b', 'a']);
    expect(server.received.map(({ query }) => query.get('ids'))).toEqual(['a,b']);
  });

  test('no ids, no request', async () => {
    const server = await serve((_, response) => json(response, {}));
    expect(await clientOf(server).showMany([])).toEqual({ jobStatuses: [], unreadable: [] });
    expect(server.received).toEqual([]);
  });
});

describe('bad input is refused before any request', () => {
  test.each<[string, (client: ZendeskClient) => Promise<unknown>, string]>([
    ['empty id', (client) => client.show(''), 'jobId'],
    ['path as id', (client) => client.show('../users/1'), 'jobId'],
    ['id with a query', (client) => client.show('a?b=c'), 'jobId'],
    ['id with a space', (client) => client.show('a b'), 'jobId'],
    ['overlong id', (client) => client.show('x'.repeat(10_000)), 'jobId'],
    ['two ids in one', (client) => client.showMany(['a', 'b,c']), 'jobIds[1]'],
    ['id that is no string', (client) => client.showMany([12 as never]), 'jobIds[0]'],
    ['page size 0', (client) => client.list({ pageSize: 0 }), 'pageSize'],
    ['page size 101', (client) => client.list({ pageSize: 101 }), 'pageSize'],
    ['page size 1.5', (client) => client.list({ pageSize: 1.5 }), 'pageSize'],
    ['empty cursor', (client) => client.list({ cursor: '' }), 'cursor'],
  ])('%s', async (_, call, field) => {
    const server = await serve((_, response) => json(response, {}));
    expect(await errorFrom(call(clientOf(server)))).toMatchObject({ code: 'ERR_ZENDESK_INPUT', field });
    expect(server.received).toEqual([]);
  });
});

describe('on the wire', () => {
  test('says who asks, what it takes, and nothing of a body', async () => {
    const server = await serve((_, response) => json(response, { job_status: working('V3-1') }));
    await clientOf(server).show('V3-1');
    await clientOf(server, { userAgent: 'mine/1' }).show('V3-1');
    const [first, second] = server.received;
    expect(first).toMatchObject({ body: '' });
    expect(first?.headers).toMatchObject({
      accept: 'application/json',
      'accept-encoding': expect.stringContaining('gzip'),
      'user-agent': `temporal-zendesk-jobs/${version}`,
    });
    expect(first?.headers).not.toHaveProperty('authorization');
    expect(second?.headers['user-agent']).toBe('mine/1');
  });

  test('requests share a connection', async () => {
    const server = await serve((_, response) => json(response, { job_status: working('V3-1') }));
    const client = clientOf(server);
    for (let i = 0; i < 3; i++) await client.show('V3-1');
    expect(new Set(server.received.map(({ port }) => port)).size).toBe(1);
  });

  test.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
  ])('%s is read', async (encoding, compress) => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-encoding': encoding });
      response.end(compress(JSON.stringify({ job_status: working('V3-1') })));
    });
    expect(await clientOf(server).show('V3-1')).toEqual(working('V3-1'));
  });

  test('the rate limits of the last answer that told are kept', async () => {
    const headers: Record<string, string>[] = [
      { 'ratelimit-limit': '700', 'ratelimit-remaining': '5', 'ratelimit-reset': '30' },
      { 'zendesk-ratelimit-inflight-jobs': 'total=30; remaining=1; resets=60' },
      {},
    ];
    const server = await serve((_, response) => json(response, { job_status: working('V3-1') }, 200, headers.shift()));
    const client = clientOf(server);
    expect([client.rateLimit, client.inflightJobs]).toEqual([undefined, undefined]);
    for (let i = 0; i < 3; i++) await client.show('V3-1');
    expect(client.rateLimit).toEqual({ limit: 700, remaining: 5, resetsIn: 30_000 });
    expect(client.inflightJobs).toEqual({ limit: 30, remaining: 1, resetsIn: 60_000 });
  });

  test('every exchange is told of', async () => {
    const answers: AnswerInfo[] = [];
    const statuses = [200, 503];
    const server = await serve((_, response) =>
      json(response, { job_status: working('V3-1') }, statuses.shift(), { 'x-request-id': 'abc' }),
    );
    const client = clientOf(server, { onAnswer: (info) => answers.push(info) });
    await client.show('V3-1');
    await errorFrom(client.show('V3-1'));
    await errorFrom(client.showMany(['V3-1']));
    const rest = { method: 'GET', requestId: 'abc', duration: expect.any(Number) };
    expect(answers).toEqual([
      { ...rest, endpoint: 'job_statuses/{id}', status: 200, code: undefined },
      { ...rest, endpoint: 'job_statuses/{id}', status: 503, code: 'ERR_ZENDESK_UNAVAILABLE' },
      { ...rest, endpoint: 'job_statuses/show_many', status: 200, code: 'ERR_ZENDESK_ANSWER_INVALID' },
    ]);
  });

  test.each(['http://zendesk.example', 'https://user:pw@zendesk.example', 'https://zendesk.example/api'])(
    'credentials are not sent to %s',
    (origin) => {
      expect(() => new ZendeskClient({ name: 'acme', origin })).toThrow(ZendeskConfigurationError);
    },
  );
});
