import type { ServerResponse } from 'node:http';
import type { AnswerInfo } from '../../src/zendesk/client';
import type { ZendeskError } from '../../src/zendesk/errors';
import type { StartJobInput } from '../../src/zendesk/start-input';
import { startWas } from '../../src/zendesk/start-certainty';
import { startRequest } from '../../src/zendesk/start-request';
import { clientOf, errorFrom, freePort, json, serve, working } from './support/local-server';

const CREATE = startRequest({ operation: 'tickets/create_many', items: [{ subject: 'Grüße' }] });
const JOB = { job_status: working('V3-1') };
const CLIENT = {
  oauthClientId: 'sync',
  oauthClientSecret: 'hush',
  oauthScope: 'read write',
  oauthTokenLifetime: 7_200_000,
};

describe('a start', () => {
  test('sends the records as JSON and returns the job, with the request id', async () => {
    const server = await serve((_, response) => json(response, JOB, 200, { 'x-request-id': 'r-1' }));
    const started = await clientOf(server, { credentials: { oauthToken: 'abc' } }).start(CREATE);
    expect(started).toEqual({ jobId: 'V3-1', requestId: 'r-1' });
    const [received] = server.received;
    expect(received).toMatchObject({
      method: 'POST',
      path: '/api/v2/tickets/create_many',
      body: JSON.stringify(CREATE.body),
    });
    expect(received?.headers).toMatchObject({ authorization: 'Bearer abc', 'content-type': 'application/json' });
  });

  test.each<[StartJobInput, string, string]>([
    [{ operation: 'tickets/destroy_many', ids: [1, 2] }, 'DELETE /api/v2/tickets/destroy_many ids=1,2', ''],
    [
      { operation: 'users/update_many', externalIds: ['a b', 'ü&c=d'], body: { user: { notes: 'x' } } },
      'PUT /api/v2/users/update_many external_ids=a b,ü&c=d',
      '{"user":{"notes":"x"}}',
    ],
    [
      { operation: 'tickets/create_async', body: { ticket: { subject: 'A' } } },
      'POST /api/v2/tickets async=true',
      '{"ticket":{"subject":"A"}}',
    ],
    [{ operation: 'deleted_tickets/{ticket_id}', params: { ticket_id: 12 } }, 'DELETE /api/v2/deleted_tickets/12 ', ''],
  ])('%j', async (input, line, body) => {
    const server = await serve((_, response) => json(response, JOB));
    await clientOf(server).start(startRequest(input));
    const [{ method, path, query, body: sent } = { method: '', path: '', query: new URLSearchParams(), body: '' }] =
      server.received;
    const shown = [...query].map(([name, value]) => `${name}=${value}`).join('&');
    expect([`${method} ${path} ${shown}`, sent]).toEqual([line, body]);
  });

  test.each([
    [200, JOB],
    [201, JOB],
    [202, { ticket: { id: 35 }, ...JOB }],
  ])('%d is taken, with what stands beside the job', async (status, body) => {
    const server = await serve((_, response) => json(response, body, status));
    expect(await clientOf(server).start(CREATE)).toEqual({ jobId: 'V3-1', requestId: undefined });
  });

  test('is told to the metrics by the name of its operation', async () => {
    const told: AnswerInfo[] = [];
    const server = await serve((_, response) => json(response, JOB));
    const merge = { operation: 'tickets/{ticket_id}/merge', params: { ticket_id: 7 }, body: { ids: [8] } } as const;
    await clientOf(server, { onAnswer: (info) => told.push(info) }).start(startRequest(merge));
    expect(told).toMatchObject([{ method: 'POST', endpoint: 'tickets/{ticket_id}/merge', status: 200 }]);
  });
});

