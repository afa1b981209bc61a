import { resolveExecutable, type ExecutableSources } from '../../dev/resolve-executable';

const DOWNLOAD = { type: 'cached-download' } as const;
const at = (path: string) => ({ type: 'existing-path', path }) as const;

/** Sources that have nothing, and note which of them were asked. */
function sourcesWith(
  found: Partial<Record<'named' | 'onPath' | 'installedBefore' | 'downloaded' | 'installed', boolean>>,
) {
  const asked: string[] = [];
  const source =
    <T>(name: keyof typeof found, value: T) =>
    async () => {
      asked.push(name);
      return found[name] ? value : undefined;
    };
  const sources: ExecutableSources = {
    variable: 'TEMPORAL_CLI_PATH',
    named: found.named ? '/named' : undefined,
    isExecutable: async (file) => file === '/named',
    onPath: source('onPath', '/on/path'),
    installedBefore: source('installedBefore', '/installed/before'),
    downloaded: source('downloaded', DOWNLOAD),
    installed: source('installed', '/installed'),
    advice: 'three ways to get one',
  };
  return { sources, asked };
}

test.each([
  ['the one that is named', { named: true, onPath: true, installedBefore: true, downloaded: true }, at('/named'), []],
  ['the one on PATH', { onPath: true, installedBefore: true, downloaded: true }, at('/on/path'), ['onPath']],
  [
    'the wheel of an earlier run',
    { installedBefore: true, downloaded: true },
    at('/installed/before'),
    ['onPath', 'installedBefore'],
  ],
  ["the SDK's download", { downloaded: true, installed: true }, DOWNLOAD, ['onPath', 'installedBefore', 'downloaded']],
  [
    'the wheel from PyPI',
    { installed: true },
    at('/installed'),
    ['onPath', 'installedBefore', 'downloaded', 'installed'],
  ],
])('takes %s, and asks for nothing after it', async (_, found, executable, askedFor) => {
  const { sources, asked } = sourcesWith(found);
  expect(await resolveExecutable(sources)).toEqual(executable);
  expect(asked).toEqual(askedFor);
});

test('says how to get one where there is none', async () => {
  await expect(resolveExecutable(sourcesWith({}).sources)).rejects.toThrow('three ways to get one');
});

test('refuses a named file that cannot be run, and takes no other', async () => {
  const { sources, asked } = sourcesWith({ onPath: true, downloaded: true });
  await expect(resolveExecutable({ ...sources, named: '/nowhere' })).rejects.toThrow(
    'TEMPORAL_CLI_PATH names /nowhere, which is not an executable file',
  );
  expect(asked).toEqual([]);
});

test('a failed installation is reported, with the other ways to get one', async () => {
  const { sources } = sourcesWith({});
  const installed = () => Promise.reject(new Error('pip ended with code 1'));
  await expect(resolveExecutable({ ...sources, installed })).rejects.toThrow(
    /pip ended with code 1[^]*three ways to get one/,
  );
});
