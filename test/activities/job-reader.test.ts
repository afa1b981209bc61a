import { AsyncLocalStorage } from 'node:async_hooks';
import { JobReader, type JobReaderOptions } from '../../src/activities/job-reader';
import type { JobReadings } from '../../src/activities/job-waiter';
import type { JobStatus } from '../../src/common/types';
import { FakeZendesk } from '../../src/testing';
import { ZendeskClient } from '../../src/zendesk/client';
import {
  ZendeskRateLimitedError,
  ZendeskResponseTooLargeError,
  ZendeskUnavailableError,
} from '../../src/zendesk/errors';

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

const readerOf = (minRequestInterval = 0, options: JobReaderOptions = {}) =>
  new JobReader(client, { minRequestInterval, batchWindow: 20, now: () => now, ...options });
const jobs = (count: number) => Array.from({ length: count }, () => zendesk.addJob());
const paths = () => zendesk.requests.map(({ path }) => path);
const idsOf = (path: string) => (new URLSearchParams(path.split('?')[1]).get('ids') ?? '').split(',');
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const requestsSent = async (count: number) => {
  while (zendesk.requests.length < count) await sleep(5);
  await sleep(30); // for the response
};
const never = () => new AbortController().signal;
const asIs = (status: JobStatus) => status;

const read = (reader: JobReader, jobIds: string[], signal = never()) => reader.readJobs(jobIds, signal, asIs);
const find = (reader: JobReader, jobIds: string[], signal = never()) => reader.findMissing(jobIds, signal, asIs);
const only = <T>({ readings }: JobReadings<T>) => [...readings.values()][0];

describe('polls of the same moment share a request', () => {
  test('one job is asked for by show', async () => {
    const [jobId] = jobs(1);
    expect(only(await read(readerOf(), [jobId!]))).toMatchObject({ id: jobId, status: 'completed' });
    expect(paths()).toEqual([`/api/v2/job_statuses/${jobId}`]);
  });

  test('30 waits make one show_many, whose statuses are matched by id', async () => {
    const jobIds = jobs(30);
    const reader = readerOf();
    const polls = await Promise.all(jobIds.map((jobId) => read(reader, [jobId])));
    expect(polls.map((poll) => (only(poll) as JobStatus).id)).toEqual(jobIds);
    expect(paths()).toEqual([expect.stringContaining('show_many?ids=')]);
  });

  test('250 waits make three requests of at most 100 ids', async () => {
    const jobIds = jobs(250);
    const reader = readerOf();
    await Promise.all(jobIds.map((jobId) => read(reader, [jobId])));
    // Sent at once, they may arrive in any order.
    const sizes = paths().map((path) => idsOf(path).length);
    expect(sizes.sort((a, b) => b - a)).toEqual([100, 100, 50]);
  });

  test('two waits for the same job make one show', async () => {
    const [jobId] = jobs(1);
    const reader = readerOf();
    const [first, second] = await Promise.all([read(reader, [jobId!]), read(reader, [jobId!])]);
    expect(first).toEqual(second);
    expect(paths()).toEqual([`/api/v2/job_statuses/${jobId}`]);
  });

  test('requests are minRequestInterval apart, and polls that come in between share the next one', async () => {
    const jobIds = jobs(4);
    const reader = readerOf(1000);
    const polls: Promise<unknown>[] = [];
    for (const jobId of jobIds) {
      polls.push(read(reader, [jobId]));
      await sleep(60);
    }
    await Promise.all(polls);
    expect(paths()).toHaveLength(2);
    const [first, second] = zendesk.requests;
    expect(second!.at - first!.at).toBeGreaterThanOrEqual(900);
  });

  test('a job that Zendesk does not show is missing, the others are read', async () => {
    const [jobId] = jobs(1);
    const reader = readerOf();
    const { readings } = await read(reader, ['V3-unknown', jobId!]);
    expect(readings.get('V3-unknown')).toBe('missing');
    expect(readings.get(jobId!)).toMatchObject({ id: jobId });
    expect(only(await read(reader, ['V3-unknown']))).toBe('missing');
  });

  test('a caller keeps what it needs of a job status', async () => {
    const [jobId] = jobs(1);
    expect(only(await readerOf().readJobs([jobId!], never(), ({ status }) => status))).toBe('completed');
  });
});