describe('a start that fails is sent once', () => {
  test.each<[string, (response: ServerResponse) => unknown, string, 'refused' | 'uncertain']>([
    ['{} with 200', (response) => json(response, {}), 'ERR_ZENDESK_ANSWER_INVALID', 'uncertain'],
    ['HTML with 200', (response) => response.end('<html></html>'), 'ERR_ZENDESK_ANSWER_INVALID', 'uncertain'],
    ['204', (response) => response.writeHead(204).end(), 'ERR_ZENDESK_ANSWER_INVALID', 'uncertain'],
    [
      'a job without an id',
      (response) => json(response, { job_status: {} }),
      'ERR_ZENDESK_ANSWER_INVALID',
      'uncertain',
    ],
    ['a reset', (response) => response.destroy(), 'ERR_ZENDESK_NO_ANSWER', 'uncertain'],
    ['500', (response) => json(response, {}, 500), 'ERR_ZENDESK_UNAVAILABLE', 'uncertain'],
    ['408', (response) => json(response, {}, 408), 'ERR_ZENDESK_UNAVAILABLE', 'uncertain'],
    ['429', (response) => json(response, {}, 429), 'ERR_ZENDESK_RATE_LIMITED', 'refused'],
    [
      'TooManyJobs',
      (response) => json(response, { error: 'TooManyJobs' }, 422),
      'ERR_ZENDESK_TOO_MANY_JOBS',
      'refused',
    ],
    ['422', (response) => json(response, { error: 'RecordInvalid' }, 422), 'ERR_ZENDESK_REJECTED', 'refused'],
    ['401 of a fixed token', (response) => json(response, {}, 401), 'ERR_ZENDESK_UNAUTHORIZED', 'refused'],
    [
      'a redirect',
      (response) => response.writeHead(307, { location: 'https://example.com/' }).end(),
      'ERR_ZENDESK_REJECTED',
      'refused',
    ],
  ])('%s', async (_, answer, code, was) => {
    const server = await serve((_, response) => answer(response));
    const error = await errorFrom(clientOf(server, { credentials: { oauthToken: 'abc' } }).start(CREATE));
    expect(error).toMatchObject({ code });
    expect(startWas(error as unknown as ZendeskError)).toBe(was);
    expect(server.received).toHaveLength(1);
  });

  test('a port where nobody listens', async () => {
    const error = await errorFrom(clientOf({ origin: await freePort() }).start(CREATE));
    expect(startWas(error as unknown as ZendeskError)).toBe('refused');
  });

  test('a check right before the request that throws: nothing is sent', async () => {
    const server = await serve((_, response) => json(response, JOB));
    const reason = new Error('too late');
    const beforeSend = () => {
      throw reason;
    };
    expect(await errorFrom(clientOf(server).start(CREATE, beforeSend))).toBe(reason);
    expect(server.received).toEqual([]);
  });

  test('the error says nothing of the records', async () => {
    const server = await serve((_, response) => json(response, {}, 422));
    const error = await errorFrom(clientOf(server).start(CREATE));
    expect(`${error.stack} ${JSON.stringify(error)}`).not.toContain('Grüße');
  });
});

describe('the time that a start may take', () => {
  const slow = () => serve((_, response) => void setTimeout(() => json(response, JOB), 700));

  test('is longer than that of other requests: a start that is answered late has its job', async () => {
    const client = clientOf(await slow(), { timeout: 300 });
    expect(await errorFrom(client.show('V3-1'))).toMatchObject({ code: 'ERR_ZENDESK_NO_ANSWER' });
    expect(await client.start(CREATE)).toMatchObject({ jobId: 'V3-1' });
  });

  test('is bounded by the option, and by what is left of the attempt', async () => {
    const server = await serve(() => undefined);
    const began = performance.now();
    const late = { code: 'ERR_ZENDESK_NO_ANSWER' };
    expect(await errorFrom(clientOf(server, { startTimeout: 1_000 }).start(CREATE))).toMatchObject(late);
    expect(await errorFrom(clientOf(server).start(CREATE, () => 500))).toMatchObject(late);
    expect(performance.now() - began).toBeLessThan(20_000);
  });

  test.each([999, 100_001, NaN])('is from 1 s to 100 s: %p is refused', (startTimeout) => {
    expect(() => clientOf({ origin: 'http://localhost:1' }, { startTimeout })).toThrow(
      /startTimeout: expected 1000 to 100000/,
    );
  });
});

describe('a start that is not safe to repeat', () => {
  test('has a connection of its own, one that is safe to repeat shares the open ones', async () => {
    const server = await serve((_, response) => json(response, JOB));
    const client = clientOf(server);
    const safe = startRequest({ operation: 'tickets/destroy_many', ids: [1] });
    for (const request of [safe, CREATE, safe, CREATE]) await client.start(request);
    expect(server.received.map(({ headers }) => headers.connection)).toEqual([
      'keep-alive',
      'close',
      'keep-alive',
      'close',
    ]);
  });
});

describe('a token that has ended', () => {
  test('is renewed after a 401, which queued nothing, and the start is sent again', async () => {
    let tokens = 0;
    const server = await serve(({ path, headers }, response) => {
      if (path === '/oauth/tokens') return json(response, { access_token: `t${++tokens}`, expires_in: 1800 });
      return headers.authorization === 'Bearer t2' ? json(response, JOB) : json(response, {}, 401);
    });
    expect(await clientOf(server, { credentials: CLIENT }).start(CREATE)).toMatchObject({ jobId: 'V3-1' });
    const starts = server.received.filter(({ path }) => path === CREATE.path);
    expect(starts.map(({ body }) => body)).toEqual(Array(2).fill(JSON.stringify(CREATE.body)));
  });

  test('and cannot be renewed for want of an answer: the start is refused for certain', async () => {
    let tokens = 0;
    const server = await serve(({ path }, response) => {
      if (path !== '/oauth/tokens') return json(response, {}, 401);
      return ++tokens === 1 ? json(response, { access_token: 't1', expires_in: 1800 }) : response.destroy();
    });
    const error = await errorFrom(clientOf(server, { credentials: CLIENT }).start(CREATE));
    expect(error).toMatchObject({ code: 'ERR_ZENDESK_NO_ANSWER', request: { path: '/oauth/tokens' } });
    expect(startWas(error as unknown as ZendeskError)).toBe('refused');
  });
});
