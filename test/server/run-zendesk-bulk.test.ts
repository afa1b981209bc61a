import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import type { ZendeskSink, ZendeskSource } from '../../src/activities';
import type { BulkRow } from '../../src/common/bulk';
import type { RunZendeskBulkInput, RunZendeskBulkResult, ZendeskBulkProgress } from '../../src/common/bulk-types';
import { FakeZendesk } from '../../src/testing';
import { eventually } from '../support/eventually';
import { failureOf, startSuite, type Suite } from '../support/suite';

let zendesk: FakeZendesk;
let suite: Suite;
let folder: string;
/** What the sources and sinks of a test do, by name. */
let source: ZendeskSource;
let sink: ZendeskSink;
/** How often a record was seen by Zendesk, by its name. */
const seen = new Map<string, number>();

beforeAll(async () => {
  zendesk = await FakeZendesk.start({
    jobDefaults: { queuedFor: 0, duration: 300 },
    onRecord(record) {
      const name = String(record['name'] ?? record['subject'] ?? record['id']);
      seen.set(name, (seen.get(name) ?? 0) + 1);
      if (name.startsWith('wrong')) return { error: 'UserCreateError', details: 'Email: is not properly formatted' };
      if (name.startsWith('busy') && seen.get(name)! < 3) return { error: 'DatabaseConflict', details: 'try again' };
      if (name.startsWith('stuck')) return { error: 'LockTimeout', details: 'Lock wait: try again' };
      return undefined;
    },
  });
  suite = await startSuite({
    accounts: { default: { baseUrl: zendesk.origin } },
    activities: {
      sources: { own: (args, cursor) => (source as (...given: unknown[]) => never)(args, cursor) },
      sinks: {
        own: {
          write: (rows, context) => (typeof sink === 'function' ? sink : sink.write)(rows, context),
          close: (context) => (typeof sink === 'function' ? undefined : sink.close?.(context)),
        },
      },
    },
  });
});

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'bulk-'));
});

afterEach(async () => {
  zendesk.clearFaults();
  await rm(folder, { recursive: true });
});

afterAll(async () => {
  await suite.stop();
  await zendesk.stop();
});

const bulk = (input: RunZendeskBulkInput) => suite.start('runZendeskBulk', [input]);
const resultOf = async (handle: WorkflowHandle) => (await handle.result()) as RunZendeskBulkResult;
const progressOf = (handle: WorkflowHandle) => handle.query<ZendeskBulkProgress>('progress');
const operation = 'users/create_or_update_many';
const users = (count: number, name = 'Ann') =>
  Array.from({ length: count }, (_, i) => ({ name: `${name} ${i}`, external_id: `${name}-${i}` }));
const tickets = (count: number, subject: string) =>
  Array.from({ length: count }, (_, i) => ({ subject: `${subject} ${i}` }));
/** Starts whose records bear the name. */
const startsOf = (name: string) => zendesk.starts.filter((entry) => JSON.stringify(entry).includes(`"${name} `));

async function file(lines: unknown[]): Promise<string> {
  const name = path.join(folder, 'records.ndjson');
  await writeFile(name, lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''));
  return name;
}

async function rowsIn(name: string): Promise<BulkRow[]> {
  const text = await readFile(name, 'utf8');
  return text.split('\n').flatMap((line) => (line === '' ? [] : (JSON.parse(line) as BulkRow)));
}

