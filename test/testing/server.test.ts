import { connect } from 'node:net';
import { once } from 'node:events';
import { FakeZendesk } from '../../src/testing';
import { get, post } from './http';

test('it listens on the port and host that it is told', async () => {
  const first = await FakeZendesk.start({ host: '0.0.0.0' });
  expect(first.origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect((await get(first, '/api/v2/job_statuses')).status).toBe(200);
  const port = Number(new URL(first.origin).port);
  await expect(FakeZendesk.start({ port, host: '0.0.0.0' })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await first.stop();
  const second = await FakeZendesk.start({ port });
  expect(second.origin).toBe(`http://127.0.0.1:${port}`);
  await second.stop();
});

test('every request is kept: time, method, path with query, headers, body, status', async () => {
  const zendesk = await FakeZendesk.start();
  const before = Date.now();
  await get(zendesk, '/api/v2/job_statuses?page[size]=2', { 'user-agent': 'test/1.0' });
  await post(zendesk, '/api/v2/tickets/create_many', { tickets: [{ subject: 'a' }] });
  await post(zendesk, '/api/v2/tickets/create_many', '{"tickets":');
  expect(zendesk.requests).toMatchObject([
    { method: 'GET', path: '/api/v2/job_statuses?page[size]=2', status: 200, headers: { 'user-agent': 'test/1.0' } },
    { method: 'POST', path: '/api/v2/tickets/create_many', status: 200, body: { tickets: [{ subject: 'a' }] } },
    { method: 'POST', body: '{"tickets":', status: 400 },
  ]);
  expect(zendesk.requests[0]!.body).toBeUndefined();
  expect(zendesk.requests[0]!.at).toBeGreaterThanOrEqual(before);
  expect(zendesk.requestsTo(/create_many$/g)).toEqual(zendesk.requests.slice(1));
  await zendesk.stop();
});

test('stop cuts what is under way, and may be called again', async () => {
  const zendesk = await FakeZendesk.start();
  zendesk.injectFault({ kind: 'hang' });
  zendesk.injectFault({ kind: 'slow', delay: 600_000 });
  zendesk.injectFault({ kind: 'drip', delay: 600_000 });
  const open = [1, 2, 3].map(() => get(zendesk, '/api/v2/job_statuses'));
  const ended = Promise.allSettled(open);
  while (zendesk.requests.length < 3) await new Promise((resolve) => setTimeout(resolve, 10));
  await Promise.all([zendesk.stop(), zendesk.stop()]);
  await zendesk.stop();
  expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  await expect(get(zendesk, '/api/v2/job_statuses')).rejects.toThrow();
});

test.each([
  'GET //evil HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /x HTTP/1.1\r\nHost: not a host\r\n\r\n',
  'nonsense\r\n\r\n',
])('it survives %j', async (text) => {
  const zendesk = await FakeZendesk.start();
  const socket = connect(Number(new URL(zendesk.origin).port), '127.0.0.1');
  socket.end(text);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 (404|400|500) /);
  expect((await get(zendesk, '/api/v2/job_statuses')).status).toBe(200);
  socket.destroy();
  await zendesk.stop();
});

test('a client that leaves in the middle of its request does no harm', async () => {
  const zendesk = await FakeZendesk.start();
  const socket = connect(Number(new URL(zendesk.origin).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write('POST /api/v2/tickets/create_many HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{"tick');
  socket.resetAndDestroy();
  expect((await get(zendesk, '/api/v2/job_statuses')).status).toBe(200);
  expect(zendesk.starts).toEqual([]);
  await zendesk.stop();
});
