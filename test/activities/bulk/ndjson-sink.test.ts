import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import promises, { cp, mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { ndjsonSink } from '../../../src/activities/bulk/ndjson-sink';
import { writeRows } from '../../../src/activities/bulk/write-rows';
import type { BulkRow } from '../../../src/common/bulk';
import { failureOf, row, RUN, temporaryFolder } from './support/records';

const folder = temporaryFolder();
const FILE = 'rows.ndjson';
const MARKER = 'rows.ndjson.run.json';
const args = (more: object = {}) => ({ path: folder.path(FILE), ...more });
const parts = (runId = 'run-1') => folder.path(`${FILE}.parts-${runId}`);

interface Write {
  batch: number;
  jobId?: string | null;
  runId?: string;
  args?: object;
}

const write = (rows: BulkRow[], { batch, jobId = `job-${batch}`, runId = 'run-1', args: given = args() }: Write) =>
  ndjsonSink.write(rows, { args: given, runId, batch, jobId });
const open = (runId = 'run-1') => ndjsonSink.open!({ args: args(), runId });
const close = async (runId = 'run-1') => await ndjsonSink.close!({ args: args(), runId });
const rowsIn = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as BulkRow);
const written = async () => rowsIn(await readFile(folder.path(FILE), 'utf8'));
const indexes = async () => (await written()).map(({ index }) => index);
const left = async () => (await readdir(folder.path())).sort();
const rows = (...numbers: number[]) => numbers.map((index) => row(index));
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
const failed = (index: number) => row(index, { result: 'failed', error: 'UserCreateError' });
const uncertain = (index: number) => row(index, { result: 'uncertain', error: 'ZendeskStartUncertain' });

describe('rows of a run', () => {
  test('are one a line, in the order of the source, when the run has ended', async () => {
    await write(rows(4, 5), { batch: 2 });
    await write(rows(200), { batch: 10 });
    await write([row(0), failed(1)], { batch: 1 });
    expect(existsSync(folder.path(FILE))).toBe(false);
    await close();
    expect(await written()).toEqual([row(0), failed(1), ...rows(4, 5, 200)]);
    expect(await left()).toEqual([FILE, MARKER]);
  });

  test('of records that were sent again are in their place', async () => {
    await write(rows(0, 2, 4), { batch: 1, jobId: 'z' });
    await write(rows(100), { batch: 2, jobId: 'b' });
    await write(rows(1, 3), { batch: 1, jobId: 'a' });
    await close();
    expect(await indexes()).toEqual([0, 1, 2, 3, 4, 100]);
  });

  test('of records that went into no job are there, whenever they were reported', async () => {
    await write(rows(0), { batch: 1, jobId: null });
    await write(rows(1, 2), { batch: 1, jobId: null });
    await close();
    expect(await indexes()).toEqual([0, 1, 2]);
  });

  test('are kept as they are: texts of several bytes, line separators and long records', async () => {
    const items = [{ name: '名前 😀\u2028é' }, { notes: '\\"\n'.repeat(10) }, { notes: '語'.repeat(1_000_000) }];
    await write(
      items.map((item, index) => row(index, { item })),
      { batch: 1 },
    );
    await close();
    expect((await written()).map(({ item }) => item)).toEqual(items);
  });

  test('are not mixed with those of another run', async () => {
    await write(rows(0), { batch: 1, runId: 'run-1' });
    await write(rows(9), { batch: 1, runId: 'run-2' });
    await close('run-1');
    expect(await indexes()).toEqual([0]);
    await close('run-2');
    expect(await indexes()).toEqual([9]);
  });

  test('of two workers that share the folder are there once', async () => {
    const batches = range(1, 41);
    await Promise.all(batches.map((batch) => write(rows(batch * 2, batch * 2 + 1), { batch })));
    await Promise.all(
      batches.filter((batch) => batch % 3 === 0).map((batch) => write(rows(batch * 2, batch * 2 + 1), { batch })),
    );
    await close();
    expect(await indexes()).toEqual(batches.flatMap((batch) => [batch * 2, batch * 2 + 1]));
  });

  test('with ids of jobs in any form, the longest too', async () => {
    const jobs = ['V3-0123456789abcdef0123456789abcdef', 'x'.repeat(128), 'a/b', '..', '名'.repeat(100)];
    for (const [i, jobId] of jobs.entries()) await write(rows(i), { batch: i, jobId });
    await close();
    expect(await indexes()).toEqual([0, 1, 2, 3, 4]);
    expect(await left()).toEqual([FILE, MARKER]);
  });
});