describe('every record', () => {
  test('goes through as many jobs as it takes', async () => {
    const handle = await bulk({ operation, items: users(250) });
    expect(await resultOf(handle)).toEqual({
      total: 250,
      succeeded: 250,
      failed: 0,
      retried: 0,
      superseded: 0,
      jobs: 3,
      failures: [],
      failuresOmitted: 0,
      uncertain: [],
      uncertainRecords: 0,
      uncertainOmitted: 0,
    });
    expect(await progressOf(handle)).toMatchObject({ status: 'completed', progress: 250, total: 250, jobIds: [] });
  });

  test('comes from a file, and its row goes into one, in the order of the source', async () => {
    const args = { path: path.join(folder, 'rows.ndjson') };
    const records = { name: 'ndjson', args: { path: await file(users(1_050, 'Bob')) } };
    const handle = await bulk({ operation, source: records, sink: { name: 'ndjson', args } });
    expect(await resultOf(handle)).toMatchObject({ total: 1_050, succeeded: 1_050, jobs: 11 });
    const rows = await rowsIn(args.path);
    expect(rows.map(({ index }) => index)).toEqual([...Array(1_050).keys()]);
    expect(rows[1_049]).toMatchObject({ result: 'succeeded', externalId: 'Bob-1049', item: { name: 'Bob 1049' } });
  });

  test('can be an id', async () => {
    const items = Array.from({ length: 150 }, (_, i) => (i % 2 ? { id: 1_000 + i } : 1_000 + i));
    const result = await resultOf(await bulk({ operation: 'tickets/destroy_many', items }));
    expect(result).toMatchObject({ total: 150, succeeded: 150, jobs: 2 });
  });

  test('that fails is told with its place in the source, its id and itself', async () => {
    const items = users(130, 'Cy');
    items[117] = { name: 'wrong 117', external_id: 'x-117' };
    const { succeeded, failed, failures } = await resultOf(await bulk({ operation, items }));
    expect({ succeeded, failed }).toEqual({ succeeded: 129, failed: 1 });
    expect(failures).toEqual([
      {
        index: 117,
        externalId: 'x-117',
        error: 'UserCreateError',
        details: 'Email: is not properly formatted',
        item: items[117],
      },
    ]);
  });

  test('that fails for a reason that passes is sent again, alone; three times at most', async () => {
    const items = users(20, 'Di');
    items[3] = { name: 'busy 3', external_id: 'x-3' };
    items[7] = { name: 'stuck 7', external_id: 'x-7' };
    const result = await resultOf(await bulk({ operation, items }));
    expect(result).toMatchObject({ total: 20, succeeded: 19, failed: 1, retried: 4, jobs: 3 });
    expect(result.failures).toMatchObject([{ index: 7, error: 'LockTimeout' }]);
    expect([seen.get('Di 0'), seen.get('busy 3'), seen.get('stuck 7')]).toEqual([1, 3, 3]);
  });

  test('that Zendesk would refuse with all others of its job is set apart before, and fails alone', async () => {
    const items: object[] = users(10, 'Ed');
    items[4] = { name: 'without a key' };
    const result = await resultOf(await bulk({ operation, items }));
    expect(result).toMatchObject({ succeeded: 9, failed: 1, jobs: 1 });
    expect(result.failures).toMatchObject([{ index: 4, error: 'ZendeskInputInvalid', item: items[4] }]);
    expect(result.failures[0]!.details).toContain('expected email or external_id');
  });

  test('of a job that was killed is uncertain where it is not safe to repeat, and the run goes on', async () => {
    const handle = await bulk({ operation: 'tickets/create_many', items: tickets(120, 'killed'), maxJobs: 1 });
    const start = await eventually('a start', () => startsOf('killed')[0]);
    zendesk.killJob(start.jobId);
    const result = await resultOf(handle);
    expect(result).toMatchObject({ total: 120, succeeded: 20, failed: 0, uncertainRecords: 100, jobs: 2 });
    expect(result.uncertain).toMatchObject([{ batch: 1, count: 100, candidates: [{ jobId: start.jobId }] }]);
    expect(result.uncertain[0]!.reason).toContain('ZendeskJobKilled');
  });

  test('of a job that was killed is sent again where that is safe', async () => {
    const handle = await bulk({ operation, items: users(120, 'Zed'), maxJobs: 1 });
    const start = await eventually('a start', () => startsOf('Zed')[0]);
    zendesk.killJob(start.jobId);
    expect(await resultOf(handle)).toMatchObject({ total: 120, succeeded: 120, retried: 100, jobs: 3 });
  });
});

