import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { loadExtensions } from '../src/extensions';
import { ZendeskConfigurationError } from '../src/zendesk/accounts';
import { failureOf, temporaryFolder } from './activities/bulk/support/records';

const USERS = "const users = () => ({ items: ['from a module'] });";
const folder = temporaryFolder();
const load = (name?: string) => loadExtensions(name, folder.path());

async function write(name: string, text: string): Promise<string> {
  await mkdir(path.dirname(folder.path(name)), { recursive: true });
  await writeFile(folder.path(name), text);
  return `./${name}`;
}

/** A package of one module, installed where the worker runs. */
async function install(name: string, settings: object, text: string): Promise<string> {
  await write(`node_modules/${name}/package.json`, JSON.stringify({ name, ...settings }));
  await write(`node_modules/${name}/main.js`, text);
  return name;
}

describe('sources and sinks of a module', () => {
  test.each([
    ['plain.js', `${USERS} module.exports = { sources: { users } };`],
    ['plain.cjs', `${USERS} exports.sources = { users };`],
    ['compiled.js', `${USERS} exports.__esModule = true; exports.default = { sources: { users } };`],
    ['named.mjs', `${USERS} export const sources = { users };`],
    ['default.mjs', `${USERS} export default { sources: { users } };`],
  ])('%s', async (name, text) => {
    const { sources, sinks } = await load(await write(name, text));
    expect(sinks).toBeUndefined();
    expect(await (sources!['users'] as () => object)()).toEqual({ items: ['from a module'] });
  });

  test('by a path with or without dots, or a package’s name', async () => {
    const text = `${USERS} module.exports = { sources: { users }, sinks: { rows() {} } };`;
    await write('extensions/bulk.js', text);
    await install('@acme/bulk', { main: 'main.js' }, text);
    for (const name of ['./extensions/bulk', 'extensions/bulk.js', folder.path('extensions/bulk.js'), '@acme/bulk']) {
      expect(await load(name)).toMatchObject({ sources: { users: expect.any(Function) } });
    }
  });

  test('a data converter, alone or beside them', async () => {
    const converter = `dataConverter: { payloadCodecs: [{ encode() {}, decode() {} }] }`;
    expect(await load(await write('alone.js', `module.exports = { ${converter} };`))).toMatchObject({
      dataConverter: { payloadCodecs: [expect.any(Object)] },
    });
    expect(
      await load(await write('beside.js', `module.exports = { sinks: { rows() {} }, ${converter} };`)),
    ).toMatchObject({
      sinks: { rows: expect.any(Function) },
      dataConverter: { payloadCodecs: [expect.any(Object)] },
    });
  });

  test.each([undefined, ''])('none where the variable is %p', async (name) => {
    expect(await load(name)).toEqual({});
  });

  test.each([
    ['a module that awaits', () => write('later.mjs', `${USERS} await null; export const sources = { users };`)],
    [
      'an ES module by .js',
      () => install('es', { type: 'module', exports: './main.js' }, `export const sources = { users() {} };`),
    ],
    ['a CommonJS package', () => install('cjs', { main: 'main.js' }, `${USERS} exports.sources = { users };`)],
  ])('as Node itself loads them: %s', async (_, make) => {
    const name = await make();
    const tsx = require.resolve('tsx');
    const script = path.join(__dirname, 'support/load-extensions.ts');
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--import', tsx, script, name], {
      cwd: folder.path(),
    });
    expect({ stdout, stderr }).toEqual({ stdout: 'users\n', stderr: '' });
  });
});

describe('an extension that cannot be used is said by its name:', () => {
  test.each<[string, string | undefined, string]>([
    ['it is not there', undefined, 'it cannot be loaded: Cannot find module'],
    ['it throws', `throw new Error('no DATABASE_URL');`, 'it cannot be loaded: no DATABASE_URL'],
    ['it is no JavaScript', `module.exports = {`, 'it cannot be loaded: '],
    ['it exports nothing', ``, 'it exports no sources, no sinks and no dataConverter'],
    [
      'it exports something else',
      `module.exports = { source: {} };`,
      'it exports no sources, no sinks and no dataConverter',
    ],
    ['no function', `module.exports = { sources: { users: 'SELECT' } };`, 'sources.users: expected a function'],
    ['no converter', `module.exports = { dataConverter: 'x' };`, 'dataConverter: expected an object'],
    [
      'no codec',
      `module.exports = { dataConverter: { payloadCodecs: [{ encode() {} }] } };`,
      'dataConverter.payloadCodecs: expected a list of objects with encode() and decode()',
    ],
    ['a list', `module.exports = { sinks: [] };`, 'sinks: expected an object by name'],
  ])('%s', async (_, text, problem) => {
    if (text !== undefined) await write('wrong.js', text);
    const error = await failureOf(load('./wrong.js'));
    expect(error).toBeInstanceOf(ZendeskConfigurationError);
    expect(error.message).toContain(`ZENDESK_EXTENSIONS ./wrong.js cannot be used: ${problem}`);
    expect(error.message).not.toContain('\n');
  });

  test('a package that is not installed', async () => {
    expect((await failureOf(load('@acme/nothing'))).message).toMatch(
      /cannot be loaded: Cannot find module '@acme\/nothing'/,
    );
  });
});
