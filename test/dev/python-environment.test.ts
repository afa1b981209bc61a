import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findPython } from '../../dev/python-environment';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'pythons-'));
});
afterEach(async () => await rm(folder, { recursive: true }));

const find = () => findPython({ PATH: folder });
async function install(name: string, version: string): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, `#!/bin/sh\necho ${version}\n`);
  await chmod(file, 0o755);
  return file;
}

test('without Python it says which version to install, and how', async () => {
  await expect(find()).rejects.toThrow(/Python 3\.10 or later is needed[^]*apt-get install python3 python3-venv/);
});

test('a Python that is too old is none', async () => {
  await install('python3', '3.9');
  await expect(find()).rejects.toThrow('Python 3.10 or later is needed');
});

test('a newer one beside it is taken', async () => {
  await install('python3', '3.9');
  const newer = await install('python3.12', '3.12');
  expect(await find()).toMatchObject({ command: newer, version: '3.12' });
});