describe('a poll that no caller waits for any more', () => {
  test('is not sent, and takes no turn from the others', async () => {
    const jobIds = jobs(300);
    const reader = readerOf(200);
    const aborting = new AbortController();
    const aborted = read(reader, jobIds, aborting.signal);
    const healthy = read(reader, [zendesk.addJob()]);
    await requestsSent(1);
    aborting.abort();
    expect(only(await healthy)).toMatchObject({ status: 'completed' });
    expect((await aborted).readings.size).toBe(100);
    await sleep(500);
    expect(paths()).toHaveLength(2);
  });

  test('is sent where another caller waits for the same job', async () => {
    const [jobId] = jobs(1);
    const reader = readerOf();
    const aborting = new AbortController();
    const aborted = read(reader, [jobId!], aborting.signal);
    const other = read(reader, [jobId!]);
    aborting.abort(new Error('no time left'));
    expect(await aborted).toMatchObject({ readings: new Map(), failure: new Error('no time left') });
    expect(only(await other)).toMatchObject({ id: jobId });
  });

  test('ends with what was read by then', async () => {
    const jobIds = jobs(150);
    const aborting = new AbortController();
    const poll = read(readerOf(60_000), jobIds, aborting.signal);
    await sleep(200);
    aborting.abort();
    const { readings, failure } = await poll;
    expect([...readings.keys()]).toEqual(jobIds.slice(0, 100));
    expect(failure).toMatchObject({ name: 'AbortError' });
  });

  test('of a signal that has aborted sends nothing', async () => {
    const [jobId] = jobs(1);
    expect(await read(readerOf(), [jobId!], AbortSignal.abort())).toMatchObject({ failure: expect.anything() });
    await sleep(100);
    expect(paths()).toHaveLength(0);
  });
});

test('a request is made in the context of an activity that waits for it', async () => {
  const activity = new AsyncLocalStorage<string>();
  const seen: unknown[] = [];
  const onPoll = () => seen.push(activity.getStore());
  const reader = new JobReader(client, { minRequestInterval: 100, batchWindow: 20 }, { onPoll });
  const aborting = new AbortController();
  const first = activity.run('first', () => read(reader, jobs(150), aborting.signal));
  await requestsSent(1);
  const second = activity.run('second', () => read(reader, jobs(1)));
  aborting.abort();
  await Promise.all([first, second]);
  expect(seen).toEqual(['first', 'second']);
});

describe('a request that fails', () => {
  const failsFor = (jobId: string, status: number) =>
    zendesk.injectFault({ kind: 'status', status, match: { path: jobId }, times: Infinity });

  test.each([400, 404, 422, 500])('with %i because of one job concerns the poll of that job alone', async (status) => {
    const jobIds = jobs(40);
    failsFor(jobIds[17]!, status);
    const reader = readerOf();
    const polls = await Promise.all(jobIds.map((jobId) => read(reader, [jobId])));
    polls.forEach((poll, i) => {
      expect(poll.failure).toBeUndefined();
      if (i !== 17) expect(only(poll)).toMatchObject({ id: jobIds[i] });
      else if (status === 404) expect(only(poll)).toBe('missing');
      else expect(poll.failures.get(jobIds[17]!)).toMatchObject({ status });
    });
    expect(paths().length).toBeLessThanOrEqual(20);
  });

  test('fails all polls while Zendesk answers no one, after two requests', async () => {
    const jobIds = jobs(100);
    const reader = readerOf();
    zendesk.injectFault({ kind: 'status', status: 500, times: Infinity });
    const polls = await Promise.all(jobIds.map((jobId) => read(reader, [jobId])));
    for (const { failure } of polls) expect(failure).toBeInstanceOf(ZendeskUnavailableError);
    expect(paths()).toHaveLength(2);
  });

  test('fails the polls that it was sent for, and no others, where it is about the account', async () => {
    const jobIds = jobs(150);
    const reader = readerOf();
    zendesk.injectFault({ kind: 'status', status: 403 });
    const polls = await Promise.all(jobIds.map((jobId) => read(reader, [jobId])));
    expect(polls.filter(({ failure }) => failure !== undefined)).toHaveLength(100);
    expect(polls.filter((poll) => poll.readings.size === 1)).toHaveLength(50);
  });

  test('is not repeated for the other jobs by the next polls', async () => {
    const jobIds = jobs(8);
    failsFor(jobIds[0]!, 500);
    const reader = readerOf();
    await Promise.all(jobIds.map((jobId) => read(reader, [jobId])));
    const before = paths().length;
    await Promise.all(jobIds.map((jobId) => read(reader, [jobId])));
    const after = paths().slice(before);
    expect(after.filter((path) => path.includes(jobIds[0]!))).toEqual([`/api/v2/job_statuses/${jobIds[0]}`]);
  });
});

