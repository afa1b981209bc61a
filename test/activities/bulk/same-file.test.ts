import { link, mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { isInside, isSameFile } from '../../../src/activities/bulk/same-file';
import { temporaryFolder } from './support/records';

const folder = temporaryFolder();
const inFolder = (name: string) => folder.path(...name.split('/'));

beforeEach(async () => {
  await folder.write('file', 'a');
  await folder.write('other', 'a');
  await mkdir(inFolder('sub/deep'), { recursive: true });
  await folder.write('sub/file', 'a');
  await symlink(inFolder('file'), inFolder('link'));
  await symlink('../file', inFolder('sub/link'));
  await symlink(inFolder('link'), inFolder('link-to-link'));
  await link(inFolder('file'), inFolder('sub/hard-link'));
  await symlink(inFolder('sub'), inFolder('folder-link'));
  await symlink(inFolder('sub/not-yet'), inFolder('dangling'));
  await symlink(inFolder('circle'), inFolder('circle'));
});

describe('two paths lead to the same file', () => {
  test.each([
    ['file', 'file'],
    ['file', 'sub/../file'],
    ['file', 'link'],
    ['link-to-link', 'sub/link'],
    ['file', 'sub/hard-link'],
    ['sub/file', 'folder-link/file'],
    ['not-yet', 'sub/../not-yet'],
    ['sub/not-yet', 'folder-link/not-yet'],
    ['sub/not-yet', 'dangling'],
    ['sub/no/folder/yet', 'folder-link/no/folder/yet'],
    ['circle', 'circle'],
  ])('%s and %s', async (a, b) => {
    const [first, second] = [`${folder.path()}/${a}`, `${folder.path()}/${b}`];
    expect(await isSameFile(first, second)).toBe(true);
    expect(await isSameFile(second, first)).toBe(true);
    expect(await isSameFile(first, path.relative(process.cwd(), second))).toBe(true);
  });
});

describe('two paths lead to different files', () => {
  test.each([
    ['file', 'other'],
    ['file', 'sub/file'],
    ['file', 'not-yet'],
    ['not-yet', 'not-yet-either'],
    ['file', 'dangling'],
    ['file', 'circle'],
    ['file', 'file/inside'],
  ])('%s and %s', async (a, b) => {
    expect(await isSameFile(inFolder(a), inFolder(b))).toBe(false);
  });
});

test.each([
  ['sub/deep', 'sub', true],
  ['sub/deep/not-yet', 'folder-link', true],
  ['folder-link/file', 'sub', true],
  ['sub/link', 'sub', false],
  ['sub', 'sub', false],
  ['sub-not-yet', 'sub', false],
  ['file', 'sub', false],
])('%s is in %s: %s', async (file, outer, expected) => {
  expect(await isInside(inFolder(file), inFolder(outer))).toBe(expected);
});
