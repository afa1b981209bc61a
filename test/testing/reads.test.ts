import { FakeZendesk, ManualClock } from '../../src/testing';
import { get, send } from './http';

let clock: ManualClock;
let zendesk: FakeZendesk;

beforeEach(async () => {
  clock = new ManualClock();
  zendesk = await FakeZendesk.start({ clock });
});
afterEach(() => zendesk.stop());

const idsOf = (body: { job_statuses: { id: string }[] }) => body.job_statuses.map((job) => job.id);

test.each(['', '.json'])('show answers with the job (path ending %p)', async (ending) => {
  const id = zendesk.addJob();
  const { status, body } = await get(zendesk, `/api/v2/job_statuses/${id}${ending}`);
  expect([status, body]).toEqual([200, { job_status: zendesk.job(id) }]);
});

test.each([
  ['GET', '/api/v2/job_statuses/V3-unknown', 'RecordNotFound'],
  ['GET', '/api/v2/job_statuses/', 'RecordNotFound'],
  ['GET', '/api/v2/job_stati', 'InvalidEndpoint'],
  ['GET', '/api/v2/job_statuses_of_mine', 'InvalidEndpoint'],
  ['GET', '/', 'InvalidEndpoint'],
  ['POST', '/api/v2/job_statuses', 'InvalidEndpoint'],
])('%s %s is answered 404 %s', async (method, path, error) => {
  const { status, body } = await send(zendesk, method, path);
  expect([status, body]).toEqual([404, { error, description: 'Not found' }]);
});

test('show_many leaves unknown ids out, answers each once, and not in the order asked', async () => {
  const [a, b] = [zendesk.addJob(), zendesk.addJob()];
  const { status, body } = await get(zendesk, `/api/v2/job_statuses/show_many.json?ids=${a},V3-unknown,${b},${a}`);
  expect(status).toBe(200);
  expect(idsOf(body)).toEqual([b, a]);
});

test('show_many takes 100 ids and refuses 101', async () => {
  const ids = (count: number) => Array.from({ length: count }, (_, index) => `V3-${index}`).join(',');
  expect(await get(zendesk, `/api/v2/job_statuses/show_many?ids=${ids(100)}`)).toMatchObject({ status: 200 });
  expect(await get(zendesk, `/api/v2/job_statuses/show_many?ids=${ids(101)}`)).toMatchObject({
    status: 400,
    body: { error: 'TooManyValues', max_count: 100 },
  });
});

test('show_many without ids is refused', async () => {
  expect(await get(zendesk, '/api/v2/job_statuses/show_many')).toMatchObject({ status: 400 });
});

test('the list has jobs that run first, then the last to end, then the newest', async () => {
  const slow = zendesk.addJob({ duration: 2000 });
  const quick = zendesk.addJob({ duration: 1000 });
  const asQuick = zendesk.addJob({ duration: 1000 });
  const running = zendesk.addJob({ endsAs: 'never' });
  clock.advance(10_000);
  const newer = zendesk.addJob({ endsAs: 'never' });
  const { body } = await get(zendesk, '/api/v2/job_statuses');
  expect(idsOf(body)).toEqual([newer, running, slow, asQuick, quick]);
});

test('the list is read page by page, without gaps or repeats while new jobs come', async () => {
  const old = [1, 2, 3, 4, 5].map(() => zendesk.addJob({ queuedFor: 0, duration: 0 }));
  const seen: string[] = [];
  let next: string | null = `${zendesk.origin}/api/v2/job_statuses?page[size]=2`;
  let pages = 0;
  while (next !== null) {
    const { body } = await get(zendesk, next.slice(zendesk.origin.length));
    seen.push(...idsOf(body));
    next = body.links.next as string | null;
    expect(body.meta).toMatchObject({ has_more: next !== null, after_cursor: expect.any(String) });
    pages += 1;
    zendesk.addJob({ endsAs: 'never' });
  }
  expect(seen).toEqual(old.toReversed());
  expect(pages).toBe(3);
});

test('an empty list has no more pages', async () => {
  const { body } = await get(zendesk, '/api/v2/job_statuses?page[size]=100');
  expect(body).toEqual({
    job_statuses: [],
    meta: { has_more: false, after_cursor: null, before_cursor: null },
    links: { next: null, prev: null },
  });
});

test.each(['page[size]=0', 'page[size]=101', 'page[size]=many', 'page[after]=nonsense', 'page[before]=MSAxIDE'])(
  'a list with %s is refused',
  async (query) => {
    expect(await get(zendesk, `/api/v2/job_statuses?${query}`)).toMatchObject({
      status: 400,
      body: { errors: [{ code: 'InvalidPaginationParameter' }] },
    });
  },
);

test('a job that only the list knows', async () => {
  const id = zendesk.addJob({ onlyInList: true });
  expect((await get(zendesk, `/api/v2/job_statuses/${id}`)).status).toBe(404);
  expect(idsOf((await get(zendesk, `/api/v2/job_statuses/show_many?ids=${id}`)).body)).toEqual([]);
  expect(idsOf((await get(zendesk, '/api/v2/job_statuses')).body)).toEqual([id]);
});

test('addresses in an answer name the host that was asked', async () => {
  const id = zendesk.addJob();
  const port = new URL(zendesk.origin).port;
  const response = await fetch(`http://localhost:${port}/api/v2/job_statuses/${id}`);
  expect(await response.json()).toMatchObject({
    job_status: { url: `http://localhost:${port}/api/v2/job_statuses/${id}.json` },
  });
});
