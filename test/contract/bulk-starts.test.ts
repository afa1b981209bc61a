/** Every operation that starts a job, once against the fake: requests, answers, and the rows that the jobs end with. */
import { FakeZendesk, ManualClock, type FakeZendeskOptions, type FaultOptions } from '../../src/testing';
import { assertMatchesContract, assertRequestMatchesContract } from './contract';
import { starts, ticket, user } from './starts';

const clock = new ManualClock();
let zendesk: FakeZendesk;

const start = async (options: FakeZendeskOptions = {}) => {
  zendesk = await FakeZendesk.start({ clock, ...options });
};
afterEach(() => zendesk.stop());

/** Asks the fake, and holds its answer against the contract. */
async function send(method: string, path: string, body: unknown, expectedStatus: number) {
  const response = await fetch(zendesk.origin + path, {
    method,
    headers: { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const answer = (await response.json()) as { job_status: { id: string }; ticket?: { id: number } };
  expect(response.status).toBe(expectedStatus);
  assertMatchesContract(method, path, response.status, answer, Object.fromEntries(response.headers));
  return answer;
}

test.each(starts)('%s %s %j: %i, and a job of %i records', async (method, name, body, status, count) => {
  await start({ jobDefaults: { queuedFor: 0, duration: 0 } });
  const path = `/api/v2/${name}`;
  assertRequestMatchesContract(method, path, body);
  const { job_status, ticket: accepted } = await send(method, path, body, status);
  expect(zendesk.starts).toMatchObject([{ jobId: job_status.id }]);
  expect(zendesk.starts[0]!.records).toHaveLength(count);

  await send('GET', `/api/v2/job_statuses/${job_status.id}`, undefined, 200);
  const { total, results } = zendesk.job(job_status.id)!;
  if (total === null) expect(results).toEqual({ success: true });
  else expect(results).toHaveLength(count);
  if (accepted) expect(results).toMatchObject([{ id: accepted.id }]);
});

test.each(starts)('%s %s %j: failed records have the shape of failures', async (method, name, body, status) => {
  await start({ jobDefaults: { queuedFor: 0, duration: 0 }, onRecord: () => ({}) });
  const { job_status } = await send(method, `/api/v2/${name}`, body, status);
  await send('GET', `/api/v2/job_statuses/${job_status.id}`, undefined, 200);
  expect(zendesk.job(job_status.id)).toMatchObject({ status: 'failed' });
});

const tickets = (count: number) => ({ tickets: Array.from({ length: count }, () => ticket) });
const create = '/api/v2/tickets/create_many';
const tooManyJobs = { error: 'TooManyJobs', description: 'Too many.', current_job_ids: ['V3-1'] };

test.each<[string, string, string, unknown, number]>([
  ['too many tickets', 'POST', create, tickets(101), 400],
  ['too many users', 'POST', '/api/v2/users/create_many', { users: Array.from({ length: 101 }, () => user) }, 400],
  ['no records', 'POST', create, { tickets: [] }, 400],
  ['no ids', 'DELETE', '/api/v2/tickets/destroy_many', undefined, 400],
])('a start refused for %s', async (_name, method, path, body, status) => {
  await start();
  expect(() => assertRequestMatchesContract(method, path, body)).toThrow('does not match');
  await send(method, path, body, status);
});

test('bulk imports of users, where they are not enabled', async () => {
  await start({ bulkUserImport: false });
  for (const operation of ['create_many', 'create_or_update_many']) {
    await send('POST', `/api/v2/users/${operation}`, { users: [user] }, 403);
  }
  await send('PUT', '/api/v2/users/update_many', { users: [{ id: 1 }] }, 200);
});

test.each([400, 422, 429])('too many jobs, told with status %i', async (status) => {
  await start({ jobLimit: 1, tooManyJobs: { status, retryAfter: 5 } });
  await send('POST', create, tickets(1), 200);
  await send('POST', create, tickets(1), status);
});

test.each<[number, FaultOptions]>([
  [401, { kind: 'status', status: 401 }],
  [403, { kind: 'status', status: 403 }],
  [404, { kind: 'status', status: 404 }],
  [409, { kind: 'status', status: 409 }],
  [422, { kind: 'status', status: 422 }],
  [422, { kind: 'status', status: 422, body: tooManyJobs }],
  [429, { kind: 'rate-limit', retryAfter: 7 }],
  [429, { kind: 'status', status: 429, body: tooManyJobs }],
  [503, { kind: 'unavailable' }],
])('status %i as %j', async (status, fault) => {
  await start();
  zendesk.injectFault(fault);
  await send('POST', create, tickets(1), status);
  expect(zendesk.starts).toEqual([]);
});
