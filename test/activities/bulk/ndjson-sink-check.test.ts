import promises, { chmod, chown, link, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ndjsonSink } from '../../../src/activities/bulk/ndjson-sink';
import type { SinkCheckContext } from '../../../src/activities/bulk/pluggable';
import { InputProblems } from '../../../src/common/inputs';
import { failureOf, row, temporaryFolder } from './support/records';

const folder = temporaryFolder();
const RUN_ID = '0198c1de-7a3f-7bd2-9b7e-3a1f5c2d4e6f';
/** What the sink adds to a name at most: `.parts-<run>.joined`. */
const ADDED = '.parts-'.length + RUN_ID.length + '.joined'.length;

const check = async (file: string, context: Partial<SinkCheckContext> = {}) =>
  await ndjsonSink.check!({ path: file }, { runId: RUN_ID, ...context });
const problemOf = async (file: string, context: Partial<SinkCheckContext> = {}) => {
  const error = (await failureOf(check(file, context) as Promise<unknown>)) as unknown as InputProblems;
  expect(error).toBeInstanceOf(InputProblems);
  expect(error.problems.map(({ field }) => field)).toEqual(['sink.args.path']);
  return error.problems[0]!.problem;
};
const reading = (file: string) => ({ source: { name: 'ndjson', args: { path: file } } });

describe('a path that can be written', () => {
  test.each([
    ['a new file', 'rows.ndjson'],
    ['a name of several bytes a character', '結果-😀.ndjson'],
    ['a name with spaces', 'my rows .ndjson'],
    ['the longest name', 'x'.repeat(255 - ADDED)],
    ['the longest name of several bytes a character', '語'.repeat(Math.floor((255 - ADDED) / 3))],
  ])('%s passes, leaves nothing behind, and is written to the end', async (_, name) => {
    const file = folder.path(name);
    await check(file);
    expect(await readdir(folder.path())).toEqual([]);
    const context = { args: { path: file }, runId: RUN_ID };
    await ndjsonSink.open!(context);
    await ndjsonSink.write([row(0)], { ...context, batch: 1, jobId: 'V3-0123456789abcdef0123456789abcdef' });
    await ndjsonSink.close!(context);
    expect(await readFile(file, 'utf8')).toBe(`${JSON.stringify(row(0))}\n`);
  });

  test('may hold a file of an earlier run, which stays as it is', async () => {
    const file = await folder.write('rows.ndjson', 'yesterday');
    await folder.write('rows.ndjson.run.json', '{"madeBy":"temporal-zendesk-jobs","run":"run-0","sha256":[]}');
    await check(file);
    expect(await readFile(file, 'utf8')).toBe('yesterday');
    expect((await readdir(folder.path())).sort()).toEqual(['rows.ndjson', 'rows.ndjson.run.json']);
  });

  test('is relative to where the worker runs', async () => {
    await check(path.relative(process.cwd(), folder.path('rows.ndjson')));
    expect(await readdir(folder.path())).toEqual([]);
  });
});

describe('a path that cannot be written', () => {
  test.each([
    ['one byte too long', 'x'.repeat(256 - ADDED)],
    ['a name that the file system takes, but not with what the sink adds', 'x'.repeat(255)],
    ['a name that no file system takes', 'x'.repeat(300)],
    ['three bytes a character', '語'.repeat(Math.floor((255 - ADDED) / 3) + 1)],
  ])('has %s: the message says how long the name is, and what is added', async (_, name) => {
    const problem = await problemOf(folder.path(name));
    expect(problem).toContain(`its name has ${Buffer.byteLength(name)} bytes, to which the sink adds up to ${ADDED}`);
    expect(await readdir(folder.path())).toEqual([]);
  });

  test('is too long as a whole', async () => {
    const levels = Array.from({ length: 19 }, () => 'd'.repeat(200));
    await mkdir(folder.path(...levels), { recursive: true });
    const file = folder.path(...levels, 'x'.repeat(200));
    expect(Buffer.byteLength(file)).toBeLessThan(4_096);
    expect(await problemOf(file)).toContain('use a shorter one');
  });

  test('is in a folder that does not exist, or in a file', async () => {
    expect(await problemOf(folder.path('none', 'rows.ndjson'))).toMatch(
      /the folder .*none does not exist on the worker/,
    );
    await folder.write('file', '');
    expect(await problemOf(folder.path('file', 'rows.ndjson'))).toMatch(/file is not a folder$/);
    expect(await problemOf(folder.path('file', 'deep', 'rows.ndjson'))).toMatch(/ENOTDIR/);
    expect(await readdir(folder.path())).toEqual(['file']);
  });

  test('is a folder, or something else that is not a file', async () => {
    expect(await problemOf(folder.path())).toMatch(/is not a file: give the path of a file$/);
    expect(await problemOf(`${folder.path('rows')}/`)).toMatch(/is the path of a folder/);
    expect(await problemOf('/dev/null')).toMatch(/is not a file/);
  });

  test('has a character that paths cannot have', async () => {
    expect(await problemOf(folder.path('a\0b'))).toMatch(/cannot be written: .*null bytes/);
  });

  /** Root may do everything: be another user while the check runs. */
  const asNobody = async <T>(use: () => Promise<T>): Promise<T> => {
    const root = process.geteuid!() === 0;
    if (root) process.seteuid!(65_534);
    try {
      return await use();
    } finally {
      if (root) process.seteuid!(0);
    }
  };

  test('is in a folder that the worker may not write', async () => {
    await mkdir(folder.path('readonly'));
    await chmod(folder.path(), 0o755);
    await chmod(folder.path('readonly'), 0o555);
    const problem = await asNobody(() => problemOf(folder.path('readonly', 'rows.ndjson')));
    expect(problem).toMatch(/the worker cannot create files in .*readonly \(EACCES\)/);
  });

  test('is of another user, in a folder such as /tmp', async () => {
    const shared = folder.path('shared');
    await mkdir(shared);
    await chmod(folder.path(), 0o755);
    await chmod(shared, 0o1777);
    await writeFile(path.join(shared, 'rows.ndjson'), 'yesterday');
    const stat = jest.spyOn(promises, 'stat');
    if (process.geteuid!() === 0) await chown(path.join(shared, 'rows.ndjson'), 1, 1);
    else {
      const real = promises.stat.bind(promises);
      stat.mockImplementation((async (file: string) => Object.assign(await real(file), { uid: 1 })) as never);
    }
    const problem = await asNobody(() => problemOf(path.join(shared, 'rows.ndjson'))).finally(() => stat.mockRestore());
    expect(problem).toMatch(/cannot be replaced: it belongs to another user/);
  });

  test('for a reason that may pass is retried: a full disk', async () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    const spy = jest.spyOn(promises, 'writeFile').mockRejectedValueOnce(full);
    const error = await failureOf(check(folder.path('rows.ndjson')) as Promise<unknown>);
    spy.mockRestore();
    expect(error).toBe(full);
    expect(await readdir(folder.path())).toEqual([]);
  });
});

