import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const JEST = require.resolve('jest/bin/jest');

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'closing-line-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs jest, with our reporter, on the given files. */
function runJest(files: Record<string, string>, config = {}) {
  const reporters = ['default', path.join(__dirname, 'closing-line-reporter.js')];
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  writeFileSync(path.join(folder, 'jest.config.json'), JSON.stringify({ rootDir: folder, reporters, ...config }));
  const run = spawnSync(process.execPath, [JEST, '--config', 'jest.config.json'], { cwd: folder, encoding: 'utf8' });
  return { code: run.status, lastLine: run.stdout.trimEnd().split('\n').at(-1), errors: run.stderr };
}

const PASSES = `test('a', () => {}); test('b', () => console.log('said'));`;
const FAILS = `test('c', () => { throw new Error('no'); });`;
const CANNOT_RUN = `throw new Error('cannot be loaded');`;
const SKIPS = `test.skip('d', () => {}); test.todo('e');`;
const TEARDOWN = `module.exports = async () => console.log('torn down');`;

test.each([
  ['all pass', [PASSES], 0, '2 passed, 0 failed'],
  ['one fails', [PASSES, FAILS], 1, '2 passed, 1 failed'],
  ['a file cannot be run', [PASSES, CANNOT_RUN], 1, '2 passed, 1 failed'],
  ['some are skipped', [PASSES, SKIPS], 0, '2 passed, 0 failed, 2 skipped'],
  ['all are skipped', [SKIPS], 1, '0 passed, 0 failed, 2 skipped'],
])('when %s, the last line has the real counts', (_, suites, code, lastLine) => {
  const files = Object.fromEntries(suites.map((text, index) => [`${index}.test.js`, text]));
  const teardown = { 'teardown.js': TEARDOWN };
  expect(runJest({ ...files, ...teardown }, { globalTeardown: './teardown.js' })).toMatchObject({ code, lastLine });
});

test('without any test file the run fails', () => {
  expect(runJest({}).code).toBe(1);
});

test('when the global setup fails, that counts as a failure', () => {
  const setup = `
    const { closeWith } = require(${JSON.stringify(path.join(__dirname, 'closing-line.js'))});
    module.exports = async () => { closeWith({ passed: 0, failed: 1, skipped: 0 }); throw new Error('no server'); };`;
  const run = runJest({ '0.test.js': PASSES, 'setup.js': setup }, { globalSetup: './setup.js' });
  expect(run).toMatchObject({ code: 1, lastLine: '0 passed, 1 failed', errors: expect.stringContaining('no server') });
});
