/** Applications of users, who have installed the tarball: CommonJS and ES modules, each with a bundle of its own. */
import { APP, PRINTED, toCommonJs, WORKFLOWS } from '../package/applications';
import { installPacked, type Project } from '../package/packed';
import { address, uniqueTaskQueue } from '../support/server';

let project: Project;
beforeAll(() => (project = installPacked()));
afterAll(() => project?.remove());

test.each([
  ['CommonJS', 'cjs', toCommonJs],
  ['ES modules', 'mjs', (code: string) => code],
])('an application of %s blocks on jobs with the plugin, in a bundle of its own', async (_, ending, compile) => {
  const workflows = project.write(`workflows.${ending}`, compile(WORKFLOWS));
  const app = project.write(`app.${ending}`, compile(APP));
  const namespace = process.env['TEST_TEMPORAL_NAMESPACE']!;
  const printed = await project.runFile(app, [address(), namespace, uniqueTaskQueue('packed'), workflows]);
  expect(JSON.parse(printed)).toEqual(PRINTED);
});
