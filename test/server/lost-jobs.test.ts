import { FakeZendesk } from '../../src/testing';
import { failureOf, startSuite, type Suite } from '../support/suite';

/** A job that Zendesk does not show is searched for in a wait that is older than this. */
const YOUNG_MS = 60_000;

let zendesk: FakeZendesk;
let suite: Suite;

beforeAll(async () => {
  zendesk = await FakeZendesk.start({ jobDefaults: { queuedFor: 0 } });
  suite = await startSuite({ accounts: { default: { baseUrl: zendesk.origin } } });
});

afterAll(async () => {
  await suite.stop();
  await zendesk.stop();
});

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const polling = { minInterval: '1s', maxInterval: '5s' } as const;

test('100 jobs that expire in mid-wait end as lost, and delay neither each other nor the waits for other jobs', async () => {
  // The list has more pages than are read.
  for (let i = 0; i < 400; i++) zendesk.addJob({ duration: 0, createdAt: Date.now() - 1000 });
  const expiring = Array.from({ length: 100 }, () => zendesk.addJob({ endsAs: 'never' }));
  const healthy = Array.from({ length: 10 }, (_, i) => ({
    jobId: zendesk.addJob({ endsAs: 'never' }),
    endsAt: Date.now() + YOUNG_MS + 5_000 + 2_000 * i,
  }));
  const lostWaits = await Promise.all(expiring.map((jobId) => suite.awaitJob({ jobId, polling })));
  const healthyWaits = await Promise.all(healthy.map(({ jobId }) => suite.awaitJob({ jobId, polling })));

  await sleep(YOUNG_MS + 3_000);
  const before = zendesk.requests.length;
  const expiredAt = Date.now();
  for (const jobId of expiring) zendesk.expireJob(jobId);

  const late = healthyWaits.map(async (handle, i) => {
    const { jobId, endsAt } = healthy[i]!;
    await sleep(endsAt - Date.now());
    zendesk.finishJob(jobId);
    const finishedAt = zendesk.requests.length;
    expect(await handle.result()).toMatchObject({ status: 'completed' });
    return zendesk.requests.slice(finishedAt).findIndex(({ path }) => path.includes(jobId));
  });
  const failures = await Promise.all(lostWaits.map((handle) => failureOf(handle)));
  const took = Date.now() - expiredAt;

  expect(new Set(failures.map(({ type }) => type))).toEqual(new Set(['ZendeskJobLost']));
  expect(failures[0]!.details![0]).toMatchObject({ lastSeen: { status: 'working' }, lastTrouble: null });
  expect(took).toBeLessThan(180_000);
  // Requests of others before the poll that saw the end, one a second: about 5, more on a slow machine, not hundreds.
  expect(Math.max(...(await Promise.all(late)))).toBeLessThan(40);

  const times = zendesk.requests.slice(before).map(({ at }) => at);
  const seconds = (times.at(-1)! - times[0]!) / 1000;
  expect(times.length).toBeLessThan(seconds + 5); // One a second.
}, 400_000);
