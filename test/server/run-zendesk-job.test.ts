import type { WorkflowHandle } from '@temporalio/client';
import type { ZendeskJobOutcome, ZendeskRunProgress } from '../../src/common/types';
import { FakeZendesk, type FaultOptions } from '../../src/testing';
import { startProxy, type CuttingProxy } from '../support/cutting-proxy';
import { eventually } from '../support/eventually';
import { eventCount, failureOf, startSuite, type Suite } from '../support/suite';

let zendesk: FakeZendesk;
let strict: FakeZendesk;
let proxy: CuttingProxy;
let suite: Suite;

beforeAll(async () => {
  const jobDefaults = { queuedFor: 0, duration: 500 };
  const onRecord = ({ fails }: Record<string, unknown>) =>
    fails ? { error: 'UserCreateError', details: 'Email: is invalid' } : undefined;
  zendesk = await FakeZendesk.start({ jobDefaults, jobLimit: 1000, onRecord });
  strict = await FakeZendesk.start({ jobDefaults, bulkUserImport: false, auth: { oauthTokens: ['the-right-token'] } });
  proxy = await startProxy(zendesk.origin);
  suite = await startSuite({
    accounts: {
      default: { baseUrl: zendesk.origin },
      proxied: { baseUrl: proxy.origin },
      unauthorized: { baseUrl: strict.origin, oauthToken: 'another-token' },
      withoutImport: { baseUrl: strict.origin, oauthToken: 'the-right-token' },
    },
    options: { timeout: 5000, reader: { minRequestInterval: 50 } },
  });
});

afterAll(async () => {
  await suite.stop();
  await proxy.stop();
  await strict.stop();
  await zendesk.stop();
});

const run = (input: object) => suite.start('runZendeskJob', [input]);
const outcomeOf = async (handle: WorkflowHandle) => (await handle.result()) as ZendeskJobOutcome;
const progressOf = (handle: WorkflowHandle) => handle.query<ZendeskRunProgress>('progress');

/** Tickets, not safe to create twice. The marker finds their requests and their jobs. */
const create = (marker: string, count = 1) => ({
  operation: 'tickets/create_many',
  items: Array.from({ length: count }, (_, i) => ({ subject: `${marker} ${i}`, comment: { body: marker } })),
});
/** Users, safe to upsert twice. */
const upsert = (marker: string, count = 1) => ({
  operation: 'users/create_or_update_many',
  items: Array.from({ length: count }, (_, i) => ({
    name: marker,
    email: `user${i}@example.com`,
    external_id: `crm-${i}`,
  })),
});

const marked = (entries: readonly object[], marker: string) =>
  entries.filter((entry) => JSON.stringify(entry).includes(`"${marker}`));
const requestsFor = (marker: string) => marked(zendesk.requests, marker) as { at: number }[];
const jobsFor = (marker: string) => (marked(zendesk.starts, marker) as { jobId: string }[]).map(({ jobId }) => jobId);
const listed = (jobId: string) => expect.objectContaining({ jobId }) as unknown;

/** Trouble with the start of the records so marked. */
function fault(marker: string, options: FaultOptions): void {
  zendesk.injectFault({ match: (request) => marked([request], marker).length > 0, ...options });
}

describe('the outcome', () => {
  test('tells of every record by its own index, external id and e-mail', async () => {
    const { items, operation } = upsert('outcome', 5);
    const handle = await run({ operation, items: items.map((item, i) => ({ ...item, fails: i === 3 })) });
    const outcome = await outcomeOf(handle);
    expect(outcome).toMatchObject({ account: 'default', status: 'completed', succeeded: 4, failed: 1, total: 5 });
    expect(outcome.results.map(({ index, ok, externalId, email }) => [index, ok, externalId, email])).toEqual(
      items.map((item, i) => [i, i !== 3, item.external_id, item.email]),
    );
    expect(outcome.results[3]).toMatchObject({ error: 'UserCreateError', details: 'Email: is invalid' });
    expect(await progressOf(handle)).toMatchObject({ operation, jobId: outcome.jobId, status: 'completed' });
    expect(await eventCount(handle)).toBeLessThanOrEqual(70);
  });

  test('is thrown when records failed and that is asked for', async () => {
    const { items, operation } = upsert('thrown');
    const handle = await run({ operation, items: [{ ...items[0], fails: true }, items[0]], failOnItemErrors: true });
    expect(await failureOf(handle)).toMatchObject({ type: 'ZendeskItemsFailed' });
  });
});