describe('rows: failed', () => {
  const failedOnly = args.bind(null, { rows: 'failed' });

  test('keeps the rows of all records that did not succeed: failed and uncertain ones', async () => {
    await write([row(0), failed(1), uncertain(2), row(3)], { batch: 1, args: failedOnly() });
    await close();
    expect(await written()).toEqual([failed(1), uncertain(2)]);
  });

  test('takes the row of a record out when the record succeeds after a reset', async () => {
    await write([failed(0), failed(1), row(2), failed(3)], { batch: 1, args: failedOnly() });
    await close();
    await write([row(1), failed(2)], { batch: 1, jobId: 'job-after-reset', args: failedOnly() });
    await close();
    expect(await written()).toEqual([failed(0), failed(2), failed(3)]);
  });
});

describe('the file of an earlier run', () => {
  const yesterday = async () => {
    await open('run-0');
    await write(rows(7, 8), { batch: 1, runId: 'run-0' });
    await close('run-0');
  };

  test('is replaced by a run that had no rows: by an empty file', async () => {
    await yesterday();
    await open();
    await close();
    expect(await readFile(folder.path(FILE), 'utf8')).toBe('');
    expect(await left()).toEqual([FILE, MARKER]);
  });

  test('is replaced by a run whose rows are not wanted', async () => {
    await yesterday();
    await open();
    await write(rows(0), { batch: 1, args: args({ rows: 'failed' }) });
    await close();
    expect(await written()).toEqual([]);
  });

  test('is replaced by one with only uncertain records', async () => {
    await yesterday();
    await open();
    await write([uncertain(0), uncertain(1)], { batch: 1, jobId: null, args: args({ rows: 'failed' }) });
    await close();
    expect(await written()).toEqual([uncertain(0), uncertain(1)]);
  });

  test.each([
    ['of a run', yesterday],
    ['of something else', () => writeFile(folder.path(FILE), 'index,name\n7,Ann\n')],
  ])('%s stays where the run was never opened, as its check failed', async (_, make) => {
    await make();
    const before = [await readFile(folder.path(FILE), 'utf8'), await left()];
    await close();
    expect([await readFile(folder.path(FILE), 'utf8'), await left()]).toEqual(before);
  });

  test('is not made by a run that was never opened', async () => {
    await close();
    expect(await left()).toEqual([]);
  });
});

describe('after a reset of the workflow', () => {
  const finish = async (count: number, runId = 'run-1') => {
    await open(runId);
    for (let at = 0; at < count; at += 100) {
      await write(rows(...range(at, Math.min(count, at + 100))), { batch: at / 100 + 1, runId });
    }
    await close(runId);
  };
  const again = (index: number) => row(index, { status: 'Updated' });

  test('a complete file keeps all rows: those of the last batches are replaced', async () => {
    await finish(1_000);
    await write(range(900, 1_000).map(again), { batch: 10, jobId: 'job-after-reset' });
    await close();
    expect(await written()).toEqual([...rows(...range(0, 900)), ...range(900, 1_000).map(again)]);
    expect(await left()).toEqual([FILE, MARKER]);
  });

  test('a file can be completed by later resets, in any order and with new records', async () => {
    await finish(300);
    await write([again(250), again(300), again(310)], { batch: 3, jobId: 'a' });
    await close();
    await write([again(0), again(305)], { batch: 1, jobId: 'b' });
    await close();
    const expected = [again(0), ...rows(...range(1, 250)), again(250), ...rows(...range(251, 300))];
    expect(await written()).toEqual([...expected, again(300), again(305), again(310)]);
  });

  test('a run that only closes again leaves the file as it is', async () => {
    await finish(100);
    const before = await readFile(folder.path(FILE));
    await close();
    await open();
    await close();
    expect(await readFile(folder.path(FILE))).toEqual(before);
    expect(await left()).toEqual([FILE, MARKER]);
  });

  test('a run whose parts were not joined yet has each record once, by its later row', async () => {
    await write(rows(0, 1, 2), { batch: 1, jobId: 'z-before-reset' });
    const earlier = new Date(Date.now() - 60_000);
    for (const part of await readdir(parts())) await utimes(path.join(parts(), part), earlier, earlier);
    await write([again(0), again(1)], { batch: 1, jobId: 'a-after-reset' });
    await close();
    expect(await written()).toEqual([again(0), again(1), row(2)]);
  });

  test('batches that were cut in another way are merged by record', async () => {
    await finish(300);
    await write(range(50, 150).map(again), { batch: 1, jobId: 'a' });
    await write(range(150, 250).map(again), { batch: 2, jobId: 'b' });
    await close();
    expect(await indexes()).toEqual(range(0, 300));
  });

  test('a file that was touched or copied back is the run’s still', async () => {
    await finish(300);
    await cp(folder.path(FILE), folder.path('copy'));
    await rm(folder.path(FILE));
    await cp(folder.path('copy'), folder.path(FILE));
    await utimes(folder.path(FILE), new Date(), new Date(0));
    await write([again(299)], { batch: 3, jobId: 'a' });
    await close();
    expect(await indexes()).toEqual(range(0, 300));
  });

  test('a file of another run is replaced, and one that was deleted is written anew', async () => {
    await finish(300);
    await finish(200, 'run-2');
    await write([again(299)], { batch: 3, jobId: 'a' });
    await close();
    expect(await indexes()).toEqual([299]);
    await rm(folder.path(FILE));
    await write([again(298)], { batch: 3, jobId: 'b' });
    await close();
    expect(await indexes()).toEqual([298]);
  });

  test('a marker that is not readable counts as none', async () => {
    await finish(3);
    await writeFile(folder.path(MARKER), '{"madeBy":"temporal-zen');
    await write(rows(1), { batch: 1, jobId: 'a' });
    await close();
    expect(await indexes()).toEqual([1]);
  });

  test('whatever is written and closed in whatever order, the file has the last row of each record', async () => {
    const record = fc.nat({ max: 30 });
    const job = fc.uniqueArray(record, { minLength: 1, maxLength: 8 });
    const execution = fc.array(job, { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.array(execution, { minLength: 1, maxLength: 4 }), async (executions) => {
        for (const name of await readdir(folder.path())) await rm(folder.path(name), { recursive: true });
        const expected = new Map<number, BulkRow>();
        await open();
        for (const [e, jobs] of executions.entries()) {
          // Within one execution each record has one row.
          const seen = new Set<number>();
          for (const [j, records] of jobs.entries()) {
            const fresh = records.filter((index) => !seen.has(index)).sort((a, b) => a - b);
            fresh.forEach((index) => seen.add(index));
            const of = fresh.map((index) => row(index, { status: `execution ${e}` }));
            of.forEach((value) => expected.set(value.index, value));
            await write(of, { batch: j + 1, jobId: `job-${e}-${j}` });
          }
          await close();
        }
        expect(await written()).toEqual([...expected.values()].sort((a, b) => a.index - b.index));
        expect(await left()).toEqual([FILE, MARKER]);
      }),
      { numRuns: 40 },
    );
  });
});

