import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ZendeskCredentials } from '../../src/zendesk/account';
import { parseAccounts } from '../../src/zendesk/accounts';
import { clientOf, errorFrom, json, serve, working, type LocalServer, type Received } from './support/local-server';

const CLIENT = {
  oauthClientId: 'client-1',
  oauthClientSecret: 'client-secret',
  oauthScope: 'read write',
  oauthTokenLifetime: 3_600_000,
};
const show = (response: ServerResponse) => json(response, { job_status: working('V3-1') });
const refuse = (response: ServerResponse) => json(response, { error: 'invalid_token' }, 401);

/** An account whose tokens are called token-1, token-2... and which takes those that `accepts` says. */
async function oauthServer(accepts: (token: string) => boolean = () => true): Promise<LocalServer> {
  let tokens = 0;
  return await serve(({ path, headers }, response) => {
    if (path === '/oauth/tokens') return json(response, { access_token: `token-${++tokens}`, token_type: 'bearer' });
    return accepts(headers.authorization?.replace('Bearer ', '') ?? '') ? show(response) : refuse(response);
  });
}

const pathsOf = ({ received }: LocalServer) => received.map(({ method, path }) => `${method} ${path}`);

test.each<[string, ZendeskCredentials, string]>([
  ['API token', { email: 'a@acme.com', apiToken: 'abc' }, `Basic ${btoa('a@acme.com/token:abc')}`],
  ['OAuth token', { oauthToken: 'abc' }, 'Bearer abc'],
])('an %s is sent, and a 401 is final', async (_, credentials, header) => {
  const answers = [show, refuse];
  const server = await serve((_, response) => answers.shift()?.(response));
  const client = clientOf(server, { credentials });
  await client.show('V3-1');
  expect(await errorFrom(client.show('V3-1'))).toMatchObject({
    code: 'ERR_ZENDESK_UNAUTHORIZED',
    status: 401,
    message: expect.stringContaining("invalid_token - check the account's credentials"),
  });
  expect(server.received.map(({ headers }) => headers.authorization)).toEqual([header, header]);
});

