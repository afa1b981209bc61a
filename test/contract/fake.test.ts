/** Every answer of the fake has a shape that the contract allows. */
import {
  FakeZendesk,
  ManualClock,
  type FakeJobOptions,
  type FakeZendeskOptions,
  type FaultOptions,
} from '../../src/testing';
import { assertMatchesContract, assertMatchesSchema, assertRequestMatchesContract } from './contract';

const LIST = '/api/v2/job_statuses';
const clock = new ManualClock();
let zendesk: FakeZendesk;

const start = async (options: FakeZendeskOptions = {}) => {
  zendesk = await FakeZendesk.start({ clock, ...options });
};
afterEach(() => zendesk.stop());

/** Asks the fake, and holds its answer against the contract. */
async function ask(path: string, expectedStatus: number, authorization?: string) {
  const response = await fetch(zendesk.origin + path, { headers: authorization ? { authorization } : {} });
  const body: unknown = await response.json();
  expect(response.status).toBe(expectedStatus);
  expect(response.headers.get('ratelimit-remaining')).not.toBeNull();
  assertMatchesContract('GET', path, response.status, body, Object.fromEntries(response.headers));
}

async function askAllWays(id: string) {
  for (const path of [`${LIST}/${id}`, `${LIST}/${id}.json`, `${LIST}/show_many?ids=${id}`, `${LIST}?page[size]=100`]) {
    assertRequestMatchesContract('GET', path);
    await ask(path, 200);
  }
}

const users = [{ email: 'a@example.com', external_id: 'a' }, { email: 'b@example.com' }, {}];

const jobs: [string, FakeJobOptions][] = [
  ['tickets', { operation: 'tickets/create_many' }],
  ['imported tickets', { operation: 'imports/tickets/create_many' }],
  ['updated tickets', { operation: 'tickets/update_many', records: [{ id: 3 }, { id: 1 }] }],
  ['deleted tickets', { operation: 'tickets/destroy_many' }],
  ['users', { operation: 'users/create_many', records: users }],
  ['upserted users', { operation: 'users/create_or_update_many', records: users }],
  ['updated users', { operation: 'users/update_many' }],
  ['deleted users', { operation: 'users/destroy_many' }],
  ['organizations', { operation: 'organizations/create_many' }],
  ['updated organizations', { operation: 'organizations/update_many' }],
  ['deleted organizations', { operation: 'organizations/destroy_many' }],
  ['organization memberships', { operation: 'organization_memberships/create_many' }],
  ['deleted organization memberships', { operation: 'organization_memberships/destroy_many' }],
  ['group memberships', { operation: 'group_memberships/create_many' }],
  ['deleted group memberships', { operation: 'group_memberships/destroy_many' }],
  ['some failed records', { operation: 'organizations/update_many', records: [{ id: 5 }, { id: 6 }], failures: 1 }],
  ['only failed records', { endsAs: 'failed' }],
  ['killed', { endsAs: 'killed' }],
  ['a status that nobody knows', { endsAs: 'aborted', statusWhileRunning: 'resting' }],
  ['no end', { endsAs: 'never' }],
  ['no total', { shape: 'no-total' }],
  ['no total, and bare rows', { shape: 'no-total', results: [{ success: true }, { success: false }] }],
  ['results of null', { results: null }],
  ['an empty result', { results: [] }],
  ['no records', { total: 0 }],
  ['no job_type and an old id', { jobType: null, id: '8b726e606741012ffc2d782bcb7848fe' }],
];

test.each(jobs)('a job with %s: queued, working, ended', async (_name, options) => {
  await start();
  const id = zendesk.addJob({ queuedFor: 1000, duration: 10_000, ...options });
  await askAllWays(id);
  clock.advance(1000);
  await askAllWays(id);
  clock.advance(5000);
  await askAllWays(id);
  clock.advance(5000);
  await askAllWays(id);
});

test('pages of the list, an empty list, and several jobs at once', async () => {
  await start();
  await ask(LIST, 200);
  const ids = [1, 2, 3].map((total) => zendesk.addJob({ total }));
  let path = `${LIST}?page[size]=2`;
  await ask(path, 200);
  const { links } = (await (await fetch(zendesk.origin + path)).json()) as { links: { next: string } };
  path = links.next.slice(zendesk.origin.length);
  assertRequestMatchesContract('GET', path);
  await ask(path, 200);
  await ask(`${LIST}/show_many?ids=${ids.join(',')},V3-unknown`, 200);
});

test.each<[string, number]>([
  [`${LIST}/V3-unknown`, 404],
  [`${LIST}/show_many`, 400],
  [`${LIST}/show_many?ids=${Array.from({ length: 101 }, (_, index) => index).join(',')}`, 400],
  [`${LIST}?page[size]=101`, 400],
  [`${LIST}?page[after]=nonsense`, 400],
])('the error of GET %s', async (path, status) => {
  await start();
  await ask(path, status);
});

test.each<[number, FaultOptions]>([
  [429, { kind: 'rate-limit' }],
  [429, { kind: 'rate-limit', retryAfter: 12 }],
  [503, { kind: 'unavailable', retryAfter: 5 }],
  [503, { kind: 'unavailable' }],
  [404, { kind: 'not-found' }],
  [401, { kind: 'status', status: 401 }],
  [403, { kind: 'status', status: 403 }],
])('status %i as %j', async (status, fault) => {
  await start();
  zendesk.injectFault({ ...fault, times: Infinity });
  for (const path of [LIST, `${LIST}/V3-1`, `${LIST}/show_many?ids=V3-1`]) await ask(path, status);
});

test('requests without valid credentials, and too many of them', async () => {
  await start({ auth: { oauthTokens: ['token'] }, rateLimit: { limit: 3 } });
  await ask(LIST, 401);
  await ask(LIST, 401, 'Bearer wrong');
  await ask(LIST, 200, 'Bearer token');
  await ask(LIST, 429, 'Bearer token');
});

test('the answer to a start has the shape of a job', async () => {
  await start();
  const response = await fetch(`${zendesk.origin}/api/v2/tickets/create_many`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ tickets: [{}] }),
  });
  const body: unknown = await response.json();
  expect(response.status).toBe(200);
  assertMatchesSchema('JobStatusEnvelope', body);
});
