/** What becomes of records that fail in ways that leave open whether Zendesk did them, and of starts that fail for their records. */
import { eventually } from '../support/eventually';
import {
  jobsOf,
  ndjson,
  progressOf,
  resultOf,
  rowsIn,
  sends,
  startBulkSuite,
  tickets,
  timesSent,
  users,
  type BulkSuite,
} from '../support/bulk-suite';
import path from 'node:path';
import { readFile, writeFile } from 'node:fs/promises';

const create = 'tickets/create_many';
const upsert = 'users/create_or_update_many';
/** What Zendesk reports of a record, by what its name contains. */
const REPORTS: Record<string, string> = {
  slow: 'Request timed out, please try again later',
  away: 'The service is temporarily unavailable',
  odd: 'Unexpected error. Try again',
  taken: 'Name:  Temporary Works Ltd has already been taken',
};

let suite: BulkSuite;
beforeAll(async () => {
  suite = await startBulkSuite({
    onRecord(record) {
      const name = String(record['subject'] ?? record['name']);
      const details = Object.entries(REPORTS).find(([word]) => name.includes(word))?.[1];
      return details === undefined ? undefined : { details };
    },
  });
});
afterEach(() => suite.zendesk.clearFaults());
afterAll(() => suite.stop());

const most = (name: string) => Math.max(...timesSent(suite.zendesk, name).values());

describe('a record that Zendesk reports with an error of its own', () => {
  test.each(['slow', 'away', 'odd'])(
    '"%s": is uncertain and sent once where it is not safe to repeat',
    async (word) => {
      const items = tickets(20, `unsafe-${word}`).map((item, i) => (i < 17 ? { subject: `unsafe-fine ${i}.` } : item));
      const folder = await suite.folder();
      const sink = { name: 'ndjson', args: { path: path.join(folder, 'rows.ndjson') } };
      const result = await resultOf(await suite.bulk({ operation: create, items, sink }));
      expect(result).toMatchObject({ total: 20, succeeded: 17, failed: 0, retried: 0, uncertainRecords: 3, jobs: 1 });
      expect(result.uncertain).toMatchObject([{ batch: 1, count: 3, indexes: [17, 18, 19], candidates: [{}] }]);
      expect(result.uncertain[0]!.reason).toContain(REPORTS[word]);
      expect((await rowsIn(sink.args.path)).map((row) => row.result)).toEqual([
        ...Array<string>(17).fill('succeeded'),
        ...Array<string>(3).fill('uncertain'),
      ]);
      expect(most(`unsafe-${word}`)).toBe(1);
    },
  );

  test('"slow": is sent again where that is safe, three times at most, and has failed then', async () => {
    const result = await resultOf(await suite.bulk({ operation: upsert, items: users(5, 'safe-slow') }));
    expect(result).toMatchObject({ total: 5, failed: 5, retried: 10, uncertainRecords: 0, jobs: 3 });
  });

  test('"taken": has failed and is sent once, whatever words it quotes', async () => {
    const result = await resultOf(await suite.bulk({ operation: upsert, items: users(5, 'taken') }));
    expect(result).toMatchObject({ total: 5, failed: 5, retried: 0, jobs: 1 });
  });
});

test.each([
  ['failed', 'Failed: deadlock found'],
  ['killed', 'lock wait, rate limit'],
])(
  'records of a job that %s without rows are uncertain and not sent again, whatever its message',
  async (status, message) => {
    const name = `without-rows-${status}`;
    const handle = await suite.bulk({ operation: create, items: tickets(5, name) });
    const job = await eventually('a start', () => jobsOf(suite.zendesk, name)[0]);
    if (status === 'killed') suite.zendesk.killJob(job.jobId);
    else {
      const jobStatus = { id: job.jobId, status, message, total: 5, progress: 3, results: null };
      suite.zendesk.injectFault({
        kind: 'status',
        status: 200,
        body: { job_status: jobStatus },
        match: { path: job.jobId },
      });
    }
    const result = await resultOf(handle);
    expect(result).toMatchObject({ total: 5, failed: 0, uncertainRecords: 5, jobs: 1 });
    expect(most(name)).toBe(1);
  },
);

