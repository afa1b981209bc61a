import { FakeZendesk, ManualClock } from '../../src/testing';
import { get } from './http';

const LIST = '/api/v2/job_statuses';
const HEADERS = [
  'x-rate-limit',
  'x-rate-limit-remaining',
  'ratelimit-limit',
  'ratelimit-remaining',
  'ratelimit-reset',
  'zendesk-ratelimit-inflight-jobs',
];

let clock: ManualClock;
let zendesk: FakeZendesk;

beforeEach(async () => {
  // 18 s into a minute
  clock = new ManualClock(Date.UTC(2024, 1, 8, 9, 10, 18));
  zendesk = await FakeZendesk.start({ clock, rateLimit: { limit: 3 } });
});
afterEach(() => zendesk.stop());

const limitsOf = ({ headers }: { headers: Headers }) => HEADERS.map((name) => headers.get(name));

test('every answer tells what is left of the minute and of the jobs', async () => {
  zendesk.addJob();
  const jobs = 'total=30; remaining=29; resets=60';
  expect(limitsOf(await get(zendesk, LIST))).toEqual(['3', '2', '3', '2', '42', jobs]);
  expect(limitsOf(await get(zendesk, '/api/v2/unknown'))).toEqual(['3', '1', '3', '1', '42', jobs]);
  zendesk.injectFault({ kind: 'unavailable' });
  expect(limitsOf(await get(zendesk, LIST))).toEqual(['3', '0', '3', '0', '42', jobs]);
});

test('a minute that is used up is answered 429 until the next one', async () => {
  for (let count = 0; count < 3; count += 1) expect((await get(zendesk, LIST)).status).toBe(200);
  const refused = await get(zendesk, LIST);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '42']);
  clock.advance(41_999);
  expect((await get(zendesk, LIST)).status).toBe(429);
  clock.advance(1);
  expect((await get(zendesk, LIST)).status).toBe(200);
});

test('answers carry a request id each', async () => {
  const ids = [await get(zendesk, LIST), await get(zendesk, LIST)].map(({ headers }) => headers.get('x-request-id'));
  expect(new Set(ids).size).toBe(2);
  expect(ids).not.toContain(null);
});
