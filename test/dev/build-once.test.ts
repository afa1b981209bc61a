import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildOnce, builtBefore, cacheFolder } from '../../dev/build-once';

let cache: string;
let said: string[];
const log = (line: string) => void said.push(line);
beforeEach(async () => {
  cache = await mkdtemp(path.join(tmpdir(), 'build-once-'));
  said = [];
});
afterEach(async () => await rm(cache, { recursive: true }));

test('two callers at the same time: one builds, the other waits for it and says so', async () => {
  let builds = 0;
  const build = async (folder: string) => {
    builds++;
    await sleep(100);
    await writeFile(path.join(folder, 'tool'), 'made');
  };
  const [first, second] = await Promise.all([
    buildOnce('tool-1', build, { log, cache }),
    buildOnce('tool-1', build, { log, cache }),
  ]);
  expect(builds).toBe(1);
  expect(first).toBe(second);
  expect(await readFile(path.join(first, 'tool'), 'utf8')).toBe('made');
  expect(said).toEqual(['Another process is getting tool-1: waiting for it']);
});

test('what was built before is not built again', async () => {
  expect(await builtBefore('tool-1', cache)).toBeUndefined();
  const folder = await buildOnce('tool-1', async () => {}, { log, cache });
  expect(await builtBefore('tool-1', cache)).toBe(folder);
  const again = () => Promise.reject(new Error('built twice'));
  expect(await buildOnce('tool-1', again, { log, cache })).toBe(folder);
});

test('a build that fails leaves nothing behind, and the next one is tried', async () => {
  const fails = async (folder: string) => {
    await writeFile(path.join(folder, 'half'), '');
    throw new Error('no compiler');
  };
  await expect(buildOnce('tool-1', fails, { log, cache })).rejects.toThrow('no compiler');
  expect(await readdir(cache)).toEqual([]);
  await buildOnce('tool-1', async () => {}, { log, cache });
  expect(await readdir(cache)).toEqual(['tool-1']);
});

test('the lock of a process that died is taken over', async () => {
  const lock = path.join(cache, 'tool-1.lock');
  const minuteAgo = new Date(Date.now() - 60_000);
  await writeFile(lock, '');
  await utimes(lock, minuteAgo, minuteAgo);
  await buildOnce('tool-1', async () => {}, { log, cache });
  expect(await readdir(cache)).toEqual(['tool-1']);
});

test.each([
  [{ XDG_CACHE_HOME: '/cache' }, '/cache/temporal-zendesk-jobs'],
  [{ XDG_CACHE_HOME: '' }, expect.stringMatching(/\.cache\/temporal-zendesk-jobs$/)],
])('the cache of %j is %s', (env, folder) => expect(cacheFolder(env)).toEqual(folder));