describe('after a worker was killed', () => {
  test('rows that are written again are there once', async () => {
    await write(rows(0, 1), { batch: 1 });
    await write(rows(0, 1), { batch: 1 });
    await close();
    expect(await indexes()).toEqual([0, 1]);
  });

  test('half a part, and a file that is not ours, are left out and deleted with the parts', async () => {
    await write(rows(0), { batch: 1 });
    await writeFile(`${parts()}/9e1f4a52.tmp`, '{"index":1,"result":"succ');
    await writeFile(`${parts()}/.nfs0001`, 'not a part');
    await close();
    expect(await indexes()).toEqual([0]);
    expect(await left()).toEqual([FILE, MARKER]);
  });

  test('the parts become the same file again where the worker did not come to delete them', async () => {
    await write(rows(0), { batch: 1 });
    await cp(parts(), folder.path('kept'), { recursive: true });
    await close();
    await cp(folder.path('kept'), parts(), { recursive: true });
    await close();
    expect(await indexes()).toEqual([0]);
  });

  test('the end of the run may be reported twice', async () => {
    await write(rows(0, 1), { batch: 1 });
    await close();
    await close();
    expect(await indexes()).toEqual([0, 1]);
  });

  const closeElsewhere = async (killedAt: number) => {
    const script = path.join(__dirname, 'support/close-sink.ts');
    const given = ['--import', 'tsx', script, args().path, 'run-1', String(killedAt)];
    const child = spawn(process.execPath, given, { stdio: ['ignore', 'pipe', 'inherit'] });
    const [output, [, signal]] = await Promise.all([text(child.stdout), once(child, 'close')]);
    return { output, signal: signal as string | null };
  };

  describe('while it closes for the first time', () => {
    const USES = 17;
    const start = async () => {
      await writeFile(folder.path(FILE), `${JSON.stringify(row(99))}\n`);
      for (const batch of [1, 2, 3]) await write(rows(batch), { batch });
    };

    test.each(range(1, USES + 1))('at step %d of the join, no row is lost', async (use) => {
      await start();
      expect(await closeElsewhere(use)).toMatchObject({ signal: 'SIGKILL' });
      await close();
      expect(await indexes()).toEqual([1, 2, 3]);
      expect(await left()).toEqual([FILE, MARKER]);
    });

    test('the join has no more steps than that', async () => {
      await start();
      expect(await closeElsewhere(0)).toEqual({ output: `${USES} uses\n`, signal: null });
      expect(await indexes()).toEqual([1, 2, 3]);
    });
  });

  describe('while it merges after a reset', () => {
    const USES = 16;
    const start = async () => {
      for (const batch of [1, 2, 3]) await write(rows(batch * 10, batch * 10 + 1), { batch });
      await close();
      await write(rows(30, 32), { batch: 3, jobId: 'job-after-reset' });
    };
    const all = [10, 11, 20, 21, 30, 31, 32];

    test.each(range(1, USES + 1))('at step %d, no row is lost', async (use) => {
      await start();
      expect(await closeElsewhere(use)).toMatchObject({ signal: 'SIGKILL' });
      await close();
      expect(await indexes()).toEqual(all);
      expect(await left()).toEqual([FILE, MARKER]);
    });

    test('the merge has no more steps than that', async () => {
      await start();
      expect(await closeElsewhere(0)).toEqual({ output: `${USES} uses\n`, signal: null });
      expect(await indexes()).toEqual(all);
    });
  });

  /** All uses of the file system from the n-th on fail, as if the process were gone. True if there were so many. */
  async function dyingAt(n: number, use: () => Promise<void>): Promise<boolean> {
    let uses = 0;
    const names = ['mkdir', 'readdir', 'readFile', 'rename', 'rm', 'stat', 'writeFile'] as const;
    const spies = names.map((name) => {
      const real = promises[name] as (...args: unknown[]) => Promise<unknown>;
      return jest.spyOn(promises, name).mockImplementation((async (...given: unknown[]) => {
        if ((uses += 1) >= n) throw new Error('killed');
        return await real(...given);
      }) as never);
    });
    await use().catch((error: Error) => {
      if (error.message !== 'killed') throw error;
    });
    spies.forEach((spy) => spy.mockRestore());
    return uses >= n;
  }

  test('and killed again while it repeats, after one reset and another: no row is lost at any pair of steps', async () => {
    let pairs = 0;
    for (let first = 1, more = true; more; first++) {
      for (const second of [1, 4, 9, 13, 17, 20]) {
        for (const name of await readdir(folder.path())) await rm(folder.path(name), { recursive: true });
        await write(rows(0, 1, 2), { batch: 1 });
        await close();
        await write([row(1, { status: 'first' }), row(3)], { batch: 1, jobId: 'after-first-reset' });
        more = await dyingAt(first, () => close());
        // A reset in between: another batch is written before the parts of the one before are joined.
        await write([row(0, { status: 'second' })], { batch: 1, jobId: 'after-second-reset' });
        await dyingAt(second, () => close());
        await close();
        expect(await written()).toEqual([row(0, { status: 'second' }), row(1, { status: 'first' }), ...rows(2, 3)]);
        expect(await left()).toEqual([FILE, MARKER]);
        pairs += 1;
      }
    }
    expect(pairs).toBeGreaterThan(80);
  });
});

