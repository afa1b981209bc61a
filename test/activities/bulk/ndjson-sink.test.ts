import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { ndjsonSink } from '../../../src/activities/bulk/ndjson-sink';
import { writeRows } from '../../../src/activities/bulk/write-rows';
import type { BulkRow } from '../../../src/common/bulk';
import { InputProblems } from '../../../src/common/inputs';
import { failureOf, row, RUN, temporaryFolder } from './support/records';

const folder = temporaryFolder();
const args = (more: object = {}) => ({ path: folder.path('rows.ndjson'), ...more });
const parts = (runId = 'run-1') => folder.path(`rows.ndjson.parts-${runId}`);

interface Write {
  batch: number;
  jobId?: string | null;
  runId?: string;
  args?: object;
}

const write = (rows: BulkRow[], { batch, jobId = `job-${batch}`, runId = 'run-1', args: given = args() }: Write) =>
  ndjsonSink.write(rows, { args: given, runId, batch, jobId });
const close = (runId = 'run-1') => ndjsonSink.close!({ args: args(), runId });
const written = async () =>
  (await readFile(folder.path('rows.ndjson'), 'utf8'))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as BulkRow);
const indexes = async () => (await written()).map(({ index }) => index);
const rows = (...numbers: number[]) => numbers.map((index) => row(index));

describe('rows of a run', () => {
  test('are one a line, in the order of the source, when it ends', async () => {
    await write(rows(4, 5), { batch: 2 });
    await write(rows(200), { batch: 10 });
    await write([row(0), row(1, { ok: false, error: 'UserCreateError' })], { batch: 1 });
    expect(existsSync(folder.path('rows.ndjson'))).toBe(false);
    await close();
    expect(await written()).toEqual([row(0), row(1, { ok: false, error: 'UserCreateError' }), ...rows(4, 5, 200)]);
    expect(await readdir(folder.path())).toEqual(['rows.ndjson']);
  });

  test('of records that went again are in their place', async () => {
    await write(rows(0, 2, 4), { batch: 1, jobId: 'z' });
    await write(rows(100), { batch: 2, jobId: 'b' });
    await write(rows(1, 3), { batch: 1, jobId: 'a' });
    await close();
    expect(await indexes()).toEqual([0, 1, 2, 3, 4, 100]);
  });

  test('of records that went into no job, at several tries', async () => {
    await write(rows(0), { batch: 1, jobId: null });
    await write(rows(1, 2), { batch: 1, jobId: null });
    await close();
    expect(await indexes()).toEqual([0, 1, 2]);
  });

  test('that failed, alone', async () => {
    await write([row(0), row(1, { ok: false }), row(2)], { batch: 1, args: args({ rows: 'failed' }) });
    await close();
    expect(await indexes()).toEqual([1]);
  });

  test('replace those of an earlier run, even where none failed', async () => {
    await writeFile(folder.path('rows.ndjson'), `${JSON.stringify(row(7))}\n`);
    await write(rows(0), { batch: 1, args: args({ rows: 'failed' }) });
    await close();
    expect(await written()).toEqual([]);
  });

  test('are not mixed with those of another run', async () => {
    await write(rows(0), { batch: 1, runId: 'run-1' });
    await write(rows(9), { batch: 1, runId: 'run-2' });
    await close('run-1');
    expect(await indexes()).toEqual([0]);
    await close('run-2');
    expect(await indexes()).toEqual([9]);
  });

  test('of two workers that share the folder, at once', async () => {
    const batches = Array.from({ length: 40 }, (_, i) => i + 1);
    await Promise.all(batches.map((batch) => write(rows(batch * 2, batch * 2 + 1), { batch })));
    await Promise.all(
      batches.filter((batch) => batch % 3 === 0).map((batch) => write(rows(batch * 2, batch * 2 + 1), { batch })),
    );
    await close();
    expect(await indexes()).toEqual(batches.flatMap((batch) => [batch * 2, batch * 2 + 1]));
  });
});

describe('after a worker was killed', () => {
  test('rows that are written again are there once', async () => {
    await write(rows(0, 1), { batch: 1 });
    await write(rows(0, 1), { batch: 1 });
    await close();
    expect(await indexes()).toEqual([0, 1]);
  });

  test('half a part is left out, and goes with the others', async () => {
    await write(rows(0), { batch: 1 });
    await writeFile(`${parts()}/9e1f4a52.tmp`, '{"index":1,"ok":tr');
    await close();
    expect(await indexes()).toEqual([0]);
    expect(await readdir(folder.path())).toEqual(['rows.ndjson']);
  });

  test('in mid-join, the join is made again', async () => {
    await write(rows(0, 1), { batch: 1 });
    await writeFile(`${parts()}/0b7c1d33.tmp`, JSON.stringify(row(0)));
    await close();
    expect(await indexes()).toEqual([0, 1]);
  });

  test('before the parts went, they become the same file again', async () => {
    await write(rows(0), { batch: 1 });
    await cp(parts(), folder.path('kept'), { recursive: true });
    await close();
    await cp(folder.path('kept'), parts(), { recursive: true });
    await close();
    expect(await indexes()).toEqual([0]);
  });

  const USES = 9;
  const uses = Array.from({ length: USES }, (_, i) => i + 1);
  const closeElsewhere = async (killedAt: number) => {
    const script = path.join(__dirname, 'support/close-sink.ts');
    const given = ['--import', 'tsx', script, args().path, 'run-1', String(killedAt)];
    const child = spawn(process.execPath, given, { stdio: ['ignore', 'pipe', 'inherit'] });
    const [output, [, signal]] = await Promise.all([text(child.stdout), once(child, 'close')]);
    return { output, signal: signal as string | null };
  };

  test.each(uses)('at step %d of the join, no row is lost', async (use) => {
    for (const batch of [1, 2, 3]) await write(rows(batch), { batch });
    expect(await closeElsewhere(use)).toMatchObject({ signal: 'SIGKILL' });
    await close();
    expect(await indexes()).toEqual([1, 2, 3]);
    expect(await readdir(folder.path())).toEqual(['rows.ndjson']);
  });

  test('the join has no more steps than that', async () => {
    for (const batch of [1, 2, 3]) await write(rows(batch), { batch });
    expect(await closeElsewhere(0)).toEqual({ output: `${USES} uses\n`, signal: null });
    expect(await indexes()).toEqual([1, 2, 3]);
  });

  test('the end of the run may be told twice', async () => {
    await write(rows(0, 1), { batch: 1 });
    await close();
    await close();
    expect(await indexes()).toEqual([0, 1]);
  });

  test('also where there was nothing to write', async () => {
    await close();
    await close();
    expect(await written()).toEqual([]);
  });
});

describe('a file that cannot be written', () => {
  test('is in no folder, or is one: said before the first job', async () => {
    const check = async (path: string) => await ndjsonSink.check!({ path });
    await expect(check(folder.path('none', 'rows.ndjson'))).rejects.toThrow(/cannot be written: ENOENT/);
    await expect(check(folder.path())).rejects.toThrow(/is no file/);
    await expect(check(folder.path('rows.ndjson'))).resolves.toBeUndefined();
  });

  test('is written later: no row is lost', async () => {
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

  test.each([undefined, {}, { path: 'x', rows: 'some' }, { path: 'x', append: true }])(
    'arguments %p',
    async (given) => {
      await expect((async () => ndjsonSink.check!(given))()).rejects.toThrow(InputProblems);
    },
  );
});