describe('a response with elements that cannot be read', () => {
  const odd = (path: RegExp, body: object) =>
    zendesk.injectFault({ kind: 'status', status: 200, body, match: { path } });
  const working = (id: string) => ({ id, status: 'working', total: 10, progress: 3, message: null, results: null });

  test('is read for the other jobs, and the one that is not in it is asked for alone', async () => {
    const jobIds = jobs(3);
    odd(/show_many/, { job_statuses: [working(jobIds[0]!), null, working(jobIds[2]!)] });
    const { readings, failures } = await read(readerOf(), jobIds);
    expect(jobIds.map((jobId) => (readings.get(jobId) as JobStatus).status)).toEqual([
      'working',
      'completed',
      'working',
    ]);
    expect(failures.size).toBe(0);
    expect(paths().slice(1)).toEqual([`/api/v2/job_statuses/${jobIds[1]}`]);
  });

  test('leaves a job missing that it does not have, where each element says its id', async () => {
    const jobIds = [...jobs(2), 'V3-unknown'];
    odd(/show_many/, { job_statuses: [working(jobIds[0]!), { id: jobIds[1], status: 7 }] });
    const { readings } = await read(readerOf(), jobIds);
    expect(readings.get('V3-unknown')).toBe('missing');
    expect(readings.get(jobIds[1]!)).toMatchObject({ status: 'completed' });
    expect(paths()).toHaveLength(2);
  });

  test('does not make a job missing that may be one of them', async () => {
    const jobIds = jobs(2);
    odd(/show_many/, { job_statuses: [null, null] });
    const { readings } = await find(readerOf(), jobIds);
    expect(jobIds.map((jobId) => (readings.get(jobId) as JobStatus).id)).toEqual(jobIds);
  });

  test('of a list is read for the other jobs', async () => {
    const jobId = zendesk.addJob({ onlyInList: true });
    odd(/page/, { job_statuses: [{ id: 'X', status: 7 }, working(jobId)], meta: { has_more: false } });
    expect(only(await find(readerOf(), [jobId]))).toMatchObject({ id: jobId, status: 'working' });
  });
});

