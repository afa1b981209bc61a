/** The entries for Nexus, and the JSON Schemas, as users of the packed package get them. */
import { rmSync } from 'node:fs';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { installPacked, type Project } from './packed';

let project: Project;
beforeAll(() => (project = installPacked()));
afterAll(() => project?.remove());

test('a workflow that calls the service has its definition in its bundle, and nothing of how it is done', async () => {
  const bundled = async (file: string, service: string) => {
    const workflowsPath = project.write(
      file,
      `const { createNexusServiceClient } = require('@temporalio/workflow');
      const service = ${service};
      exports.caller = async (input) =>
        createNexusServiceClient({ endpoint: 'zendesk-jobs', service }).executeOperation('awaitJob', input);`,
    );
    const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
    return code.slice(0, code.lastIndexOf('//# sourceMappingURL=data:'));
  };
  const plain = await bundled('plain.js', `require('nexus-rpc').service('Other', {})`);
  const ours = await bundled('ours.js', `require('temporal-zendesk-jobs/nexus').zendeskJobsService`);
  expect(ours).toContain('ZendeskJobTimedOut');
  expect(Buffer.byteLength(ours) - Buffer.byteLength(plain)).toBeLessThan(10_000);
});

test('the handler has the operations of the definition', () => {
  const printed = project.run(`
    const { createZendeskNexusHandler } = require('temporal-zendesk-jobs/nexus-handler');
    const { definition } = createZendeskNexusHandler();
    console.log(JSON.stringify([definition.name, Object.keys(definition.operations)]));`);
  expect(JSON.parse(printed)).toEqual(['ZendeskJobs', ['awaitJob', 'runJob', 'runBulk']]);
});

test('the JSON Schemas can be required', () => {
  const printed = project.run(
    `console.log(require('temporal-zendesk-jobs/schemas/ZendeskJobOutcome.schema.json').title)`,
  );
  expect(printed.trim()).toBe('ZendeskJobOutcome');
});

describe('without nexus-rpc', () => {
  beforeAll(() => rmSync(project.write('node_modules/.keep', '').replace('.keep', 'nexus-rpc')));

  test('all else can be required', () => {
    const script = ['', '/activities', '/testing', '/workflow', '/workflows']
      .map((entry) => `require('temporal-zendesk-jobs${entry}');`)
      .join('\n');
    expect(project.run(`${script}\nconsole.log('loaded')`)).toBe('loaded\n');
  });

  test('the ready worker says what it lacks when it is to serve', () => {
    const printed = project.run(`
      const { nexusServicesOf } = require('./node_modules/temporal-zendesk-jobs/lib/nexus-option.js');
      nexusServicesOf('1').catch((error) => console.log(error.message));`);
    expect(printed).toContain('ZENDESK_NEXUS');
    expect(printed).toContain('@temporalio/nexus and nexus-rpc are not installed');
  });
});