describe('a start that was refused for certain is sent again, and ends in exactly one job', () => {
  const tooManyJobs = { error: 'TooManyJobs', description: 'Too many jobs are currently queued or running.' };

  test('whatever the refusal, Retry-After obeyed', async () => {
    const refusals: [string, FaultOptions, number][] = [
      ['429', { kind: 'rate-limit' }, 2000],
      ['429 with Retry-After', { kind: 'rate-limit', retryAfter: 4 }, 4000],
      ['TooManyJobs', { kind: 'status', status: 429, body: tooManyJobs }, 2000],
      ['TooManyJobs with Retry-After', { kind: 'status', status: 429, body: tooManyJobs, retryAfter: 3 }, 3000],
      ['TooManyJobs as 422', { kind: 'status', status: 422, body: tooManyJobs }, 2000],
      ['TooManyJobs as 422 after', { kind: 'status', status: 422, body: tooManyJobs, retryAfter: 3 }, 3000],
      ['TooManyJobs as 200', { kind: 'status', status: 200, body: tooManyJobs }, 2000],
      ['409', { kind: 'status', status: 409, body: { error: 'DatabaseConflict' } }, 2000],
    ];
    const seen = await Promise.all(
      refusals.map(async ([marker, options, least]) => {
        fault(`${marker}:`, options);
        const { status, jobId } = await outcomeOf(await run(create(`${marker}:`)));
        const [first, second, ...others] = requestsFor(`${marker}:`).map(({ at }) => at);
        const obeyed = second! - first! >= least;
        return { marker, status, obeyed, others, onlyJob: jobsFor(`${marker}:`).join() === jobId };
      }),
    );
    expect(seen).toEqual(
      refusals.map(([marker]) => ({ marker, status: 'completed', obeyed: true, others: [], onlyJob: true })),
    );
  });

  test('after longer and longer waits where Zendesk does not say how long', async () => {
    fault('patient', { kind: 'rate-limit', times: 3 });
    const { jobId } = await outcomeOf(await run(create('patient')));
    const times = requestsFor('patient').map(({ at }) => at);
    const waits = times.slice(1).map((time, i) => time - times[i]!);
    expect(waits).toHaveLength(3);
    expect(waits[1]).toBeGreaterThanOrEqual(4000);
    expect(waits[2]).toBeGreaterThanOrEqual(8000);
    expect(jobsFor('patient')).toEqual([jobId]);
  });

  test('as soon as Zendesk can be reached', async () => {
    await proxy.close();
    const handle = await run({ account: 'proxied', ...create('reached') });
    await eventually('a durable timer', async () => {
      const { events } = await handle.fetchHistory();
      return events?.some(({ timerStartedEventAttributes: timer }) => timer);
    });
    await proxy.open();
    const { jobId } = await outcomeOf(handle);
    expect(jobsFor('reached')).toEqual([jobId]);
  });

  test('or fails when the time is up, with the words of the last refusal', async () => {
    fault('forever', { kind: 'rate-limit', times: Infinity });
    const failure = await failureOf(await run({ ...create('forever'), timeout: '15s' }));
    expect(failure).toMatchObject({ type: 'ZendeskJobTimedOut', nonRetryable: true });
    expect(failure.message).toMatch(/no job was queued\. The last failure: .*Number of allowed API requests/);
    expect(jobsFor('forever')).toEqual([]);
  });
});