test('rows are written later where the folder is in the way for a while: no row is lost', async () => {
  await writeFile(parts(), 'in the way');
  const run = { ...RUN, sink: { name: 'ndjson', args: args() } };
  const key = { runId: 'run-1', batch: 1, jobId: 'job-1' };
  const error = await failureOf(writeRows({}, run, rows(0), key));
  expect(error).toMatchObject({ name: 'SinkError', sink: 'ndjson' });
  await rm(parts());
  await writeRows({}, run, rows(0), key);
  await close();
  expect(await indexes()).toEqual([0]);
});

test('a part that cannot be read fails the close, and the file and all parts stay as they are', async () => {
  await writeFile(folder.path(FILE), 'yesterday');
  await write(rows(0), { batch: 1 });
  await mkdir(path.join(parts(), '0000000000000005-job.ndjson'));
  await expect(close()).rejects.toThrow(/EISDIR/);
  expect(await readFile(folder.path(FILE), 'utf8')).toBe('yesterday');
  expect(await readdir(parts())).toHaveLength(2);
  await rm(path.join(parts(), '0000000000000005-job.ndjson'), { recursive: true });
  await close();
  expect(await indexes()).toEqual([0]);
});

test('a close fails where the file has become a folder, and can be repeated when it is gone', async () => {
  await write(rows(0), { batch: 1 });
  await mkdir(folder.path(FILE, 'inside'), { recursive: true });
  await expect(close()).rejects.toThrow();
  await rm(folder.path(FILE), { recursive: true });
  await close();
  expect(await indexes()).toEqual([0]);
});
