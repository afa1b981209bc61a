import fs from 'node:fs';
import { cp, rename, rm, utimes, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
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

const readCheck = async (args: unknown) => await ndjsonSource.check!(args);
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
    ['half a record', '{"name": "An\n', 'not JSON at column 10'],
    ['a record with something after it', '  {"name": "名前"} x\n', 'not JSON at column 18'],
    ['a list', '[1]\n', 'expected an object or an id'],
    ['null', 'null\n', 'expected an object or an id'],
    ['a flag', 'true\n', 'expected an object or an id'],
    ['bytes that are not text', Buffer.from([0x22, 0xe4, 0x22, 0x0a]), 'not UTF-8'],
    ['more than 2 MB', `"${'x'.repeat(2_000_000)}"\n`, 'longer than 2000000 bytes'],
  ])('%s is reported with its number, or skipped', async (_, line, problem) => {
    const bytes = Buffer.concat([Buffer.from(`${good}\n`), Buffer.from(line), Buffer.from(good)]);
    const path = await folder.write('records.ndjson', bytes);
    const [first] = await pages({ path, skipBadLines: true });

    const error = await failureOf(read({ path }, first!.next));
    expect(error).toBeInstanceOf(SourceError);
    expect(error).toMatchObject({ permanent: true });
    expect(error.message).toBe(`source ndjson: ${path}, line 3: ${problem}`);
    await expect(ndjsonSource.check!({ path })).rejects.toThrow(`${path} has 1 bad lines: line 3: ${problem}`);

    expect(await recordsOf({ path, skipBadLines: true })).toEqual([{ id: 1 }, { id: 1 }]);
    expect(await ndjsonSource.check!({ path, skipBadLines: true })).toEqual({ total: 2 });
  });

  test('after the first page has the number that it has in the file', async () => {
    const path = await folder.write('records.ndjson', `${lines(users(150))}{\n${lines(users(10))}`);
    const error = await failureOf(pages({ path }));
    expect(error.message).toContain('line 151: not JSON');
    expect(await recordsOf({ path, skipBadLines: true })).toHaveLength(160);
  });

  test('of a file of secrets is never quoted', async () => {
    const secret = 'zd-token-5f4dcc3b5aa765d61d8327deb882cf99';
    for (const text of [
      secret,
      `${secret}: x`,
      `{"token": ${secret}}`,
      `["${secret}"]`,
      `"${secret}`,
      `{"${secret}"`,
    ]) {
      const path = await folder.write('token', `${text}\n`);
      const { next } = await read({ path }, null);
      const errors = [await failureOf(read({ path }, next)), await failureOf(readCheck({ path }))];
      for (const error of errors) expect(JSON.stringify([error, error.message, error.stack])).not.toContain('5f4dcc');
    }
  });

  test('of many is one of the twenty that are reported, with how many there are', async () => {
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
    ['is written anew', (path) => writeFile(path, lines(users(250, 1)))],
    ['has the same size and time', (path) => sameSize(path)],
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

  async function sameSize(path: string): Promise<void> {
    const { atime, mtime } = fs.statSync(path);
    await writeFile(path, lines(users(250)).replace('Ann 1', 'Bob 1'));
    await utimes(path, atime, mtime);
  }
});