describe('a start that would be refused again fails at once', () => {
  test.each<[string, FaultOptions, string, RegExp]>([
    [
      '400',
      { kind: 'status', status: 400, body: { error: 'TooManyValues', description: 'cannot specify more than 100' } },
      'ZendeskRequestRejected',
      /400 Bad Request .*TooManyValues: cannot specify more than 100/,
    ],
    ['401', { kind: 'status', status: 401 }, 'ZendeskAuthenticationFailed', /Couldn't authenticate you/],
    ['403', { kind: 'status', status: 403 }, 'ZendeskRequestRejected', /403 Forbidden .*You do not have access/],
    ['404', { kind: 'not-found' }, 'ZendeskRequestRejected', /404 Not Found .*RecordNotFound/],
    ['422', { kind: 'status', status: 422 }, 'ZendeskRequestRejected', /RecordInvalid.*Description: cannot be blank/],
    ['redirect', { kind: 'redirect' }, 'ZendeskRequestRejected', /redirected to https:\/\/elsewhere\.invalid/],
  ])('%s, with what Zendesk said', async (name, options, type, words) => {
    for (const start of [create(`${name} unsafe`), upsert(`${name} safe`)]) {
      const marker = `${name} ${start.operation.startsWith('t') ? 'unsafe' : 'safe'}`;
      fault(marker, options);
      const failure = await failureOf(await run(start));
      expect(failure).toMatchObject({ type, nonRetryable: true });
      expect(failure.message).toMatch(words);
      expect(failure.details?.[0]).toMatchObject({ account: 'default', operation: start.operation });
      expect(requestsFor(marker)).toHaveLength(1);
      expect(jobsFor(marker)).toEqual([]);
    }
  });

  test('a token that Zendesk does not accept', async () => {
    const failure = await failureOf(await run({ account: 'unauthorized', ...create('token') }));
    expect(failure).toMatchObject({ type: 'ZendeskAuthenticationFailed', nonRetryable: true });
    expect(JSON.stringify(failure)).not.toContain('another-token');
  });

  test('users, where bulk user import is not enabled', async () => {
    const failure = await failureOf(await run({ account: 'withoutImport', ...upsert('import') }));
    expect(failure).toMatchObject({ type: 'ZendeskRequestRejected', nonRetryable: true });
    expect(failure.message).toContain('Zendesk may not have enabled bulk user import');
  });
});

describe('a start of which nobody can know whether it arrived', () => {
  const doubts: [string, FaultOptions][] = [
    ['connection reset', { kind: 'reset', takesEffect: true }],
    ['500', { kind: 'status', status: 500, takesEffect: true }],
    ['503', { kind: 'unavailable', takesEffect: true }],
    ['408', { kind: 'status', status: 408, takesEffect: true }],
    ['no answer', { kind: 'hang', takesEffect: true }],
    ['broken answer', { kind: 'truncated' }],
    ['answer that is no job status', { kind: 'empty-object', takesEffect: true }],
    ['page of HTML', { kind: 'html', takesEffect: true }],
  ];

  test('is never sent again where that could do the work twice: ZendeskStartUncertain with the candidates', async () => {
    const before = Date.now();
    // Each of another size, so that none is a candidate of another one.
    const seen = await Promise.all(
      doubts.map(async ([name, options], i) => {
        const marker = `unsafe ${name}:`;
        fault(marker, options);
        const { type, nonRetryable, message, details } = await failureOf(await run(create(marker, 11 + i)));
        const { candidates, startedAt, operation } = details![0] as Record<string, unknown>;
        expect(Date.parse(startedAt as string)).toBeGreaterThanOrEqual(before - 1000);
        const jobs = jobsFor(marker);
        const found = (candidates as { jobId: string }[]).map(({ jobId }) => jobId);
        return {
          name,
          type,
          nonRetryable,
          operation,
          words: /whether Zendesk received the start of .* is unknown/.test(message),
          jobs,
          found,
        };
      }),
    );
    for (const { jobs, found } of seen) expect([jobs.length, found]).toEqual([1, jobs]);
    for (const each of seen) {
      expect(each).toMatchObject({
        type: 'ZendeskStartUncertain',
        nonRetryable: true,
        operation: 'tickets/create_many',
        words: true,
      });
    }
  });

  test('is sent again where that leaves everything as it is', async () => {
    const seen = await Promise.all(
      doubts.map(async ([name, options]) => {
        const marker = `safe ${name}:`;
        fault(marker, options);
        const { status, jobId } = await outcomeOf(await run(upsert(marker)));
        return { name, status, requests: requestsFor(marker).length, last: jobsFor(marker).at(-1) === jobId };
      }),
    );
    expect(seen).toEqual(doubts.map(([name]) => ({ name, status: 'completed', requests: 2, last: true })));
  });

  test('stays uncertain, with nothing to show for it, where the list cannot be read', async () => {
    fault('no list', { kind: 'reset', takesEffect: true });
    const listFault = zendesk.injectFault({ kind: 'status', status: 403, match: { path: /job_statuses\?page/ } });
    const failure = await failureOf(await run(create('no list', 21)));
    listFault.remove();
    expect(failure).toMatchObject({ type: 'ZendeskStartUncertain' });
    expect(failure.details?.[0]).toMatchObject({ candidates: [] });
    expect(jobsFor('no list')).toHaveLength(1);
  });

  test('says which it is when the run is cancelled meanwhile', async () => {
    fault('cancelled in doubt', { kind: 'reset', takesEffect: true, delay: 1500 });
    const handle = await run(create('cancelled in doubt', 22));
    await eventually('the start', () => requestsFor('cancelled in doubt').length > 0);
    await handle.cancel();
    const failure = await failureOf(handle);
    expect(failure).toMatchObject({ type: 'ZendeskStartUncertain' });
    expect(failure.details?.[0]).toMatchObject({ candidates: [listed(jobsFor('cancelled in doubt')[0]!)] });
  });
});

describe('adoption', () => {
  let nothing: WorkflowHandle;
  const adopt = (marker: string, count: number) => run({ ...create(marker, count), onUncertainStart: 'adopt' });
  const stranger = (total: number, duration = 500) =>
    zendesk.addJob({ operation: 'tickets/create_many', total, duration });
  const sent = (marker: string) => eventually('the start', () => requestsFor(marker).length > 0);

  // The search takes a minute, that of the other tests.
  beforeAll(async () => {
    fault('none', { kind: 'reset' });
    stranger(31);
    nothing = await adopt('none', 31);
  });

  test('takes over the one job that fits, older look-alikes aside', async () => {
    const older = [stranger(32), stranger(32, 60_000)];
    fault('one', { kind: 'reset', takesEffect: true });
    const handle = await adopt('one', 32);
    const { jobId, status, succeeded } = await outcomeOf(handle);
    expect({ jobId, status, succeeded }).toEqual({ jobId: jobsFor('one')[0], status: 'completed', succeeded: 32 });
    expect(older).not.toContain(jobId);
    expect(jobsFor('one')).toHaveLength(1);
    expect(await progressOf(handle)).toMatchObject({ jobId });
  });

  test('waits for a job that is listed late', async () => {
    fault('late', { kind: 'reset', takesEffect: true, delay: 1000 });
    const handle = await adopt('late', 33);
    await sent('late');
    const empty = { job_statuses: [], meta: { has_more: false, after_cursor: null }, links: { next: null } };
    const hidden = zendesk.injectFault({
      kind: 'status',
      status: 200,
      body: empty,
      times: 3,
      match: { path: /job_statuses\?page/ },
    });
    const { jobId } = await outcomeOf(handle);
    hidden.remove();
    expect(jobsFor('late')).toEqual([jobId]);
  });

  test('leaves two jobs that fit to people, though one is a stranger of the same type and size', async () => {
    fault('two', { kind: 'reset', takesEffect: true, delay: 1500 });
    const handle = await adopt('two', 34);
    await sent('two');
    const foreign = stranger(34);
    const failure = await failureOf(handle);
    expect(failure).toMatchObject({ type: 'ZendeskStartUncertain' });
    const { candidates } = failure.details![0] as { candidates: unknown[] };
    expect(candidates).toHaveLength(2);
    expect(candidates).toEqual(expect.arrayContaining([listed(foreign), listed(jobsFor('two')[0]!)]));
    expect(jobsFor('two')).toHaveLength(1);
  });

  test("does not take over a stranger's job that was listed before its own", async () => {
    fault('foreign first', { kind: 'reset', takesEffect: true, delay: 1000 });
    const handle = await adopt('foreign first', 35);
    await sent('foreign first');
    const foreign = stranger(35, 60_000);
    const list = { job_statuses: [zendesk.job(foreign)], meta: { has_more: false }, links: { next: null } };
    zendesk.injectFault({ kind: 'status', status: 200, body: list, match: { path: /job_statuses\?page/ } });
    const failure = await failureOf(handle);
    expect(failure).toMatchObject({ type: 'ZendeskStartUncertain' });
    expect((failure.details![0] as { candidates: unknown[] }).candidates).toHaveLength(2);
  });

  test('has nothing to take over where no job fits, and does not start one', async () => {
    const failure = await failureOf(nothing);
    expect(failure).toMatchObject({ type: 'ZendeskStartUncertain' });
    expect(failure.message).toContain('no listed jobs fit');
    expect(failure.details?.[0]).toMatchObject({ candidates: [] });
    expect(requestsFor('none')).toHaveLength(1);
  }, 120_000);
});

describe('an input that cannot be right fails before any request', () => {
  const [user] = upsert('input').items;
  test.each<[string, object, RegExp]>([
    ['an unknown operation', { operation: 'ticket/create_many', items: [{}] }, /did you mean tickets\/create_many or /],
    ['no operation', { items: [{}] }, /operation/],
    ['101 records', create('input', 101), /expected 1 to 100 .* got 101: use runZendeskBulk/],
    ['no records', create('input', 0), /expected 1 to 100/],
    ['records in place of ids', { operation: 'tickets/destroy_many', items: [{ id: 1 }] }, /ids/],
    [
      'users without a key',
      { operation: upsert('').operation, items: [user, { name: 'No key' }] },
      /items\[1\]\.email/,
    ],
    ['a path parameter that is missing', { operation: 'deleted_tickets/{ticket_id}' }, /ticket_id/],
    ['over 1.5 MB', { ...create('input'), items: [{ subject: 'x'.repeat(1_500_000) }] }, /at most 1.* of JSON, got 1/],
    ['a wrong mode', { ...create('input'), onUncertainStart: 'retry' }, /onUncertainStart/],
    ['a wrong timeout', { ...create('input'), timeout: 'soon' }, /timeout/],
  ])('%s', async (_, input, words) => {
    const before = zendesk.requests.length;
    const failure = await failureOf(await run(input));
    expect(failure).toMatchObject({ type: 'ZendeskInputInvalid', nonRetryable: true });
    expect(failure.message).toMatch(words);
    expect(zendesk.requests).toHaveLength(before);
  });
});

describe('a start that is under way', () => {
  test('shows as starting, then with the job', async () => {
    fault('shown', { kind: 'slow', delay: 1500 });
    const handle = await run(create('shown', 41));
    await eventually('the start', () => requestsFor('shown').length > 0);
    expect(await progressOf(handle)).toMatchObject({ status: 'starting', jobId: null, total: 41 });
    const { jobId } = await outcomeOf(handle);
    expect(await progressOf(handle)).toMatchObject({ status: 'completed', jobId, total: 41 });
  });

  test('settles before a cancelled run ends, so that its job is known', async () => {
    fault('settles', { kind: 'slow', delay: 1500 });
    const handle = await run(create('settles', 42));
    await eventually('the start', () => requestsFor('settles').length > 0);
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow('Workflow execution cancelled');
    expect((await handle.describe()).status.name).toBe('CANCELLED');
    expect(jobsFor('settles')).toHaveLength(1);
    expect(await progressOf(handle)).toMatchObject({ jobId: jobsFor('settles')[0] });
  });

  test('is not sent again once its run is cancelled between two tries', async () => {
    fault('given up', { kind: 'rate-limit', retryAfter: 600 });
    const handle = await run(create('given up', 43));
    await eventually('the durable timer', async () => {
      const { events } = await handle.fetchHistory();
      return events?.some(({ timerStartedEventAttributes: timer }) => timer);
    });
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow('Workflow execution cancelled');
    expect(requestsFor('given up')).toHaveLength(1);
  });
});
