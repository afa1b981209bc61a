import { rm, utimes, writeFile } from 'node:fs/promises';
import { SourceError } from '../../../src/activities/bulk/errors';
import { checkNdjson } from '../../../src/activities/bulk/ndjson-lines';
import { ndjsonSource } from '../../../src/activities/bulk/ndjson-source';
import { readPage, type Page } from '../../../src/activities/bulk/read-page';
import type { SourceCursor } from '../../../src/common/bulk';
import { InputProblems } from '../../../src/common/inputs';
import { failureOf, temporaryFolder, users } from './support/records';

const folder = temporaryFolder();
const read = (args: unknown, cursor: SourceCursor | null) => readPage({ name: 'ndjson', args }, cursor, {});
const lines = (records: unknown[]) => records.map((record) => `${JSON.stringify(record)}\n`).join('');

/** All pages, from the beginning or from a cursor on. */
async function pages(args: unknown, from: SourceCursor | null = null): Promise<Page[]> {
  const found: Page[] = [];
  for (let cursor: SourceCursor | null = from, first = true; first || cursor !== null; first = false) {
    const page: Page = await read(args, cursor);
    found.push(page);
    cursor = page.next;
  }
  return found;
}

const recordsOf = async (args: unknown) => (await pages(args)).flatMap(({ items }) => items);

describe('records of a file', () => {
  test('come a hundred a page, and each page can be read again by its cursor', async () => {
    const path = await folder.write('users.ndjson', lines(users(250)));
    const all = await pages({ path });
    expect(all.map(({ items }) => items.length)).toEqual([0, 100, 100, 50]);
    expect(all.flatMap(({ items }) => items)).toEqual(users(250));
    for (const [i, { next }] of all.slice(0, -1).entries()) expect(await read({ path }, next)).toEqual(all[i + 1]);
  });

  test.each<[string, string | Buffer, unknown[]]>([
    ['an empty file', '', []],
    ['blank lines', '\n  \n{"id":1}\n\n\t\n{"id":2}\n\n', [{ id: 1 }, { id: 2 }]],
    ['no newline at the end', '{"id":1}\n{"id":2}', [{ id: 1 }, { id: 2 }]],
    ['Windows line ends', '{"id":1}\r\n\r\n{"id":2}\r\n', [{ id: 1 }, { id: 2 }]],
    ['a byte order mark', '\uFEFF{"id":1}\n{"id":2}\n', [{ id: 1 }, { id: 2 }]],
    ['ids', '35436\n"35437"\n', [35436, '35437']],
    ['letters of several bytes', lines([{ name: 'Zoë 😀' }, { name: '名前' }]), [{ name: 'Zoë 😀' }, { name: '名前' }]],
    ['a long record', lines([{ notes: 'ö'.repeat(900_000) }, { id: 2 }]), [{ notes: 'ö'.repeat(900_000) }, { id: 2 }]],
  ])('%s', async (_, text, records) => {
    const path = await folder.write('records.ndjson', text);
    expect(await recordsOf({ path })).toEqual(records);
    expect(await ndjsonSource.check!({ path })).toEqual({ total: records.length });
  });

  test('whose lines are cut anywhere by the reading of the file', async () => {
    const records = Array.from({ length: 300 }, (_, i) => ({ id: i, name: 'é€😀'.repeat((i * 37) % 400) }));
    const path = await folder.write('records.ndjson', lines(records));
    expect(await recordsOf({ path })).toEqual(records);
  });
});

