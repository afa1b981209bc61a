/** No request leaves the origin of the account, wherever an answer or an input points. */
import type { ServerResponse } from 'node:http';
import { startRequest } from '../../src/zendesk/start-request';
import type { StartJobInput } from '../../src/zendesk/start-input';
import type { ZendeskClient } from '../../src/zendesk/client';
import { clientOf, json, serve, working, type LocalServer } from './support/local-server';

const CREATE = startRequest({ operation: 'tickets/create_many', items: [{ subject: 'for us alone' }] });
const UPDATE = startRequest({ operation: 'users/update_many', ids: [1], body: { user: { notes: 'for us alone' } } });
const DESTROY = startRequest({ operation: 'users/destroy_many', ids: [1] });
const OAUTH_CLIENT = {
  oauthClientId: 'sync',
  oauthClientSecret: 'client-secret-of-ours',
  oauthScope: 'read',
  oauthTokenLifetime: 7_200_000,
};

/** All requests that the client can make. */
const REQUESTS: [string, (client: ZendeskClient) => Promise<unknown>][] = [
  ['show', (client) => client.show('V3-1')],
  ['show_many', (client) => client.showMany(['V3-1', 'V3-2'])],
  ['list', (client) => client.list()],
  ['POST', (client) => client.start(CREATE)],
  ['PUT', (client) => client.start(UPDATE)],
  ['DELETE', (client) => client.start(DESTROY)],
];

let elsewhere: LocalServer;
beforeEach(async () => {
  elsewhere = await serve((_, response) => json(response, { job_status: working('V3-1'), access_token: 'theirs' }));
});
afterEach(() => expect(elsewhere.received).toEqual([]));

describe.each(REQUESTS)('%s', (_, ask) => {
  test.each([300, 301, 302, 303, 305, 307, 308])('is not redirected by %d', async (status) => {
    const server = await serve((_, response) => pointElsewhere(response, status).end());
    await ask(clientOf(server, { credentials: { oauthToken: 'abc' } })).catch(() => undefined);
    expect(server.received).toHaveLength(1);
  });

  test.each([200, 201, 401, 404, 429, 503])('is not led astray by the headers of a %d', async (status) => {
    const server = await serve((_, response) => pointElsewhere(response, status).end('{}'));
    await ask(clientOf(server)).catch(() => undefined);
    expect(server.received).toHaveLength(1);
  });

  test('gets its token from nowhere else', async () => {
    const server = await serve((_, response) => pointElsewhere(response, 307).end());
    await ask(clientOf(server, { credentials: OAUTH_CLIENT })).catch(() => undefined);
    expect(server.received.map(({ path }) => path)).toEqual(['/oauth/tokens']);
  });
});

/** With every header that can send a client somewhere. */
function pointElsewhere(response: ServerResponse, status: number): ServerResponse {
  const there = `${elsewhere.origin}/api/v2/job_statuses`;
  return response.writeHead(status, {
    location: there,
    'content-location': there,
    refresh: `0; url=${there}`,
    link: `<${there}>; rel="next"`,
    'alt-svc': `h2="${new URL(there).host}"`,
    'content-type': 'application/json',
  });
}

test('addresses in an answer are not asked', async () => {
  const there = `${elsewhere.origin}/api/v2/job_statuses/V3-1.json`;
  const jobStatus = { ...working('V3-1'), url: there };
  const server = await serve(({ path }, response) =>
    json(response, {
      job_status: jobStatus,
      job_statuses: path.endsWith('show_many') ? [jobStatus] : [jobStatus, jobStatus],
      meta: { has_more: true, after_cursor: there },
      links: { next: there, prev: there },
      next_page: there,
    }),
  );
  const client = clientOf(server);
  await client.start(CREATE);
  await client.show('V3-1');
  await client.showMany(['V3-1', 'V3-2']);
  const { next } = await client.list();
  await client.list({ cursor: next! });
  expect(server.received).toHaveLength(5);
  expect(server.received.at(-1)?.query.get('page[after]')).toBe(there);
});

describe('ids and names that look like addresses', () => {
  const NAMES = (origin: string) => {
    const host = origin.replace('http:', '');
    return [
      origin,
      host,
      `/${host}`,
      `\\${host}`,
      `@${host.slice(2)}`,
      `..${host}`,
      `../../${host}`,
      '..',
      `%2e%2e${host}`,
    ];
  };

  test('are refused, or stay what they are: a name in a path of the account', async () => {
    const server = await serve((_, response) => json(response, { job_status: working('V3-1') }));
    const client = clientOf(server);
    const starts = (name: string): StartJobInput[] => [
      {
        operation: 'custom_objects/{custom_object_key}/jobs',
        params: { custom_object_key: name },
        body: { job: { action: 'create' } },
        items: [{ name: 'x' }],
      },
      { operation: 'deleted_tickets/{ticket_id}', params: { ticket_id: name } },
      { operation: 'users/destroy_many', externalIds: [name] },
      { operation: name as 'tickets/create_many', items: [{ subject: 'x' }] },
    ];
    for (const name of NAMES(elsewhere.origin)) {
      await client.show(name).catch(() => undefined);
      await client.showMany([name]).catch(() => undefined);
      await client.list({ cursor: name }).catch(() => undefined);
      for (const input of starts(name)) await (async () => client.start(startRequest(input)))().catch(() => undefined);
    }
    expect(server.received.map(({ path }) => path).filter((path) => !path.startsWith('/api/v2/'))).toEqual([]);
    expect(server.received.length).toBeGreaterThan(0);
  });
});

test('a proxy of the environment is not asked, which would get to see the credentials of plain http', async () => {
  const names = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'];
  const before = names.map((name) => process.env[name]);
  for (const name of names) process.env[name] = elsewhere.origin;
  try {
    const server = await serve((_, response) => json(response, { job_status: working('V3-1') }));
    await clientOf(server, { credentials: { oauthToken: 'abc' } }).show('V3-1');
  } finally {
    names.forEach((name, i) => {
      if (before[i] === undefined) delete process.env[name];
      else process.env[name] = before[i];
    });
  }
});