describe('a sink that would replace what the run reads is refused', () => {
  const source = () => folder.path('users.ndjson');
  beforeEach(async () => {
    await writeFile(source(), '{"external_id":"a"}\n');
  });
  afterEach(async () => {
    expect(await readFile(source(), 'utf8')).toBe('{"external_id":"a"}\n');
  });

  const replaces = /would replace .*users\.ndjson, which the run reads as its source: give another path$/;

  test('the same path', async () => {
    expect(await problemOf(source(), reading(source()))).toMatch(replaces);
    expect(await problemOf(`${folder.path()}/./users.ndjson`, reading(source()))).toMatch(replaces);
  });

  test('a symbolic link to it, and the other way round', async () => {
    await symlink(source(), folder.path('link'));
    expect(await problemOf(folder.path('link'), reading(source()))).toMatch(replaces);
    expect(await problemOf(source(), reading(folder.path('link')))).toMatch(/would replace .*link, which/);
  });

  test('a hard link to it', async () => {
    await link(source(), folder.path('hard-link'));
    expect(await problemOf(folder.path('hard-link'), reading(source()))).toMatch(replaces);
  });

  test('through a link to the folder', async () => {
    await symlink(folder.path(), folder.path('folder-link'));
    expect(await problemOf(folder.path('folder-link', 'users.ndjson'), reading(source()))).toMatch(replaces);
  });

  test('a path whose other files would be the source', async () => {
    await writeFile(folder.path('rows.run.json'), '{}');
    expect(await problemOf(folder.path('rows'), reading(folder.path('rows.run.json')))).toMatch(/would replace/);
    await mkdir(folder.path(`rows.parts-${RUN_ID}`));
    const inside = folder.path(`rows.parts-${RUN_ID}`, 'users.ndjson');
    await writeFile(inside, '');
    expect(await problemOf(folder.path('rows'), reading(inside))).toMatch(/would replace/);
  });

  test('a path beside it is not, nor one that another kind of source has', async () => {
    await check(folder.path('rows.ndjson'), reading(source()));
    await check(folder.path('rows.ndjson'), reading(folder.path('not-yet.ndjson')));
    await check(source(), { source: { name: 'own', args: { path: source() } } });
    await check(source(), { source: { name: 'ndjson', args: 'x' } });
    await check(source(), {});
  });
});

describe('what is left of an attempt that was killed', () => {
  test('is deleted by the next check, unless it has rows', async () => {
    const file = folder.path('rows.ndjson');
    const context = { args: { path: file }, runId: RUN_ID };
    await ndjsonSink.open!(context);
    await mkdir(`${file}.parts-${RUN_ID}.joined`);
    await check(file);
    expect(await readdir(folder.path())).toEqual([]);

    await ndjsonSink.write([row(0)], { ...context, batch: 1, jobId: null });
    await check(file);
    await ndjsonSink.close!(context);
    expect(await readFile(file, 'utf8')).toBe(`${JSON.stringify(row(0))}\n`);
  });
});

test('a file that is in the place of the marker is not replaced', async () => {
  await folder.write('rows.ndjson.run.json', '{"my":"notes"}');
  expect(await problemOf(folder.path('rows.ndjson'))).toMatch(
    /rows\.ndjson\.run\.json exists and was not written by this sink/,
  );
});

test.each([undefined, {}, { path: '' }, { path: 'x', rows: 'some' }, { path: 'x', append: true }])(
  'arguments %p are refused',
  async (args) => {
    await expect((async () => ndjsonSink.check!(args, { runId: RUN_ID }))()).rejects.toThrow(InputProblems);
  },
);
