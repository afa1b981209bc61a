import type { AccountPausedError } from '../../src/activities/job-reader';
import { JobReader } from '../../src/activities/job-reader';
import { FakeZendesk } from '../../src/testing';
import { ZendeskClient } from '../../src/zendesk/client';
import { ZendeskRateLimitedError, ZendeskUnavailableError } from '../../src/zendesk/errors';

let zendesk: FakeZendesk;
let client: ZendeskClient;
let now: number;

beforeEach(async () => {
  zendesk = await FakeZendesk.start({ jobDefaults: { queuedFor: 0, duration: 0 } });
  client = new ZendeskClient({ name: 'default', origin: zendesk.origin, credentials: undefined });
  now = 1_700_000_000_000;
});

afterEach(async () => {
  client.close();
  await zendesk.stop();
});

const reader = (gap = 0) => new JobReader(client, { gap, linger: 20, now: () => now });
const jobs = (count: number) => Array.from({ length: count }, () => zendesk.addJob());
const paths = () => zendesk.requests.map(({ path }) => path);

describe('what is asked for at the same time goes out together', () => {
  test('one job: show', async () => {
    const [jobId] = jobs(1);
    expect(await reader().look([jobId!])).toMatchObject([{ id: jobId, status: 'completed' }]);
    expect(paths()).toEqual([`/api/v2/job_statuses/${jobId}`]);
  });

  test('30 waits: one show_many, answers matched by id', async () => {
    const jobIds = jobs(30);
    const shared = reader();
    const looks = await Promise.all(jobIds.map((jobId) => shared.look([jobId])));
    expect(looks.map(([status]) => status!.id)).toEqual(jobIds);
    expect(paths()).toEqual([expect.stringContaining('show_many?ids=')]);
  });

  test('250 waits: three requests of at most 100 ids', async () => {
    const jobIds = jobs(250);
    const shared = reader();
    await Promise.all(jobIds.map((jobId) => shared.look([jobId])));
    expect(paths()).toHaveLength(3);
  });

  test('two waits for the same job: one show', async () => {
    const [jobId] = jobs(1);
    const shared = reader();
    const [first, second] = await Promise.all([shared.look([jobId!]), shared.look([jobId!])]);
    expect(first).toEqual(second);
    expect(paths()).toEqual([`/api/v2/job_statuses/${jobId}`]);
  });

  test('requests are a gap apart, and who comes meanwhile shares the next one', async () => {
    const jobIds = jobs(4);
    const shared = reader(1000);
    const looks: Promise<unknown>[] = [];
    for (const jobId of jobIds) {
      looks.push(shared.look([jobId]));
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    await Promise.all(looks);
    expect(paths()).toHaveLength(2);
    const [first, second] = zendesk.requests;
    expect(second!.at - first!.at).toBeGreaterThanOrEqual(500);
  });
});

describe('a job that does not show', () => {
  test('is null, the others are there', async () => {
    const [jobId] = jobs(1);
    expect(await reader().look(['V3-unknown', jobId!])).toMatchObject([null, { id: jobId }]);
    expect(await reader().look(['V3-unknown'])).toEqual([null]);
  });

  test('is searched for alone, then in the list', async () => {
    const jobId = zendesk.addJob({ onlyInList: true });
    expect((await reader().search([jobId])).get(jobId)).toMatchObject({ id: jobId, status: 'completed' });
    expect(paths()).toEqual([`/api/v2/job_statuses/${jobId}`, expect.stringMatching(/job_statuses\?page/)]);
  });

  test('is not searched for in the list when it shows alone', async () => {
    const [jobId] = jobs(1);
    expect((await reader().search([jobId!])).size).toBe(1);
    expect(paths()).toHaveLength(1);
  });

  test('is found on a later page of the list, which is read no further than needed', async () => {
    const jobId = zendesk.addJob({ onlyInList: true, createdAt: Date.now() - 60_000 });
    jobs(150);
    expect((await reader().search([jobId])).has(jobId)).toBe(true);
    expect(paths().filter((path) => path.includes('page'))).toHaveLength(2);
  });

  test('is given up after three pages', async () => {
    jobs(500);
    expect((await reader().search(['V3-unknown'])).size).toBe(0);
    expect(paths().filter((path) => path.includes('page'))).toHaveLength(3);
  });

  test('many of them are asked for together', async () => {
    expect((await reader().search(['V3-a', 'V3-b', 'V3-c', 'V3-d'])).size).toBe(0);
    expect(paths()).toEqual([expect.stringContaining('show_many'), expect.stringContaining('page')]);
  });
});

describe('a pause that Zendesk asks for is everybody’s', () => {
  test.each([
    ['429', 'rate-limit', ZendeskRateLimitedError],
    ['503', 'unavailable', ZendeskUnavailableError],
  ] as const)('%s with Retry-After: no request until it is over', async (_, kind, error) => {
    const [jobId] = jobs(1);
    const shared = reader();
    zendesk.injectFault({ kind, retryAfter: 30 });
    await expect(shared.look([jobId!])).rejects.toThrow(error);

    now += 29_000;
    await expect(shared.look([jobId!])).rejects.toMatchObject({ name: 'AccountPausedError', remaining: 1000 });
    expect(paths()).toHaveLength(1);

    now += 1_000;
    expect(await shared.look([jobId!])).toMatchObject([{ id: jobId }]);
  });

  test('429 without Retry-After: 5 s, doubled with each in a row up to a minute, forgotten after a success', async () => {
    const [jobId] = jobs(1);
    const shared = reader();
    const pauses: number[] = [];
    for (let i = 0; i < 6; i++) {
      zendesk.injectFault({ kind: 'rate-limit' });
      await expect(shared.look([jobId!])).rejects.toThrow(ZendeskRateLimitedError);
      const pause = await shared.look([jobId!]).catch((error: AccountPausedError) => error.remaining);
      pauses.push(pause as number);
      now += pause as number;
    }
    expect(pauses).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000]);
    await shared.look([jobId!]);
    zendesk.injectFault({ kind: 'rate-limit' });
    await expect(shared.look([jobId!])).rejects.toThrow(ZendeskRateLimitedError);
    await expect(shared.look([jobId!])).rejects.toMatchObject({ remaining: 5_000 });
  });

  test('one that is prolonged is told with what was added, one that is not is not told again', async () => {
    const told: number[] = [];
    const shared = new JobReader(client, { now: () => now }, { onPause: (added) => told.push(added) });
    for (const retryAfter of [10, 30, 20]) zendesk.injectFault({ kind: 'rate-limit', retryAfter });
    // Sent together, before any of them is answered; the answers may come in another order.
    await Promise.allSettled([shared.ask(), shared.ask(), shared.ask()]);
    expect(told.reduce((sum, added) => sum + added)).toBe(30_000);
    await expect(shared.ask()).rejects.toMatchObject({ remaining: 30_000 });
  });

  test('500 without Retry-After pauses nobody', async () => {
    const [jobId] = jobs(1);
    const shared = reader();
    zendesk.injectFault({ kind: 'status', status: 500 });
    await expect(shared.look([jobId!])).rejects.toThrow(ZendeskUnavailableError);
    expect(await shared.look([jobId!])).toMatchObject([{ id: jobId }]);
  });

  test('waits that came before the pause do not send after it began', async () => {
    const jobIds = jobs(120);
    const shared = reader(1000);
    zendesk.injectFault({ kind: 'rate-limit', retryAfter: 30 });
    const looks = await Promise.allSettled(jobIds.map((jobId) => shared.look([jobId])));
    expect(looks.every(({ status }) => status === 'rejected')).toBe(true);
    expect(paths()).toHaveLength(1);
  });
});

describe('asking for anything, to hear of the job slots', () => {
  test('needs no job', async () => {
    await reader().ask();
    expect(paths()).toEqual([expect.stringMatching(/job_statuses\?page%5Bsize%5D=1$/)]);
  });

  test('asks nothing while the account is paused, and heeds a pause that it is given', async () => {
    const shared = reader();
    zendesk.injectFault({ kind: 'rate-limit', retryAfter: 30 });
    await expect(shared.ask()).rejects.toThrow(ZendeskRateLimitedError);
    await expect(shared.ask()).rejects.toThrow('the account is paused');
    expect(paths()).toHaveLength(1);
  });
});