describe('jobs that polls did not find', () => {
  test('are searched for by id, then in the list', async () => {
    const jobId = zendesk.addJob({ onlyInList: true });
    expect(only(await find(readerOf(), [jobId]))).toMatchObject({ id: jobId, status: 'completed' });
    expect(paths()).toEqual([`/api/v2/job_statuses/${jobId}`, expect.stringMatching(/job_statuses\?page/)]);
  });

  test('are not searched for in the list when they show by id', async () => {
    const [jobId] = jobs(1);
    expect(only(await find(readerOf(), [jobId!]))).toMatchObject({ id: jobId });
    expect(paths()).toHaveLength(1);
  });

  test('are found on a later page of the list, which is read no further than needed', async () => {
    const jobId = zendesk.addJob({ onlyInList: true, createdAt: Date.now() - 60_000 });
    jobs(150);
    expect(only(await find(readerOf(), [jobId]))).toMatchObject({ id: jobId });
    expect(paths().filter((path) => path.includes('page'))).toHaveLength(2);
  });

  test('are missing after three pages', async () => {
    jobs(500);
    expect(only(await find(readerOf(), ['V3-unknown']))).toBe('missing');
    expect(paths().filter((path) => path.includes('page'))).toHaveLength(3);
  });

  test('are asked for together, 100 in a request', async () => {
    const missing = Array.from({ length: 250 }, (_, i) => `V3-gone${i}`);
    const reader = readerOf();
    const searches = await Promise.all(missing.map((jobId) => find(reader, [jobId])));
    expect(searches.map(only)).toEqual(missing.map(() => 'missing'));
    expect(paths().map((path) => (path.includes('show_many') ? idsOf(path).length : 'list'))).toEqual([
      100,
      100,
      50,
      'list',
    ]);
  });
});

describe('one search serves all missing jobs of an account', () => {
  const steps = () =>
    paths().map((path) => {
      if (!path.includes('page')) return 'by id';
      return path.includes('after') ? 'later page' : 'first page';
    });

  test('a job that joins in mid-search gets the steps that are left, then those that it missed', async () => {
    jobs(500);
    const reader = readerOf(100);
    const first = find(reader, ['V3-first']);
    await requestsSent(2);
    const second = find(reader, ['V3-second']);
    expect([only(await first), only(await second)]).toEqual(['missing', 'missing']);
    expect(steps()).toEqual(['by id', 'first page', 'later page', 'later page', 'by id', 'first page']);
    expect(paths()[4]).toContain('V3-second');
  });

  test('100 jobs that vanish one after the other cost no more requests than the time allows', async () => {
    jobs(500);
    const reader = readerOf(50);
    const began = Date.now();
    const searches: Promise<JobReadings>[] = [];
    for (let i = 0; i < 100; i++) {
      searches.push(find(reader, [`V3-gone${i}`]));
      await sleep(5);
    }
    expect((await Promise.all(searches)).map(only)).toEqual(searches.map(() => 'missing'));
    expect(paths().length).toBeLessThanOrEqual((Date.now() - began) / 50 + 1);
    expect(paths().length).toBeLessThan(30);
  });

  test('polls and the search take turns', async () => {
    jobs(500);
    const reader = readerOf(50);
    const missing = find(reader, ['V3-gone']);
    const polled: Promise<unknown>[] = [];
    for (let i = 0; i < 4; i++) polled.push(read(reader, jobs(100)));
    await Promise.all([missing, ...polled]);
    const kinds = paths().map((path) => (path.includes('show_many') ? 'poll' : 'search'));
    expect(kinds.slice(0, 8)).toEqual(['poll', 'search', 'poll', 'search', 'poll', 'search', 'poll', 'search']);
  });

  test('it stands still while no caller waits, and goes on where it was', async () => {
    jobs(500);
    const reader = readerOf(100);
    const aborting = new AbortController();
    const first = find(reader, ['V3-gone'], aborting.signal);
    await requestsSent(2);
    aborting.abort();
    expect((await first).readings.size).toBe(0);
    await sleep(400);
    expect(steps()).toEqual(['by id', 'first page']);
    expect(only(await find(reader, ['V3-gone']))).toBe('missing');
    expect(steps()).toEqual(['by id', 'first page', 'later page', 'later page']);
  });

  test('a caller that does not wait gets what the search of others came to', async () => {
    jobs(500);
    const reader = readerOf();
    const other = find(reader, ['V3-other']);
    expect((await find(reader, ['V3-gone'], AbortSignal.abort())).readings.size).toBe(0);
    await other;
    expect(only(await find(reader, ['V3-gone'], AbortSignal.abort()))).toBe('missing');
    expect(steps().filter((step) => step === 'first page')).toHaveLength(1);
  });

  test('a request that fails fails all who wait, and the search goes on where it was', async () => {
    jobs(500);
    const reader = readerOf();
    zendesk.injectFault({ kind: 'status', status: 500, match: { path: /page%5Bafter/ } });
    const failed = await Promise.all([find(reader, ['V3-1']), find(reader, ['V3-2'])]);
    for (const { failure } of failed) expect(failure).toBeInstanceOf(ZendeskUnavailableError);
    expect(only(await find(reader, ['V3-1']))).toBe('missing');
    expect(steps()).toEqual(['by id', 'first page', 'later page', 'later page', 'later page']);
  });
});