describe('OAuth client credentials', () => {
  test('20 calls at once ask for one token', async () => {
    const server = await oauthServer();
    const client = clientOf(server, { credentials: CLIENT });
    await Promise.all(Array.from({ length: 20 }, () => client.show('V3-1')));
    const tokenRequests = server.received.filter(({ path }) => path === '/oauth/tokens');
    expect(tokenRequests).toHaveLength(1);
    expect(tokenRequests[0]?.headers).toMatchObject({ 'content-type': 'application/json' });
    expect(tokenRequests[0]?.headers).not.toHaveProperty('authorization');
    expect(JSON.parse(tokenRequests[0]?.body ?? '')).toEqual({
      grant_type: 'client_credentials',
      client_id: 'client-1',
      client_secret: 'client-secret',
      scope: 'read write',
      expires_in: 3600,
    });
  });

  test('a 401 renews the token once, and the call succeeds', async () => {
    const server = await oauthServer((token) => token !== 'token-1');
    expect(await clientOf(server, { credentials: CLIENT }).show('V3-1')).toEqual(working('V3-1'));
    const read = 'GET /api/v2/job_statuses/V3-1';
    expect(pathsOf(server)).toEqual(['POST /oauth/tokens', read, 'POST /oauth/tokens', read]);
  });

  test('20 calls that all get a 401 renew the token once', async () => {
    const server = await oauthServer((token) => token !== 'token-1');
    const client = clientOf(server, { credentials: CLIENT });
    await Promise.all(Array.from({ length: 20 }, () => client.show('V3-1')));
    expect(pathsOf(server).filter((path) => path === 'POST /oauth/tokens')).toHaveLength(2);
  });

  test('a second 401 is final', async () => {
    const server = await oauthServer(() => false);
    const error = await errorFrom(clientOf(server, { credentials: CLIENT }).show('V3-1'));
    expect(error).toMatchObject({ code: 'ERR_ZENDESK_UNAUTHORIZED' });
    expect(server.received).toHaveLength(4);
  });

  test.each([
    [
      400,
      { error: 'invalid_client', error_description: 'No such client' },
      'ERR_ZENDESK_UNAUTHORIZED',
      /invalid_client: No such client/,
    ],
    [401, {}, 'ERR_ZENDESK_UNAUTHORIZED', /check its id, secret and scope/],
    [404, { error: { title: 'No help desk at x' } }, 'ERR_ZENDESK_REJECTED', /check the account's subdomain/],
    [429, {}, 'ERR_ZENDESK_RATE_LIMITED', /try again in 7s/],
    [503, {}, 'ERR_ZENDESK_UNAVAILABLE', /503/],
    [200, { token: 'x' }, 'ERR_ZENDESK_ANSWER_INVALID', /access_token: expected a token, got none/],
    [200, { access_token: 'a\nb' }, 'ERR_ZENDESK_ANSWER_INVALID', /got none or one that no header can carry/],
    [200, null, 'ERR_ZENDESK_ANSWER_INVALID', /access_token: expected a token/],
  ])('a token request answered %d %j', async (status, body, code, message) => {
    const server = await serve((_, response) => json(response, body, status, { 'retry-after': '7' }));
    const error = await errorFrom(clientOf(server, { credentials: CLIENT }).show('V3-1'));
    expect(error).toMatchObject({ code, request: { method: 'POST', path: '/oauth/tokens' } });
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(/^POST \/oauth\/tokens: /);
    expect(pathsOf(server)).toEqual(['POST /oauth/tokens']);
  });

  test('a page of a proxy in place of a token is no verdict on the client, and the next call asks again', async () => {
    const pages = [403, 401, 400];
    const server = await serve(({ path }, response) => {
      const status = path === '/oauth/tokens' ? pages.shift() : undefined;
      if (status !== undefined) return response.writeHead(status).end('<html><title>Access denied</title></html>');
      return path === '/oauth/tokens' ? json(response, { access_token: 'token-1' }) : show(response);
    });
    const client = clientOf(server, { credentials: CLIENT });
    for (const status of [...pages]) {
      const error = await errorFrom(client.show('V3-1'));
      expect(error).toMatchObject({ code: 'ERR_ZENDESK_UNAVAILABLE', temporary: true, status });
    }
    expect(await client.show('V3-1')).toEqual(working('V3-1'));
  });

  test('a 401 in HTML does not renew a token', async () => {
    const server = await serve(({ path }, response) =>
      path === '/oauth/tokens'
        ? json(response, { access_token: 'token-1' })
        : response.writeHead(401).end('<html><title>Sign in</title></html>'),
    );
    const error = await errorFrom(clientOf(server, { credentials: CLIENT }).show('V3-1'));
    expect(error).toMatchObject({ code: 'ERR_ZENDESK_UNAVAILABLE', status: 401 });
    expect(server.received).toHaveLength(2);
  });

  test('a caller that gives up does not take the token from the others', async () => {
    let answerToken = () => {};
    const server = await serve(({ path }, response) => {
      if (path !== '/oauth/tokens') return show(response);
      answerToken = () => json(response, { access_token: 'token-1' });
    });
    const client = clientOf(server, { credentials: CLIENT });
    const controller = new AbortController();
    const first = errorFrom(client.show('V3-1', controller.signal));
    const second = client.show('V3-1');
    while (server.received.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort(new Error('gave up'));
    answerToken();
    expect((await first).message).toBe('gave up');
    expect(await second).toEqual(working('V3-1'));
  });
});

test('a token that is rotated in its file is picked up at the next 401, and the request made again', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'token-'));
  try {
    const file = path.join(folder, 'token');
    await writeFile(file, 'old\n');
    const server = await serve(({ headers }, response) =>
      headers.authorization === 'Bearer new'
        ? json(response, { job_status: working('V3-1') })
        : json(response, {}, 401),
    );
    const [account] = parseAccounts({ acme: { baseUrl: server.origin, oauthTokenFile: file } });
    const client = clientOf(server, account);
    expect(await errorFrom(client.show('V3-1'))).toMatchObject({ code: 'ERR_ZENDESK_UNAUTHORIZED' });
    await writeFile(file, 'new\n');
    expect(await client.show('V3-1')).toEqual(working('V3-1'));
    expect(server.received.map(({ headers }) => headers.authorization)).toEqual([
      ...['Bearer old', 'Bearer old', 'Bearer new'],
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

describe('no secret reaches an error', () => {
  const BASIC = { email: 'a@acme.com', apiToken: 'api-token-1' };
  const echo = ({ headers, body }: Received) => `${headers.authorization} ${body}`;

  test.each<[string, ZendeskCredentials]>([
    ['API token', BASIC],
    ['OAuth token', { oauthToken: 'oauth-token-1' }],
    ['OAuth client', CLIENT],
  ])('%s, echoed in whatever form', async (_, credentials) => {
    const secrets = ['api-token-1', btoa('a@acme.com/token:api-token-1'), 'oauth-token-1', 'client-secret', 'token-1'];
    const answers: ((received: Received, response: ServerResponse) => unknown)[] = [
      (received, response) => json(response, { error: 'Oops', description: echo(received) }, 500),
      (received, response) => response.writeHead(400).end(echo(received)),
      (received, response) => response.writeHead(502).end(`<title>${echo(received)}</title>`),
      (received, response) => json(response, { job_status: echo(received) }),
      (received, response) => response.writeHead(200).end(echo(received)),
      (received, response) => json(response, {}, 503, { 'x-request-id': received.headers.authorization ?? '' }),
      (received, response) =>
        response.writeHead(302, { location: `https://x.example/?a=${received.headers.authorization}` }).end(),
      (_, response) => response.destroy(),
    ];
    const server = await serve((received, response) => {
      if (received.path === '/oauth/tokens') return json(response, { access_token: 'token-1' });
      return answers.shift()?.(received, response);
    });
    const told: unknown[] = [];
    const client = clientOf(server, { credentials, onAnswer: (info) => told.push(info) });
    while (answers.length > 0) {
      const error = await errorFrom(client.show('V3-1'));
      const everything = [
        JSON.stringify(error),
        error.message,
        error.stack,
        String(error.cause),
        Object.keys(error).join(),
        JSON.stringify(told),
      ];
      for (const secret of secrets) expect(everything.join('\n')).not.toContain(secret);
    }
  });

  test.each<[string, ZendeskCredentials, string]>([
    ['API token', { ...BASIC, apiToken: 'api-token-of-a-usual-length' }, 'api-token-of-a-usual-length'],
    ['OAuth token', { oauthToken: 'oauth-token-of-a-usual-length' }, 'oauth-token-of-a-usual-length'],
    ['OAuth client', CLIENT, 'granted-token-of-a-usual-length'],
  ])('%s, echoed by an answer that is good', async (_, credentials, secret) => {
    const server = await serve(({ path, headers }, response) => {
      if (path === '/oauth/tokens') return json(response, { access_token: secret });
      const message = `${headers.authorization} ${btoa(secret)} ${encodeURIComponent(secret)}`;
      json(response, { job_status: { ...working('V3-1'), message, results: [{ id: 1, details: secret }] } });
    });
    const answer = JSON.stringify(await clientOf(server, { credentials }).show('V3-1'));
    expect(answer).toContain('"details":"[redacted]"');
    for (const form of [secret, btoa(secret), btoa(`a@acme.com/token:${secret}`)]) expect(answer).not.toContain(form);
  });

  test('a token endpoint that echoes the client’s secret', async () => {
    const server = await serve((received, response) =>
      json(response, { error: 'invalid', description: received.body }, 400),
    );
    const error = await errorFrom(clientOf(server, { credentials: CLIENT }).show('V3-1'));
    expect(error.message).toContain('[redacted]');
    expect(JSON.stringify(error) + error.stack).not.toContain('client-secret');
  });
});