describe('a start', () => {
  test('of which nobody knows sets its batch aside, is never sent again, and holds up no other', async () => {
    const isLast = (entry: object) => JSON.stringify(entry).includes('"doubt 200"');
    zendesk.injectFault({ kind: 'reset', takesEffect: true, match: isLast });
    const result = await resultOf(await bulk({ operation: 'tickets/create_many', items: tickets(237, 'doubt') }));
    expect(result).toMatchObject({ total: 237, succeeded: 200, failed: 0 });
    expect(result.uncertain).toMatchObject([{ batch: 3, firstIndex: 200, count: 37, candidates: [{}] }]);
    expect(startsOf('doubt')).toHaveLength(3);
  });

  test('is adopted where that was asked for, among others of the same run', async () => {
    const isFirst = (entry: object) => JSON.stringify(entry).includes('"adopt 0"');
    zendesk.injectFault({ kind: 'reset', takesEffect: true, match: isFirst });
    const input = {
      operation: 'tickets/create_many',
      items: tickets(163, 'adopt'),
      onUncertainStart: 'adopt' as const,
    };
    const result = await resultOf(await bulk(input));
    expect(result).toMatchObject({ total: 163, succeeded: 163, jobs: 2, uncertain: [] });
    expect(startsOf('adopt')).toHaveLength(2);
  });

  test('that is refused for now is sent when there is room, once', async () => {
    const isOurs = (entry: object) => JSON.stringify(entry).includes('"crowd ');
    const body = { error: 'TooManyJobs', description: 'Too many jobs', current_job_ids: [] };
    zendesk.injectFault({ kind: 'status', status: 422, body, times: 3, match: isOurs });
    const result = await resultOf(await bulk({ operation: 'tickets/create_many', items: tickets(250, 'crowd') }));
    expect(result).toMatchObject({ total: 250, succeeded: 250, jobs: 3 });
    expect(startsOf('crowd')).toHaveLength(3);
  });

  test.each([
    ['safe to repeat', operation, (name: string) => users(250, name)],
    ['not safe to repeat', 'tickets/create_many', (name: string) => tickets(250, name)],
  ] as const)(
    'a start that is %s is sent again after the pages of a proxy, and once for Zendesk',
    async (kind, op, make) => {
      const name = `challenged ${kind}`;
      zendesk.injectFault({ kind: 'challenge', times: 4, match: { body: name } });
      zendesk.injectFault({ kind: 'html', status: 401, times: 3, match: { path: /job_statuses/ } });
      const result = await resultOf(await bulk({ operation: op, items: make(name) } as RunZendeskBulkInput));
      expect(result).toMatchObject({ total: 250, succeeded: 250, failed: 0, uncertain: [] });
      expect(startsOf(name)).toHaveLength(3);
    },
  );

  test('that Zendesk refuses for one of its records fails that one, and no others', async () => {
    const isFirst = (entry: object) => JSON.stringify(entry).includes('"refused 0"');
    zendesk.injectFault({ kind: 'status', status: 422, times: Infinity, match: isFirst });
    const result = await resultOf(await bulk({ operation: 'tickets/create_many', items: tickets(110, 'refused') }));
    zendesk.clearFaults();
    expect(result).toMatchObject({ total: 110, succeeded: 109, failed: 1 });
    expect(result.failures).toMatchObject([{ index: 0, error: 'ZendeskRequestRejected' }]);
  });

  test('never makes more jobs than asked for, nor more than Zendesk takes', async () => {
    const before = zendesk.requests.length;
    const { jobs } = await resultOf(await bulk({ operation, items: users(3_600, 'Flo') }));
    expect(jobs).toBe(36);
    const refused = zendesk.requests.slice(before).filter(({ status }) => status === 429);
    expect(refused).toEqual([]);
    const two = await bulk({ operation, items: users(600, 'Gus'), maxJobs: 2 });
    const most: number[] = [];
    const done = resultOf(two);
    const watching = setInterval(() => void progressOf(two).then(({ jobIds }) => most.push(jobIds.length)), 50);
    await done.finally(() => clearInterval(watching));
    expect(Math.max(...most)).toBeLessThanOrEqual(2);
  });
});

describe('two runs', () => {
  let elsewhere: Suite;
  beforeAll(async () => {
    elsewhere = await startSuite({ accounts: { default: { baseUrl: zendesk.origin } } });
  });
  afterAll(() => elsewhere.stop());

  test.each([
    ['in one worker', 'Nia', 'Oda', () => suite, 0],
    ['in two workers, which know nothing of each other', 'Pia', 'Quin', () => elsewhere, 0.2],
  ])('share the slots of an account, %s', async (_, name, otherName, other, refused) => {
    const before = zendesk.requests.length;
    const start = async (name: string, { start }: Suite) =>
      await resultOf(await start('runZendeskBulk', [{ operation, items: users(4_000, name) }]));
    const results = await Promise.all([start(name, suite), start(otherName, other())]);
    expect(results.map(({ succeeded }) => succeeded)).toEqual([4_000, 4_000]);
    const posts = zendesk.requests.slice(before).filter(({ method }) => method === 'POST');
    expect(posts.filter(({ status }) => status === 429).length).toBeLessThanOrEqual(refused * posts.length);
    // More than the slots take at once: neither waits for the other to have done.
    const at = (name: string) => startsOf(name).map((start) => start.at);
    expect(Math.min(...at(otherName))).toBeLessThan(Math.max(...at(name)));
    expect(Math.min(...at(name))).toBeLessThan(Math.max(...at(otherName)));
  });
});

