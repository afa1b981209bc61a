import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { installPacked, type Project } from './packed';

let project: Project;
beforeAll(() => (project = installPacked()));
afterAll(() => project?.remove());

test('every entry can be required by plain Node, though dependencies are ES modules', () => {
  const printed = project.run(`
    const names = (entry) => Object.keys(require('temporal-zendesk-jobs' + entry));
    console.log(JSON.stringify(Object.fromEntries(['', '/activities', '/nexus', '/nexus-handler', '/testing', '/workflow', '/workflows'].map((e) => [e, names(e)]))));
  `);
  const entries = JSON.parse(printed) as Record<string, string[]>;
  expect(entries['']).toEqual(expect.arrayContaining(['ZendeskJobsPlugin', 'createZendeskActivities']));
  expect(entries['/activities']).toContain('createZendeskActivities');
  expect(entries['/nexus']).toEqual(['zendeskJobsService', 'ZendeskErrorType']);
  expect(entries['/nexus-handler']).toEqual(['createZendeskNexusHandler']);
  expect(entries['/testing']).toContain('FakeZendesk');
  expect(entries['/workflow']).toEqual(expect.arrayContaining(['awaitZendeskJob', 'awaitZendeskJobs']));
  expect(entries['/workflows']).toEqual(expect.arrayContaining(['awaitZendeskJob', 'awaitZendeskJobs']));
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
  ])('%s add at most 100 KB', async (_, use) => {
    const plain = await bundle('plain.js', PLAIN);
    const withOurs = await bundle('ours.js', `${PLAIN}\n${use}`);
    expect(withOurs).toContain('ZendeskJobTimedOut');
    const added = Buffer.byteLength(withOurs) - Buffer.byteLength(plain);
    expect(added).toBeGreaterThan(0);
    expect(added).toBeLessThanOrEqual(100_000);
  });
});