describe('a response that is too large', () => {
  /** A status of some 100 KB. */
  const bigJob = (kilobytes = 100) =>
    zendesk.addJob({ total: 1, results: [{ index: 0, details: 'x'.repeat(kilobytes * 1000) }] });
  const limitTo = (maxBodyBytes: number) => {
    client.close();
    client = new ZendeskClient({ name: 'default', origin: zendesk.origin, credentials: undefined }, { maxBodyBytes });
  };

  test('is asked for in halves', async () => {
    limitTo(600_000);
    const jobIds = Array.from({ length: 10 }, () => bigJob());
    const { readings, failure } = await read(readerOf(), jobIds);
    expect(failure).toBeUndefined();
    expect(jobIds.map((jobId) => (readings.get(jobId) as JobStatus).id)).toEqual(jobIds);
    expect(paths().map((path) => idsOf(path).length)).toEqual([10, 5, 5]);
  });

  test('of one job among many leaves that one unreadable, and reads the others', async () => {
    limitTo(600_000);
    const jobIds = jobs(99);
    const tooLarge = bigJob(700);
    const { readings } = await read(readerOf(), [...jobIds, tooLarge]);
    expect(readings.get(tooLarge)).toBeInstanceOf(ZendeskResponseTooLargeError);
    for (const jobId of jobIds) expect(readings.get(jobId)).toMatchObject({ id: jobId });
    expect(paths().length).toBeLessThan(25);
  });

  test('does not delay polls of other jobs by more than a request', async () => {
    limitTo(600_000);
    const reader = readerOf(50);
    const large = read(
      reader,
      Array.from({ length: 20 }, () => bigJob(500)),
    );
    await requestsSent(3);
    const before = paths().length;
    const [healthy] = jobs(1);
    await read(reader, [healthy!]);
    expect(paths().length - before).toBeLessThanOrEqual(2);
    await large;
  });

  test('is not asked for again by an attempt that had no time to read all of it', async () => {
    limitTo(600_000);
    const reader = readerOf(100);
    const jobIds = Array.from({ length: 8 }, () => bigJob(500));
    const aborting = new AbortController();
    const poll = read(reader, jobIds, aborting.signal);
    await requestsSent(2); // for 8 and for 4 jobs
    aborting.abort();
    expect((await poll).readings.size).toBe(0);
    const before = paths().length;
    const { readings } = await read(reader, jobIds);
    expect(readings.size).toBe(8);
    const sizes = paths()
      .slice(before)
      .map((path) => idsOf(path).length);
    expect(Math.max(...sizes)).toBeLessThan(4);
  });

  test('of the list is asked for in smaller pages', async () => {
    limitTo(600_000);
    const jobId = zendesk.addJob({ onlyInList: true, createdAt: Date.now() - 60_000 });
    for (let i = 0; i < 20; i++) bigJob();
    expect(only(await find(readerOf(), [jobId]))).toMatchObject({ id: jobId });
    expect(paths().filter((path) => path.includes('page')).length).toBeLessThan(20);
  });

  test('of one job ends the search of the list there', async () => {
    limitTo(600_000);
    zendesk.addJob({ createdAt: Date.now() - 60_000 });
    bigJob(700);
    expect(only(await find(readerOf(), ['V3-gone']))).toBe('missing');
    expect(paths().filter((path) => path.includes('page')).length).toBeLessThan(10);
  });
});