describe('a run', () => {
  test('continues as new, and its result is that of all its runs', async () => {
    const args = { path: path.join(folder, 'rows.ndjson') };
    const items = users(950, 'Hal');
    items[5] = { name: 'busy 5', external_id: 'y-5' };
    const records = { name: 'ndjson', args: { path: await file(items) } };
    const input = { operation, source: records, sink: { name: 'ndjson', args }, batchesPerRun: 3 };
    const handle = await bulk(input);
    const result = await resultOf(handle);
    expect(result).toMatchObject({ total: 950, succeeded: 950, failed: 0, jobs: 12 });
    expect(startsOf('Hal')).toHaveLength(10);
    expect((await rowsIn(args.path)).map(({ index }) => index)).toEqual([...Array(950).keys()]);
    const { firstExecutionRunId } = handle as unknown as { firstExecutionRunId: string };
    expect((await handle.describe()).runId).not.toBe(firstExecutionRunId);
  });

  test('continues as new after a few batches with every batch that it began started, also where each start reads the list first', async () => {
    const before = zendesk.requests.length;
    const input = { operation: 'tickets/create_many', items: tickets(500, 'few'), batchesPerRun: 2 };
    const handle = await bulk({ ...input, onUncertainStart: 'adopt' });
    expect(await resultOf(handle)).toMatchObject({ total: 500, succeeded: 500, jobs: 5 });
    // The list has as many pages as the tests before have made jobs for: each read of it is counted once.
    const isFirstPage = ({ path }: { path: string }) => /job_statuses\?page/.test(path) && !path.includes('after');
    const lists = zendesk.requests.slice(before).filter(isFirstPage);
    expect(lists.length).toBeLessThanOrEqual(5);
  });

  test('that is paused starts no more jobs until it is resumed', async () => {
    const handle = await bulk({ operation, items: users(500, 'Ida'), maxJobs: 1 });
    await eventually('a start', () => startsOf('Ida').length > 0);
    await handle.signal('pause');
    await eventually('the jobs to end', async () => {
      const { status, jobIds } = await progressOf(handle);
      return status === 'paused' && jobIds.length === 0;
    });
    const started = startsOf('Ida').length;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(startsOf('Ida')).toHaveLength(started);
    expect(started).toBeLessThan(5);
    await handle.signal('resume');
    expect(await resultOf(handle)).toMatchObject({ succeeded: 500, jobs: 5 });
  });

  test('that is cancelled starts no more jobs, and says which still run', async () => {
    zendesk.injectFault({ kind: 'slow', delay: 1_500, times: Infinity, match: { path: /show/ } });
    const handle = await bulk({ operation: 'tickets/create_many', items: tickets(500, 'cancelled'), maxJobs: 2 });
    await eventually('two jobs', async () => (await progressOf(handle)).jobIds.length === 2);
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow('cancelled');
    const { status, jobIds } = await progressOf(handle);
    expect(status).toBe('cancelled');
    expect(jobIds.every((jobId) => startsOf('cancelled').some((start) => start.jobId === jobId))).toBe(true);
    const started = startsOf('cancelled').length;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(startsOf('cancelled')).toHaveLength(started);
  });

  test('ends when its time is up, and says what is done and which jobs still run', async () => {
    const slow = { operation: 'tickets/create_many', items: tickets(120, 'late'), timeout: '3s' as const };
    zendesk.injectFault({ kind: 'status', status: 200, body: {}, times: Infinity, match: { path: /job_statuses/ } });
    const failure = await failureOf(await bulk(slow));
    expect(failure).toMatchObject({ type: 'ZendeskJobTimedOut', nonRetryable: true });
    const [details] = failure.details as [{ jobIds: string[]; result: RunZendeskBulkResult }];
    expect(details.jobIds.sort()).toEqual(
      startsOf('late')
        .map(({ jobId }) => jobId)
        .sort(),
    );
    expect(details.result).toMatchObject({ jobs: 2, succeeded: 0 });
  });

  test('ends when its time is up though its source never gave a record', async () => {
    source = () => {
      throw new Error('the database is away');
    };
    const failure = await failureOf(await bulk({ operation, source: { name: 'own' }, timeout: '3s' }));
    expect(failure.type).toBe('ZendeskSourceFailed');
    expect(failure.message).toContain('the database is away');
  });
});

