import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findGo } from '../../dev/go-program';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'go-'));
});
afterEach(async () => await rm(folder, { recursive: true }));

const find = () => findGo({ PATH: folder });
async function install(version: string): Promise<string> {
  const file = path.join(folder, 'go');
  await writeFile(file, `#!/bin/sh\necho go version ${version} linux/amd64\n`);
  await chmod(file, 0o755);
  return file;
}

test('without Go it says which version to install, and where it is', async () => {
  await expect(find()).rejects.toThrow(/Go 1\.24 or later is needed[^]*https:\/\/go\.dev/);
});

test('a Go that cannot fetch a newer one is none', async () => {
  await install('go1.19.8');
  await expect(find()).rejects.toThrow('Go 1.24 or later is needed');
});

test('one that can is taken', async () => {
  const go = await install('go1.26.8');
  expect(await find()).toBe(go);
});
