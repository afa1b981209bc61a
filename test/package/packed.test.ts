import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { exports as entries } from '../../package.json';
import { installPacked, type Project } from './packed';

let project: Project;
beforeAll(() => (project = installPacked()));
afterAll(() => project?.remove());

const ENTRIES: [string, string[]][] = [
  ['', ['ZendeskJobsPlugin', 'createZendeskActivities']],
  ['/activities', ['createZendeskActivities', 'ZendeskAccounts']],
  ['/nexus', ['zendeskJobsService']],
  ['/nexus-handler', ['createZendeskNexusHandler']],
  ['/testing', ['FakeZendesk']],
  ['/workflow', ['awaitZendeskJob', 'awaitZendeskJobs', 'runZendeskJob']],
  ['/workflows', ['awaitZendeskJob', 'awaitZendeskJobs', 'runZendeskJob', 'runZendeskBulk']],
];

test('no entry is forgotten here', () => {
  const code = Object.keys(entries).filter((entry) => !entry.endsWith('.json'));
  expect(ENTRIES.map(([entry]) => `.${entry}`).sort()).toEqual(code.sort());
});

test('every entry can be required by plain Node, though dependencies are ES modules', () => {
  const printed = project.run(`
    const names = (entry) => Object.keys(require('temporal-zendesk-jobs' + entry));
    console.log(JSON.stringify(${JSON.stringify(ENTRIES)}.map(([entry]) => names(entry))));
  `);
  const names = JSON.parse(printed) as string[][];
  expect(names).toEqual(ENTRIES.map(([, wanted]) => expect.arrayContaining(wanted)));
});

test('every entry gives its names to an ES module, where Node has to find them in CommonJS without running it', () => {
  const imports = ENTRIES.map(([entry, names], at) => {
    const aliases = names.map((name) => `${name} as ${name}${at}`);
    return `import { ${aliases.join(', ')} } from 'temporal-zendesk-jobs${entry}';\nconsole.log(typeof ${names[0]}${at});`;
  });
  const file = project.write('script.mjs', imports.join('\n'));
  expect(
    project
      .run(`import(${JSON.stringify(file)})`)
      .trimEnd()
      .split('\n'),
  ).toEqual(ENTRIES.map(([, [first]]) => (first === 'zendeskJobsService' ? 'object' : 'function')));
});

test('the command that npm links says its version', () => {
  const printed = project.run(`
    const { bin, version } = require('temporal-zendesk-jobs/package.json');
    const command = require.resolve('temporal-zendesk-jobs/package.json').replace('package.json', Object.values(bin)[0]);
    const said = require('node:child_process').execFileSync(process.execPath, [command, '--version'], { encoding: 'utf8' });
    console.log(said.trim() === version);
  `);
  expect(printed).toBe('true\n');
});

test('tools that do not know exports find the same types', () => {
  const { exports, typesVersions } = JSON.parse(
    project.run(`console.log(JSON.stringify(require('temporal-zendesk-jobs/package.json')))`),
  ) as { exports: Record<string, string | { types: string }>; typesVersions: { '*': Record<string, string[]> } };
  const typed = Object.entries(exports).flatMap(([entry, to]) =>
    typeof to === 'string' || entry === '.' ? [] : [[entry.slice('./'.length), [to.types]]],
  );
  expect(typesVersions['*']).toEqual(Object.fromEntries(typed));
});

describe('in a workflow bundle of the user’s own', () => {
  const PLAIN = `
    const { sleep } = require('@temporalio/workflow');
    exports.sync = async () => sleep('1 hour');`;

  /** Fails where a module is reached that the workflow sandbox does not take. */
  async function bundle(file: string, text: string): Promise<string> {
    const workflowsPath = project.write(file, text);
    const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
    // The map comes last; other such comments stand in the code of dependencies.
    const withoutMap = code.slice(0, code.lastIndexOf('//# sourceMappingURL=data:'));
    // webpack names each module and each import in a comment: no code.
    return withoutMap.replace(/\/\*!.*?\*\//gs, '');
  }

  test.each([
    [
      'the workflows, re-exported by name,',
      `const { awaitZendeskJob, awaitZendeskJobs, runZendeskJob, runZendeskBulk } = require('temporal-zendesk-jobs/workflows');
      Object.assign(exports, { awaitZendeskJob, awaitZendeskJobs, runZendeskJob, runZendeskBulk });`,
    ],
    [
      'the helpers',
      `const helpers = require('temporal-zendesk-jobs/workflow');
      exports.parent = async (jobId) => helpers.awaitZendeskJob({ jobId });`,
    ],
  ])('%s add at most 160 KB', async (_, use) => {
    const plain = await bundle('plain.js', PLAIN);
    const withOurs = await bundle('ours.js', `${PLAIN}\n${use}`);
    expect(withOurs).toContain('ZendeskJobTimedOut');
    const added = Buffer.byteLength(withOurs) - Buffer.byteLength(plain);
    expect(added).toBeGreaterThan(0);
    expect(added).toBeLessThanOrEqual(160_000);
  });
});