describe('what cannot be right is said before the first job', () => {
  test.each<[string, RunZendeskBulkInput, string, RegExp]>([
    ['no records', { operation }, 'ZendeskInputInvalid', /items: expected either items or a source/],
    ['an unknown option', { operation, items: [1], jobs: 3 } as never, 'ZendeskInputInvalid', /jobs: unknown option/],
    ['an unknown operation', { operation: 'users/upsert', items: [{}] }, 'ZendeskInputInvalid', /did you mean/],
    ['one for no records', { operation: 'tickets/create_async', items: [{}] }, 'ZendeskInputInvalid', /not for many/],
    [
      'a missing parameter',
      { operation: 'custom_objects/{custom_object_key}/jobs', items: [{}] },
      'ZendeskInputInvalid',
      /custom_object_key/,
    ],
    [
      'an unknown source',
      { operation, source: { name: 'csv' } },
      'ZendeskInputInvalid',
      /no source "csv", it has: ndjson, own/,
    ],
    ['an unknown sink', { operation, items: [{}], sink: { name: 'csv' } }, 'ZendeskInputInvalid', /no sink "csv"/],
    ['an unknown account', { operation, items: users(1), account: 'other' }, 'ZendeskAccountUnknown', /"other"/],
    [
      'a file that is none',
      { operation, source: { name: 'ndjson', args: { path: '/nowhere/x' } } },
      'ZendeskSourceFailed',
      /\/nowhere\/x is not on the worker/,
    ],
  ])('%s', async (_, input, type, words) => {
    const before = zendesk.starts.length;
    const failure = await failureOf(await bulk(input));
    expect(failure).toMatchObject({ type, nonRetryable: true });
    expect(failure.message).toMatch(words);
    expect(zendesk.starts).toHaveLength(before);
  });

  test('bad lines of a file, with their numbers; or they are left out', async () => {
    const name = await file([
      { name: 'Ann', external_id: 'a' },
      '{"name": ',
      '',
      '[1]',
      { name: 'Ben', external_id: 'b' },
    ]);
    const records = (skipBadLines: boolean) => ({ name: 'ndjson', args: { path: name, skipBadLines } });
    const before = zendesk.starts.length;
    const failure = await failureOf(await bulk({ operation, source: records(false) }));
    expect(failure).toMatchObject({ type: 'ZendeskSourceFailed' });
    expect(failure.message).toMatch(/2 bad lines: line 2: not JSON at column 9; line 4: expected an object/);
    expect(zendesk.starts).toHaveLength(before);
    expect(await resultOf(await bulk({ operation, source: records(true) }))).toMatchObject({ total: 2, succeeded: 2 });
  });
});

