import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { appendFile, cp, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { contentDigest, contentVersion, whileUnchanged } from '../../../src/activities/bulk/file-version';
import { checkNdjson } from '../../../src/activities/bulk/ndjson-lines';
import { temporaryFolder } from './support/records';

const folder = temporaryFolder();
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const old = new Date(Date.now() - 3_600_000);

/** How often the whole file is read while `use` runs. */
async function readings(use: () => Promise<unknown>): Promise<number> {
  const spy = jest.spyOn(fs, 'createReadStream');
  await use();
  const count = spy.mock.calls.length;
  spy.mockRestore();
  return count;
}

/** As if the file had been written an hour ago. */
async function later<T>(use: () => Promise<T>): Promise<T> {
  const { now } = Date;
  const spy = jest.spyOn(Date, 'now').mockImplementation(() => now() + 3_600_000);
  try {
    return await use();
  } finally {
    spy.mockRestore();
  }
}

test.each(['', 'a', '{"name":"名前"}\n', 'x'.repeat(3_000_000)])(
  'the digest of a file is its SHA-256',
  async (text) => {
    const file = await folder.write('file', text);
    expect(await contentDigest(file)).toBe(sha256(text));
    expect(await contentVersion(file)).toBe(`${Buffer.byteLength(text)}-${sha256(text).slice(0, 16)}`);
  },
);

test('it is computed once, and again when the file was touched', async () => {
  const file = await folder.write('file', 'content');
  await later(async () => {
    expect(await readings(() => contentDigest(file))).toBe(1);
    expect(await readings(() => contentVersion(file))).toBe(0);
    await utimes(file, old, old);
    expect(await readings(() => contentVersion(file))).toBe(1);
    expect(await readings(() => contentVersion(file))).toBe(0);
  });
});

test('callers at the same time share one reading', async () => {
  const file = await folder.write('file', 'content');
  const both = () => Promise.all(Array.from({ length: 20 }, () => contentDigest(file)));
  await later(async () => expect(await readings(both)).toBe(1));
});

test('the pass that checks the lines gives the digest as well', async () => {
  const file = await folder.write('file', '{"id":1}\n');
  await later(async () => {
    expect((await checkNdjson(file)).digest).toBe(sha256('{"id":1}\n'));
    expect(await readings(() => contentVersion(file))).toBe(0);
  });
});

test('a file that was written a moment ago is read again: its next change may bear the same time', async () => {
  const file = await folder.write('file', 'before');
  expect(await contentDigest(file)).toBe(sha256('before'));
  expect(await readings(() => contentDigest(file))).toBe(1);
  expect(await readings(() => checkNdjson(file))).toBe(1);
  expect(await readings(() => contentDigest(file))).toBe(1);
});

test('a file whose time lies ahead, as on a file server with another clock, is read once', async () => {
  const file = await folder.write('file', 'content');
  const ahead = new Date(Date.now() + 600_000);
  await utimes(file, ahead, ahead);
  expect(await readings(() => contentDigest(file))).toBe(1);
  expect(await readings(() => contentDigest(file))).toBe(0);
});

test('another content of the same size and time has another digest', async () => {
  const file = await folder.write('file', 'aaaa');
  await utimes(file, old, old);
  await later(() => contentDigest(file));
  await writeFile(file, 'bbbb');
  await utimes(file, old, old);
  expect(await later(() => contentDigest(file))).toBe(sha256('bbbb'));
});

test('a file that is moved, copied or replaced by an equal one keeps its version', async () => {
  const file = await folder.write('file', 'content');
  const version = await contentVersion(file);
  await cp(file, folder.path('copy'));
  expect(await contentVersion(folder.path('copy'))).toBe(version);
  await rename(folder.path('copy'), file);
  expect(await contentVersion(file)).toBe(version);
});

describe('a file that changes while it is read', () => {
  test('is read again until it was the same throughout', async () => {
    const file = await folder.write('file', 'a');
    let reads = 0;
    const content = await whileUnchanged(file, async () => {
      const found = fs.readFileSync(file, 'utf8');
      if ((reads += 1) < 3) await appendFile(file, 'a');
      return found;
    });
    expect([content, reads]).toEqual(['aaa', 3]);
  });

  test('gives no error of a state that is gone, and an error of the last one', async () => {
    const file = await folder.write('file', 'a');
    let reads = 0;
    const failing = whileUnchanged(file, async () => {
      reads += 1;
      if (reads < 2) await appendFile(file, 'a');
      throw new Error(`bad line in state ${reads}`);
    });
    await expect(failing).rejects.toThrow('bad line in state 2');
  });

  test('without end is an error that may pass', async () => {
    const file = await folder.write('file', 'a');
    const failing = whileUnchanged(file, () => appendFile(file, 'a'));
    await expect(failing).rejects.toThrow(/file keeps changing while it is read$/);
  });

  test('by growing during the digest, has that of its last state', async () => {
    const file = await folder.write('file', 'a'.repeat(100_000));
    const { createReadStream } = fs;
    const spy = jest.spyOn(fs, 'createReadStream').mockImplementationOnce((...args) => {
      fs.appendFileSync(file, 'b');
      return createReadStream(...args);
    });
    expect(await contentDigest(file)).toBe(sha256(`${'a'.repeat(100_000)}b`));
    expect(spy).toHaveBeenCalledTimes(2);
    spy.mockRestore();
  });

  test('by being deleted is missing', async () => {
    const file = await folder.write('file', 'a');
    await expect(whileUnchanged(file, () => rm(file))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

test('a digest that failed is computed anew', async () => {
  const file = await folder.write('file', 'content');
  const spy = jest.spyOn(fs, 'createReadStream').mockImplementationOnce(() => {
    throw Object.assign(new Error('EIO'), { code: 'EIO' });
  });
  await later(async () => {
    await expect(contentDigest(file)).rejects.toThrow('EIO');
    expect(await contentDigest(file)).toBe(sha256('content'));
  });
  spy.mockRestore();
});

test('the digests of a hundred files are kept, and no more', async () => {
  const files = await Promise.all(Array.from({ length: 101 }, (_, i) => folder.write(`file-${i}`, `${i}`)));
  await later(async () => {
    for (const file of files) await contentDigest(file);
    expect(await readings(() => contentDigest(files[100]!))).toBe(0);
    expect(await readings(() => contentDigest(files[0]!))).toBe(1);
  });
});

test('a folder has no digest', async () => {
  await expect(contentDigest(folder.path())).rejects.toThrow(/is not a file$/);
});