describe('a pause that Zendesk asks for holds for all polls of the account', () => {
  test.each([
    ['429', 'rate-limit', ZendeskRateLimitedError],
    ['503', 'unavailable', ZendeskUnavailableError],
  ] as const)('%s with Retry-After: no request is sent until it is over', async (_, kind, error) => {
    const [jobId] = jobs(1);
    const reader = readerOf();
    zendesk.injectFault({ kind, retryAfter: 30 });
    expect((await read(reader, [jobId!])).failure).toBeInstanceOf(error);

    now += 29_000;
    expect((await read(reader, [jobId!])).failure).toMatchObject({ name: 'AccountPausedError', remaining: 1000 });
    expect((await find(reader, [jobId!])).failure).toMatchObject({ name: 'AccountPausedError', remaining: 1000 });
    expect(paths()).toHaveLength(1);

    now += 1_000;
    expect(only(await read(reader, [jobId!]))).toMatchObject({ id: jobId });
  });

  test('429 without Retry-After: 5 s, doubled with each in a row up to a minute, forgotten after a success', async () => {
    const [jobId] = jobs(1);
    const reader = readerOf();
    const pauses: number[] = [];
    for (let i = 0; i < 6; i++) {
      zendesk.injectFault({ kind: 'rate-limit' });
      expect((await read(reader, [jobId!])).failure).toBeInstanceOf(ZendeskRateLimitedError);
      const { failure } = await read(reader, [jobId!]);
      const { remaining } = failure as { remaining: number };
      pauses.push(remaining);
      now += remaining;
    }
    expect(pauses).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000]);
    await read(reader, [jobId!]);
    zendesk.injectFault({ kind: 'rate-limit' });
    await read(reader, [jobId!]);
    expect((await read(reader, [jobId!])).failure).toMatchObject({ remaining: 5_000 });
  });

  test('a pause that is prolonged is reported with what was added, one that is not is not reported again', async () => {
    const reported: number[] = [];
    const reader = new JobReader(client, { now: () => now }, { onPause: (added) => reported.push(added) });
    for (const retryAfter of [10, 30, 20]) zendesk.injectFault({ kind: 'rate-limit', retryAfter });
    // Sent together, before any of them is answered; the responses may come in another order.
    await Promise.allSettled([reader.ask(), reader.ask(), reader.ask()]);
    expect(reported.reduce((sum, added) => sum + added)).toBe(30_000);
    await expect(reader.ask()).rejects.toMatchObject({ remaining: 30_000 });
  });

  test('500 without Retry-After pauses nothing', async () => {
    const [jobId] = jobs(1);
    const reader = readerOf();
    zendesk.injectFault({ kind: 'status', status: 500 });
    expect((await read(reader, [jobId!])).failures.get(jobId!)).toBeInstanceOf(ZendeskUnavailableError);
    expect(only(await read(reader, [jobId!]))).toMatchObject({ id: jobId });
  });

  test('polls and searches that wait when the pause begins fail at once', async () => {
    const jobIds = jobs(120);
    const reader = readerOf(60_000);
    zendesk.injectFault({ kind: 'rate-limit', retryAfter: 30 });
    const waits = [...jobIds.map((jobId) => read(reader, [jobId])), find(reader, ['V3-gone'])];
    const failures = (await Promise.all(waits)).map(({ failure }) => (failure as Error).name);
    expect(failures.filter((name) => name === 'ZendeskRateLimitedError')).toHaveLength(100);
    expect(failures.filter((name) => name === 'AccountPausedError')).toHaveLength(21);
    expect(paths()).toHaveLength(1);
  });
});

describe('a request for the number of jobs in flight', () => {
  test('needs no job', async () => {
    await readerOf().ask();
    expect(paths()).toEqual([expect.stringMatching(/job_statuses\?page%5Bsize%5D=1$/)]);
  });

  test('is not sent while the account is paused, and a 429 pauses the account', async () => {
    const reader = readerOf();
    zendesk.injectFault({ kind: 'rate-limit', retryAfter: 30 });
    await expect(reader.ask()).rejects.toThrow(ZendeskRateLimitedError);
    await expect(reader.ask()).rejects.toThrow('the account is paused');
    expect(paths()).toHaveLength(1);
  });
});