describe('a source', () => {
  const page = (from: number, count: number) => users(count, `page ${from}`);
  const fails = async (own: ZendeskSource) => {
    source = own;
    return await failureOf(await bulk({ operation, source: { name: 'own' } }));
  };

  test('is read page by page, empty ones too, whatever its cursors are', async () => {
    const pages: Record<string, { items: object[]; next?: string }> = {
      start: { items: page(1, 60), next: 'b' },
      b: { items: [], next: 'c' },
      c: { items: page(2, 100), next: 'd' },
      d: { items: [] },
    };
    source = (_, cursor) => pages[cursor ?? 'start']!;
    const handle = await bulk({ operation, source: { name: 'own' } });
    expect(await resultOf(handle)).toMatchObject({ total: 160, succeeded: 160, jobs: 2 });
  });

  test('that fails for a moment is asked again', async () => {
    let calls = 0;
    source = () => {
      calls += 1;
      if (calls === 2) throw new Error('connection lost');
      return { items: page(3, 5) };
    };
    expect(await resultOf(await bulk({ operation, source: { name: 'own' } }))).toMatchObject({ succeeded: 5 });
  });

  test('that gives more than 100 records ends the run', async () => {
    const failure = await fails(() => ({ items: page(4, 101) }));
    expect(failure).toMatchObject({ type: 'ZendeskSourceFailed', nonRetryable: true });
    expect(failure.message).toContain('source own: at its beginning returned 101 records, at most 100 are allowed');
  });

  test('whose cursor goes back ends the run', async () => {
    const failure = await fails((_, cursor) => ({ items: page(5, 1), next: cursor === null ? 7 : 3 }));
    expect(failure).toMatchObject({ type: 'ZendeskSourceFailed' });
    expect(failure.message).toContain('at cursor 7 goes back: the next cursor is 3');
  });

  test('that gives other records when read again ends the run, before they are sent', async () => {
    let calls = 0;
    const before = zendesk.starts.length;
    const failure = await fails(() => ({ items: page(6, ++calls < 3 ? 4 : 5) }));
    expect(failure).toMatchObject({ type: 'ZendeskSourceFailed' });
    expect(failure.message).toContain('gave other records when it was read again');
    expect(zendesk.starts).toHaveLength(before);
  });

  test('a file that is touched during the run is the same file', async () => {
    const name = await file(users(350, 'Ju'));
    const handle = await bulk({ operation, source: { name: 'ndjson', args: { path: name } }, maxJobs: 1 });
    await eventually('a start', () => startsOf('Ju').length > 0);
    await utimes(name, new Date(), new Date(Date.now() + 5_000));
    expect(await resultOf(handle)).toMatchObject({ succeeded: 350 });
  });

  test('a file that changes during the run ends it', async () => {
    const name = await file(users(350, 'Jo'));
    const handle = await bulk({ operation, source: { name: 'ndjson', args: { path: name } }, maxJobs: 1 });
    await eventually('a start', () => startsOf('Jo').length > 0);
    await writeFile(name, (await readFile(name, 'utf8')).replace('Jo 340', 'Xo 340'));
    const failure = await failureOf(handle);
    expect(failure).toMatchObject({ type: 'ZendeskSourceFailed' });
    expect(failure.message).toContain('changed during the run');
    expect(startsOf('Jo').length).toBeLessThan(4);
  });
});

describe('a sink', () => {
  test('that fails gets the same rows again, and none is lost or twice', async () => {
    const written = new Map<string, BulkRow[]>();
    let calls = 0;
    sink = (rows, { batch, jobId }) => {
      calls += 1;
      if (calls <= 2) throw new Error('disk full');
      written.set(`${batch}/${jobId}`, rows);
    };
    const handle = await bulk({ operation, items: users(210, 'Kay'), sink: { name: 'own' } });
    expect(await resultOf(handle)).toMatchObject({ succeeded: 210, jobs: 3 });
    const indexes = [...written.values()].flat().map(({ index }) => index);
    expect(indexes.sort((a, b) => a - b)).toEqual([...Array(210).keys()]);
    expect(calls).toBe(5);
  });

  test('hears of the end when no row is being written any more, also of a run that is cancelled', async () => {
    const events: string[] = [];
    let wasWriting: () => void;
    const writing = new Promise<void>((resolve) => (wasWriting = resolve));
    sink = {
      async write(rows) {
        wasWriting();
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        events.push(`${rows.length} rows`);
      },
      close: () => void events.push('closed'),
    };
    const handle = await bulk({ operation, items: users(30, 'Max'), sink: { name: 'own' } });
    await writing;
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow('cancelled');
    expect(events).toEqual(['30 rows', 'closed']);
    expect(await progressOf(handle)).toMatchObject({ status: 'cancelled', succeeded: 30, jobIds: [] });
  });

  test('has the rows of failed records alone, where that was asked for', async () => {
    const args = { path: path.join(folder, 'failed.ndjson'), rows: 'failed' };
    const items = users(40, 'Lu');
    items[11] = { name: 'wrong 11', external_id: 'z' };
    await resultOf(await bulk({ operation, items, sink: { name: 'ndjson', args } }));
    expect(await rowsIn(args.path)).toMatchObject([{ index: 11, result: 'failed', item: items[11] }]);
  });
});
