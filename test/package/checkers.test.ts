/** What the checkers of published packages say of the tarball. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { publint } from 'publint';
import { exports as entries } from '../../package.json';
import { pack, ROOT } from './packed';

let folder: string;
let tarball: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'temporal-zendesk-jobs-checked-'));
  tarball = pack(folder).file;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('publint has nothing to say, not even a suggestion', async () => {
  const { buffer, byteOffset, byteLength } = readFileSync(tarball);
  const packed = buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
  const { messages } = await publint({ pack: { tarball: packed } });
  expect(messages).toEqual([]);
});

test('are the types wrong? Not for any way to resolve modules', () => {
  const cli = path.join(ROOT, 'node_modules/.bin/attw');
  // All resolutions, and no rule switched off. It ends with 1, which throws, when it finds a problem.
  const report = execFileSync(cli, [tarball, '--format', 'ascii', '--no-color'], { encoding: 'utf8' });
  expect(report).toContain('No problems found');
  for (const entry of Object.keys(entries).filter((entry) => !entry.endsWith('.json'))) {
    expect(report).toContain(`"temporal-zendesk-jobs${entry.slice(1)}"`);
  }
});
