/** What is in the tarball that `npm publish` would send. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pack, ROOT, type Tarball } from './packed';

let folder: string;
let tarball: Tarball;
let paths: string[];
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'temporal-zendesk-jobs-packed-'));
  tarball = pack(folder);
  paths = tarball.files.map((file) => file.path);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ALLOWED = [
  /^(README|CHANGELOG|ARCHITECTURE|SECURITY)\.md$/,
  /^(LICENSE|package\.json)$/,
  /^docs\/[a-z-]+\.md$/,
  /^openapi\/[a-z-]+\.yaml$/,
  /^schemas\/[A-Za-z]+\.schema\.json$/,
  /^deploy\/(prometheus|grafana)\/([a-z-]+\/)*[a-z.-]+\.(json|yml)$/,
  /^src\/([a-z-]+\/)*[a-z-]+\.ts$/,
  /^lib\/([a-z-]+\/)*[a-z-]+(\.js|\.d\.ts)(\.map)?$/,
];

test('nothing is packed that is not meant to be', () => {
  expect(paths.filter((file) => !ALLOWED.some((pattern) => pattern.test(file)))).toEqual([]);
  expect(paths.filter((file) => /\.test\.ts|\.spec\.|\.env|\.tsbuildinfo/.test(file))).toEqual([]);
});

test('what a user looks for is packed', () => {
  const wanted = ['README.md', 'CHANGELOG.md', 'LICENSE', 'docs/versioning.md', 'docs/traps.md', 'lib/cli/main.js'];
  expect(paths).toEqual(expect.arrayContaining(wanted));
});

test('lib is what src compiles to: nothing is left over of a file that is gone', () => {
  const modules = paths.filter((file) => file.startsWith('src/')).map((file) => file.slice(4, -3));
  const built = ['.js', '.js.map', '.d.ts', '.d.ts.map'];
  const expected = modules.flatMap((module) => built.map((ending) => `lib/${module}${ending}`));
  expect(paths.filter((file) => file.startsWith('lib/')).sort()).toEqual(expected.sort());
});

test('source maps lead to sources that are packed', () => {
  const maps = paths.filter((file) => file.endsWith('.map'));
  expect(maps.length).toBeGreaterThan(100);
  const lost = maps.flatMap((map) => {
    const { sources } = JSON.parse(readFileSync(path.join(ROOT, map), 'utf8')) as { sources: string[] };
    const found = sources.map((source) => path.posix.join(path.posix.dirname(map), source));
    return found.filter((source) => !paths.includes(source));
  });
  expect(lost).toEqual([]);
});

test('it stays small', () => {
  expect(tarball.size).toBeLessThan(800_000);
  expect(tarball.unpackedSize).toBeLessThan(3_000_000);
});
