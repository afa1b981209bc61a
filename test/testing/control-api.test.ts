import { FakeZendesk, ManualClock } from '../../src/testing';
import { get, post, send } from './http';

let clock: ManualClock;
let zendesk: FakeZendesk;

beforeEach(async () => {
  clock = new ManualClock(1_700_000_000_000);
  zendesk = await FakeZendesk.start({ clock, auth: { oauthTokens: ['token'] } });
});
afterEach(() => zendesk.stop());

test('health asks for no credentials', async () => {
  expect(await get(zendesk, '/_fake/health')).toMatchObject({
    status: 200,
    body: { ok: true, now: 1_700_000_000_000 },
  });
});

test('a job is added, seen, and finished by moving the clock', async () => {
  const added = await post(zendesk, '/_fake/jobs', { total: 3, failures: 1, shape: 'steps' });
  expect(added).toMatchObject({ status: 201, body: { job_status: { status: 'queued', total: 3 } } });
  const id = added.body.id as string;
  expect(await post(zendesk, '/_fake/clock', { advance: 60_000 })).toMatchObject({ body: { now: 1_700_000_060_000 } });
  expect(zendesk.job(id)).toMatchObject({ status: 'completed' });
  await post(zendesk, '/_fake/clock', { set: 1_700_000_000_000 });
  expect(zendesk.job(id)).toMatchObject({ status: 'queued' });
});

test('faults are injected and cleared', async () => {
  const status = async () => (await get(zendesk, '/api/v2/job_statuses', { authorization: 'Bearer token' })).status;
  expect((await post(zendesk, '/_fake/faults', { kind: 'unavailable', times: 'forever' })).status).toBe(201);
  expect([await status(), await status()]).toEqual([503, 503]);
  expect((await send(zendesk, 'DELETE', '/_fake/faults')).status).toBe(200);
  expect(await status()).toBe(200);
});

test('failures and limits of requests are set, and set back', async () => {
  const start = async () => {
    const headers = { authorization: 'Bearer token' };
    const { status, body } = await send(zendesk, 'POST', '/api/v2/tickets/create_many', { tickets: [{}, {}] }, headers);
    await post(zendesk, '/_fake/clock', { advance: 60_000 });
    return status === 200 ? zendesk.job(body.job_status.id as string)!.status : status;
  };
  expect((await post(zendesk, '/_fake/failures', { every: 1 })).status).toBe(200);
  expect(await start()).toBe('failed');
  await post(zendesk, '/_fake/failures', {});
  expect(await start()).toBe('completed');
  expect((await post(zendesk, '/_fake/limits', { bodyBytes: 10, urlBytes: null })).status).toBe(200);
  expect(await start()).toBe(413);
  await post(zendesk, '/_fake/limits');
  expect(await start()).toBe('completed');
});

test('requests are listed, those to the control API not among them', async () => {
  await get(zendesk, '/api/v2/job_statuses?page[size]=1');
  const { body } = await get(zendesk, '/_fake/requests');
  expect(body.requests).toMatchObject([{ method: 'GET', path: '/api/v2/job_statuses?page[size]=1', status: 401 }]);
});

test.each([
  ['POST', '/_fake/jobs', { durration: 1 }, 400, 'durration'],
  ['POST', '/_fake/jobs', { total: 1, failures: [{ index: 4 }] }, 400, 'no record 4'],
  ['POST', '/_fake/jobs', [1], 400, 'JSON object'],
  ['POST', '/_fake/jobs', '{', 400, 'JSON object'],
  ['POST', '/_fake/faults', { kind: 'earthquake' }, 400, 'kind'],
  ['POST', '/_fake/faults', undefined, 400, 'kind'],
  ['POST', '/_fake/failures', { rate: 1 }, 400, 'rate'],
  ['POST', '/_fake/limits', { urlBytes: 0 }, 400, 'urlBytes'],
  ['POST', '/_fake/clock', { forward: 1 }, 400, 'advance'],
  ['POST', '/_fake/health', {}, 404, 'GET health'],
  ['GET', '/_fake/unknown', undefined, 404, 'GET health'],
])('%s %s with %j is refused', async (method, path, body, status, message) => {
  const answer = await send(zendesk, method, path, body);
  expect(answer.status).toBe(status);
  expect(answer.body.error).toContain(message);
});

test('the system clock cannot be moved', async () => {
  const real = await FakeZendesk.start();
  const { status, body } = await post(real, '/_fake/clock', { advance: 1 });
  expect([status, body.error]).toEqual([409, expect.stringContaining('ManualClock')]);
  await real.stop();
});
