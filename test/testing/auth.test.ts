import { FakeZendesk, ManualClock, type FakeAuth } from '../../src/testing';
import { get, post } from './http';

const AUTH: FakeAuth = {
  apiToken: { email: 'agent@example.com', token: 'api-token' },
  oauthTokens: ['static-token'],
  oauthClient: { id: 'client', secret: 'client-secret' },
};
const LIST = '/api/v2/job_statuses';
const basic = (credentials: string) => `Basic ${Buffer.from(credentials).toString('base64')}`;

let clock: ManualClock;
let zendesk: FakeZendesk;

beforeEach(async () => {
  clock = new ManualClock();
  zendesk = await FakeZendesk.start({ clock, auth: AUTH });
});
afterEach(() => zendesk.stop());

const statusWith = async (authorization: string) => (await get(zendesk, LIST, { authorization })).status;

const grant = (change: object = {}) =>
  post(zendesk, '/oauth/tokens', {
    grant_type: 'client_credentials',
    client_id: 'client',
    client_secret: 'client-secret',
    scope: 'read',
    ...change,
  });

test('nothing is asked for by default', async () => {
  const open = await FakeZendesk.start();
  expect((await get(open, LIST)).status).toBe(200);
  expect((await get(open, LIST, { authorization: 'Bearer whatever' })).status).toBe(200);
  await open.stop();
});

const NOT_AUTHENTICATED = { error: "Couldn't authenticate you" };
const INVALID_TOKEN = {
  error: 'invalid_token',
  error_description: 'The access token provided is expired, revoked, malformed or invalid for other reasons.',
};

test.each([
  ['an API token', basic('agent@example.com/token:api-token'), 200, undefined],
  ['an OAuth token', 'Bearer static-token', 200, undefined],
  ['nothing', '', 401, NOT_AUTHENTICATED],
  ['a wrong API token', basic('agent@example.com/token:wrong'), 401, NOT_AUTHENTICATED],
  ['a password', basic('agent@example.com:api-token'), 401, NOT_AUTHENTICATED],
  ['a wrong OAuth token', 'Bearer wrong', 401, INVALID_TOKEN],
])('with %s', async (_name, authorization, status, error) => {
  const answer = await get(zendesk, LIST, { authorization });
  expect(answer.status).toBe(status);
  if (error) expect(answer.body).toEqual(error);
});

test('where only OAuth is accepted, basic credentials are none', async () => {
  const oauth = await FakeZendesk.start({ auth: { oauthTokens: ['static-token'] } });
  expect((await get(oauth, LIST, { authorization: basic('undefined') })).status).toBe(401);
  await oauth.stop();
});

test('a granted token lasts half an hour, which the response does not tell unless it was asked for', async () => {
  const { status, body } = await grant();
  expect(status).toBe(200);
  expect(body).toEqual({
    access_token: expect.stringMatching(/^[0-9a-f]{64}$/),
    token_type: 'bearer',
    scope: 'read',
  });
  clock.advance(1_799_999);
  expect(await statusWith(`Bearer ${body.access_token}`)).toBe(200);
  clock.advance(1);
  expect(await statusWith(`Bearer ${body.access_token}`)).toBe(401);
});

test('a token lasts as long as was asked for, unless the fake says otherwise', async () => {
  expect((await grant({ expires_in: 600 })).body.expires_in).toBe(600);
  const strict = await FakeZendesk.start({ auth: { oauthClient: { id: 'a', secret: 'b', expiresIn: 5 } } });
  const asked = { grant_type: 'client_credentials', client_id: 'a', client_secret: 'b', expires_in: 600 };
  expect((await post(strict, '/oauth/tokens', asked)).body.expires_in).toBe(5);
  await strict.stop();
});

test('a lifetime can be left out of the response even where it was asked for', async () => {
  const silent = await FakeZendesk.start({ auth: { oauthClient: { id: 'a', secret: 'b', omitExpiresIn: true } } });
  const asked = { grant_type: 'client_credentials', client_id: 'a', client_secret: 'b', expires_in: 600 };
  const { status, body } = await post(silent, '/oauth/tokens', asked);
  expect([status, body]).toEqual([200, expect.not.objectContaining({ expires_in: expect.anything() })]);
  await silent.stop();
});

test('tokens can be revoked; grants are counted', async () => {
  const first = (await grant()).body.access_token as string;
  zendesk.revokeTokens();
  expect(await statusWith(`Bearer ${first}`)).toBe(401);
  const second = (await grant()).body.access_token as string;
  expect(await statusWith(`Bearer ${second}`)).toBe(200);
  expect(zendesk.tokenGrants).toBe(2);
});

test.each([
  ['a wrong secret', { client_secret: 'wrong' }, 401, 'invalid_client'],
  ['an unknown client', { client_id: 'other' }, 401, 'invalid_client'],
  ['another grant', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
])('a grant with %s is refused', async (_name, change, status, error) => {
  expect(await grant(change)).toMatchObject({ status, body: { error } });
  expect(zendesk.tokenGrants).toBe(0);
});

test('no credential is kept in the list of requests', async () => {
  await grant();
  await statusWith('Bearer static-token');
  await statusWith(basic('agent@example.com/token:api-token'));
  const kept = JSON.stringify(zendesk.requests);
  expect(zendesk.requests).toHaveLength(3);
  expect(kept).not.toMatch(/client-secret|static-token|authorization/i);
  expect(kept).not.toContain(basic('agent@example.com/token:api-token').slice(6));
});