describe('an update that depends on the version of its ticket', () => {
  test.each([{ safe_update: true, updated_stamp: '2026-11-27T00:00:00Z' }, { updated_stamp: '2026-11-27T00:00:00Z' }])(
    'is not repeated when its response is lost: %j',
    async (stamp) => {
      const items = [1, 2, 3].map((id) => ({ id, subject: `stamped-${Object.keys(stamp).length} ${id}.`, ...stamp }));
      suite.zendesk.injectFault({ kind: 'reset', takesEffect: true, match: sends(items[0]!.subject.slice(0, -1)) });
      const result = await resultOf(await suite.bulk({ operation: 'tickets/update_many', items }));
      expect(result).toMatchObject({ total: 3, uncertainRecords: 3, failed: 0 });
      expect(most(items[0]!.subject.split(' ')[0]!)).toBe(1);
    },
  );
});

describe('a start that is safe to repeat', () => {
  test('and is answered after 12 s makes one job for each batch', async () => {
    suite.zendesk.injectFault({
      kind: 'slow',
      delay: 12_000,
      times: 3,
      match: ({ body }) => JSON.stringify(body ?? '').includes('"patient '),
    });
    const result = await resultOf(await suite.bulk({ operation: upsert, items: users(201, 'patient') }));
    expect(result).toMatchObject({ total: 201, succeeded: 201, jobs: 3 });
    expect(jobsOf(suite.zendesk, 'patient')).toHaveLength(3);
  });

  test('and that Zendesk answered with an error does not wait for the jobs of others', async () => {
    suite.zendesk.addJob({ operation: upsert, total: 100, endsAs: 'never' });
    suite.zendesk.injectFault({ kind: 'unavailable', times: 2, match: sends('impatient 0') });
    const before = suite.zendesk.requests.length;
    const result = await resultOf(await suite.bulk({ operation: upsert, items: users(100, 'impatient') }));
    expect(result).toMatchObject({ succeeded: 100, jobs: 1 });
    const lists = suite.zendesk.requests.slice(before).filter(({ path }) => /job_statuses\?/.test(path));
    expect(lists).toEqual([]);
  });

  test('with a record that Zendesk always fails for is divided, until that record alone has failed', async () => {
    const isPoison = sends('poison 42');
    suite.zendesk.injectFault({ kind: 'status', status: 500, times: Infinity, match: isPoison });
    const handle = await suite.bulk({ operation: upsert, items: users(300, 'poison'), timeout: '10m' });
    await eventually('a reason', async () => /batch 1: .*500/.test((await progressOf(handle)).message ?? ''), 60);
    // Other starts of the run go through meanwhile: that tells a poisoned start from an outage.
    const result = await resultOf(handle);
    expect(result).toMatchObject({ total: 300, succeeded: 299, failed: 1, uncertainRecords: 0 });
    expect(result.failures).toMatchObject([{ index: 42, error: 'ZendeskUnavailable' }]);
    expect(most('poison')).toBe(1);
  });
});

test('a pause that Zendesk asks for holds across continue-as-new', async () => {
  suite.zendesk.injectFault({ kind: 'rate-limit', retryAfter: 8, times: 1, match: sends('paced 0') });
  const before = Date.now();
  const input = { operation: create, items: tickets(300, 'paced'), batchesPerRun: 1, maxJobs: 1 };
  expect(await resultOf(await suite.bulk(input))).toMatchObject({ succeeded: 300, jobs: 3 });
  const refusedAt = suite.zendesk.requests.find(({ status }) => status === 429)!.at;
  const starts = suite.zendesk.requests.filter(({ method, at }) => method === 'POST' && at >= before);
  expect(starts).toHaveLength(4);
  expect(starts[1]!.at - refusedAt).toBeGreaterThanOrEqual(8_000);
});

test('a start whose response has an id that is not a job id is uncertain, and spoils no other job and no other wait', async () => {
  const { zendesk } = suite;
  const jobIds = Array.from({ length: 20 }, () => zendesk.addJob({ total: 1, duration: 8_000 }));
  const polling = { minInterval: '500ms', maxInterval: '1s' } as const;
  const wait = await suite.awaitJobs({ jobIds, polling });
  const body = { job_status: { id: 'job:2026/11 a', status: 'queued' } };
  zendesk.injectFault({ kind: 'status', status: 200, body, match: sends('misnamed 200') });
  const result = await resultOf(await suite.bulk({ operation: create, items: tickets(500, 'misnamed'), polling }));
  expect(result).toMatchObject({ total: 500, succeeded: 400, failed: 0, uncertainRecords: 100 });
  expect((await wait.result()).succeeded).toBe(20);
});

