import { resolveExecutable, type ExecutableSources } from '../../dev/resolve-executable';

const DOWNLOAD = { type: 'cached-download' } as const;
const at = (path: string) => ({ type: 'existing-path', path }) as const;

/** Sources that have nothing, and note which of them were asked. */
function sourcesWith(found: Partial<Record<'named' | 'onPath' | 'builtBefore' | 'downloaded' | 'built', boolean>>) {
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
    builtBefore: source('builtBefore', '/built/before'),
    downloaded: source('downloaded', DOWNLOAD),
    built: source('built', '/built'),
    advice: 'three ways to get one',
  };
  return { sources, asked };
}

test.each([
  ['the one that is named', { named: true, onPath: true, builtBefore: true, downloaded: true }, at('/named'), []],
  ['the one on PATH', { onPath: true, builtBefore: true, downloaded: true }, at('/on/path'), ['onPath']],
  ['one built before', { builtBefore: true, downloaded: true }, at('/built/before'), ['onPath', 'builtBefore']],
  ["the SDK's download", { downloaded: true, built: true }, DOWNLOAD, ['onPath', 'builtBefore', 'downloaded']],
  ['a new build', { built: true }, at('/built'), ['onPath', 'builtBefore', 'downloaded', 'built']],
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
    'TEMPORAL_CLI_PATH names /nowhere, which is no executable file',
  );
  expect(asked).toEqual([]);
});

test('a build that fails is told, not passed over', async () => {
  const { sources } = sourcesWith({});
  const built = () => Promise.reject(new Error('go install ended with code 1'));
  await expect(resolveExecutable({ ...sources, built })).rejects.toThrow('go install ended with code 1');
});