describe('a bad line', () => {
  const good = '{"id":1}\n';
  test.each<[string, string | Buffer, string]>([
    ['half a record', '{"name": "An\n', 'no JSON'],
    ['a list', '[1]\n', 'expected an object, or an id'],
    ['null', 'null\n', 'expected an object, or an id'],
    ['a flag', 'true\n', 'expected an object, or an id'],
    ['bytes that are no text', Buffer.from([0x22, 0xe4, 0x22, 0x0a]), 'no UTF-8'],
    ['more than 2 MB', `"${'x'.repeat(2_000_000)}"\n`, 'longer than 2000000 bytes'],
  ])('%s: told with its number, or skipped', async (_, line, problem) => {
    const bytes = Buffer.concat([Buffer.from(`${good}\n`), Buffer.from(line), Buffer.from(good)]);
    const path = await folder.write('records.ndjson', bytes);
    const [first] = await pages({ path, skipBadLines: true });

    const error = await failureOf(read({ path }, first!.next));
    expect(error).toBeInstanceOf(SourceError);
    expect(error).toMatchObject({ permanent: true });
    expect(error.message).toContain(`source ndjson: ${path}, line 3: ${problem}`);
    await expect(ndjsonSource.check!({ path })).rejects.toThrow(`${path} has 1 bad lines: line 3: ${problem}`);

    expect(await recordsOf({ path, skipBadLines: true })).toEqual([{ id: 1 }, { id: 1 }]);
    expect(await ndjsonSource.check!({ path, skipBadLines: true })).toEqual({ total: 2 });
  });

  test('after the first page has the number that it has in the file', async () => {
    const path = await folder.write('records.ndjson', `${lines(users(150))}{\n${lines(users(10))}`);
    const error = await failureOf(pages({ path }));
    expect(error.message).toContain('line 151: no JSON');
    expect(await recordsOf({ path, skipBadLines: true })).toHaveLength(160);
  });

  test('one of many: twenty are told, and how many there are', async () => {
    const path = await folder.write('records.ndjson', `${good}${'{\n'.repeat(35)}`);
    const { records, bad, badLines } = await checkNdjson(path);
    expect({ records, badLines }).toEqual({ records: 1, badLines: 35 });
    expect(bad.map(({ line }) => line)).toEqual(Array.from({ length: 20 }, (_, i) => i + 2));
    await expect(ndjsonSource.check!({ path })).rejects.toThrow(/has 35 bad lines: line 2: .*; line 21: /);
  });
});

describe('a file that changes during the run', () => {
  const change: [string, (path: string) => Promise<unknown>][] = [
    ['grows', (path) => writeFile(path, lines(users(3)), { flag: 'a' })],
    ['is touched', (path) => utimes(path, new Date(), new Date(Date.now() + 5_000))],
    ['is written anew', (path) => writeFile(path, lines(users(250, 1)))],
  ];
  test.each(change)('%s: noticed by each page, the first one too', async (_, changes) => {
    const path = await folder.write('users.ndjson', lines(users(250)));
    await utimes(path, new Date(), new Date(Date.now() - 60_000));
    const all = await pages({ path });
    await changes(path);
    for (const { next } of all.slice(0, -1)) {
      const error = await failureOf(read({ path }, next));
      expect(error).toMatchObject({ permanent: true });
      expect(error.message).toBe(`source ndjson: ${path} has changed during the run`);
    }
  });
});

describe('a file that cannot be read', () => {
  test('is not there: the run ends', async () => {
    const error = await failureOf(read({ path: folder.path('none.ndjson') }, null));
    expect(error).toMatchObject({ permanent: true });
    expect(error.message).toMatch(/none\.ndjson cannot be read: ENOENT/);
  });

  test('goes away during the run', async () => {
    const path = await folder.write('users.ndjson', lines(users(1)));
    const { next } = await read({ path }, null);
    await rm(path);
    expect(await failureOf(read({ path }, next))).toMatchObject({ permanent: true });
  });

  test('is a folder', async () => {
    await expect(ndjsonSource.check!({ path: folder.path() })).rejects.toThrow(/is no file$/);
    expect((await failureOf(read({ path: folder.path() }, null))).message).toMatch(/is no file$/);
  });

  test('is read with the cursor of another source', async () => {
    const path = await folder.write('users.ndjson', lines(users(1)));
    expect(await failureOf(read({ path }, 42))).toMatchObject({ permanent: true });
  });
});

test.each([
  [undefined, 'source.args'],
  [{}, 'path'],
  [{ path: '' }, 'path'],
  [{ path: 'x', skipBadLines: 'yes' }, 'skipBadLines'],
  [{ path: 'x', skipBadlines: true }, 'skipBadlines: unknown option'],
])('arguments %p are refused', async (args, words) => {
  const error = await failureOf(read(args, null));
  expect(error).toBeInstanceOf(InputProblems);
  expect(error.message).toContain(words);
});