test('a row that is nested too deep spoils neither its job nor the list of jobs', async () => {
  const { zendesk } = suite;
  let extra: unknown = 1;
  for (let depth = 0; depth < 60; depth++) extra = [extra];
  const results = [
    { index: 0, id: 1, success: true, extra },
    { index: 1, id: 2, success: true },
  ];
  const jobId = zendesk.addJob({ total: 2, results, duration: 0 });
  const outcome = await (await suite.awaitJob({ jobId })).result();
  expect(outcome).toMatchObject({ status: 'completed', succeeded: 2, failed: 0 });
});

describe('duplicate keys', () => {
  const items = [...users(150, 'double'), { name: 'newer 3.', external_id: 'double-3' }];

  test('of inline records: the last one is sent alone, if asked for', async () => {
    const result = await resultOf(await suite.bulk({ operation: upsert, items, duplicateKeys: 'last' }));
    expect(result).toMatchObject({ total: 150, succeeded: 150, superseded: 1 });
    expect(timesSent(suite.zendesk, 'double').has('double 3.')).toBe(false);
  });

  test('of a file: the last one is sent alone, and the rows keep their places', async () => {
    const folder = await suite.folder();
    const args = {
      path: await ndjson(
        folder,
        items.map((item) => ({ ...item, external_id: `file-${item.external_id}` })),
      ),
    };
    const sink = { name: 'ndjson', args: { path: path.join(folder, 'rows.ndjson') } };
    const source = { name: 'ndjson', args };
    const result = await resultOf(await suite.bulk({ operation: upsert, source, sink, duplicateKeys: 'last' }));
    expect(result).toMatchObject({ total: 150, succeeded: 150, superseded: 1, jobs: 2 });
    const indexes = (await rowsIn(sink.args.path)).map(({ index }) => index);
    expect(indexes).toEqual([...Array(151).keys()].filter((index) => index !== 3));
  });
});

test('a source that returns to an earlier cursor after many pages ends the run before a record is sent twice', async () => {
  const pages = 45;
  const cycling = await startBulkSuite(
    {},
    {
      activities: {
        sources: {
          cycle: (_, cursor) => {
            const page = cursor === null ? 0 : Number(String(cursor).slice(1));
            return { items: users(3, `cycle-${page}`), next: `p${(page + 1) % pages || 'x'}`.replace('px', 'p1') };
          },
        },
      },
    },
  );
  try {
    const failure = await cycling.bulk({ operation: upsert, source: { name: 'cycle' } }).then((handle) =>
      handle.result().then(
        () => undefined,
        (error: Error) => error.cause as Error,
      ),
    );
    expect(failure?.message).toContain('returned to a cursor that was read before');
    const sent = cycling.zendesk.starts.flatMap(({ records }) => records.map((record) => record['external_id']));
    expect(new Set(sent).size).toBe(sent.length);
  } finally {
    await cycling.stop();
  }
});

describe('a sink of an earlier run', () => {
  test('is replaced by an empty one where the run has no rows', async () => {
    const folder = await suite.folder();
    const file = path.join(folder, 'rows.ndjson');
    await writeFile(file, '{"index":0,"result":"succeeded"}\n');
    const source = { name: 'ndjson', args: { path: await ndjson(folder, []) } };
    const sink = { name: 'ndjson', args: { path: file } };
    expect(await resultOf(await suite.bulk({ operation: upsert, source, sink }))).toMatchObject({ total: 0 });
    expect(await readFile(file, 'utf8')).toBe('');
  });

  test('is replaced by the rows of uncertain records, where there are no others', async () => {
    const folder = await suite.folder();
    const file = path.join(folder, 'rows.ndjson');
    await writeFile(file, '{"index":0,"result":"succeeded"}\n');
    suite.zendesk.injectFault({ kind: 'reset', match: sends('doubtful 0') });
    const sink = { name: 'ndjson', args: { path: file } };
    const result = await resultOf(await suite.bulk({ operation: create, items: tickets(12, 'doubtful'), sink }));
    expect(result).toMatchObject({ total: 12, uncertainRecords: 12 });
    const rows = await rowsIn(file);
    expect(rows.map(({ index, result: fate }) => [index, fate])).toEqual(
      [...Array(12).keys()].map((i) => [i, 'uncertain']),
    );
    expect(rows[0]).toMatchObject({ error: 'ZendeskStartUncertain', item: { subject: 'doubtful 0.' } });
  });
});