describe('a file with the same content is the same file', () => {
  const same: [string, (path: string) => Promise<unknown>][] = [
    ['touched', (path) => utimes(path, new Date(), new Date(Date.now() + 5_000))],
    ['written again', (path) => writeFile(path, lines(users(250)))],
    [
      'replaced by a copy, as on another worker',
      (path) => cp(path, `${path}.copy`).then(() => rename(`${path}.copy`, path)),
    ],
  ];
  test.each(same)('%s during the run: all pages are read', async (_, changes) => {
    const path = await folder.write('users.ndjson', lines(users(250)));
    const all = await pages({ path });
    await changes(path);
    for (const [i, { next }] of all.slice(0, -1).entries()) expect(await read({ path }, next)).toEqual(all[i + 1]);
  });

  /** Runs `once` when the file is opened for the next time. */
  const whileReading = (once: (path: string) => void) => {
    const { createReadStream } = fs;
    return jest.spyOn(fs, 'createReadStream').mockImplementationOnce((...given) => {
      once(String(given[0]));
      return createReadStream(...given);
    });
  };

  test('touched while a page is read: the page is read again', async () => {
    const path = await folder.write('users.ndjson', lines(users(250)));
    const all = await pages({ path });
    const old = new Date(Date.now() - 3_600_000);
    // Twice: while the digest is computed, and while the page is read.
    const spy = whileReading((file) => fs.utimesSync(file, old, old));
    expect(await read({ path }, all[1]!.next)).toEqual(all[2]);
    spy.mockRestore();
  });

  test('but changed and touched while a page is read: the run ends', async () => {
    const path = await folder.write('users.ndjson', lines(users(250)));
    const all = await pages({ path });
    const spy = whileReading((file) => {
      const { atime, mtime } = fs.statSync(file);
      fs.writeFileSync(file, lines(users(250)).replace('Ann 1', 'Bob 1'));
      fs.utimesSync(file, atime, mtime);
    });
    const error = await failureOf(read({ path }, all[1]!.next));
    spy.mockRestore();
    expect(error).toMatchObject({ permanent: true });
    expect(error.message).toBe(`source ndjson: ${path} has changed during the run`);
  });
});

test('the cursors of a file only grow, whatever is in it', async () => {
  const line = fc.oneof(
    fc.constantFrom('', ' ', '{', '{"id":1}', '35436', '"語"', '\r'),
    fc.record({ name: fc.string({ unit: 'grapheme', maxLength: 30 }) }).map((record) => JSON.stringify(record)),
  );
  const file = fc.array(fc.tuple(line, fc.integer({ min: 1, max: 130 })), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(file, fc.boolean(), async (blocks, newlineAtEnd) => {
      const text = blocks.map(([content, times]) => `${content}\n`.repeat(times)).join('');
      const path = await folder.write('records.ndjson', newlineAtEnd ? text : text.trimEnd());
      const all = await pages({ path, skipBadLines: true });
      const offsets = all.flatMap(({ next }) => (next === null ? [] : [Number(String(next).split(':')[0])]));
      expect(offsets).toEqual([...new Set(offsets)].sort((a, b) => a - b));
      const { records } = await checkNdjson(path);
      expect(all.flatMap(({ items }) => items)).toHaveLength(records);
    }),
    { numRuns: 60 },
  );
});

describe('a file that cannot be read', () => {
  test('is not there: the run ends', async () => {
    const error = await failureOf(read({ path: folder.path('none.ndjson') }, null));
    expect(error).toMatchObject({ permanent: true });
    expect(error.message).toMatch(/none\.ndjson is not on the worker/);
  });

  test('goes away during the run', async () => {
    const path = await folder.write('users.ndjson', lines(users(1)));
    const { next } = await read({ path }, null);
    await rm(path);
    expect(await failureOf(read({ path }, next))).toMatchObject({ permanent: true });
  });

  test('is a folder', async () => {
    await expect(ndjsonSource.check!({ path: folder.path() })).rejects.toThrow(/is not a file$/);
    expect((await failureOf(read({ path: folder.path() }, null))).message).toMatch(/is not a file$/);
  });

  test('is read with the cursor of another source', async () => {
    const path = await folder.write('users.ndjson', lines(users(1)));
    for (const cursor of [42, 'abc', '0:0:1-1', '0:0', '-1:0:1-abcdef0123456789', '0:0:24-1727000000000']) {
      expect(await failureOf(read({ path }, cursor))).toMatchObject({ permanent: true });
    }
    const { next } = await read({ path }, null);
    const beyond = await failureOf(read({ path }, String(next).replace(/^0/, '99999')));
    expect(beyond.message).toContain('the cursor is not one of this source');
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
