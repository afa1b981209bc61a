/** Applications of users, who have installed the tarball: CommonJS and ES modules, each with a bundle of its own. */
import { transformSync } from '@swc/core';
import { installPacked, type Project } from '../package/packed';
import { address, uniqueTaskQueue } from '../support/server';

const WORKFLOWS = `
import { executeChild } from '@temporalio/workflow';
import { awaitZendeskJobs } from 'temporal-zendesk-jobs/workflow';

export { awaitZendeskJob } from 'temporal-zendesk-jobs/workflows';

export async function sync([first, ...others]) {
  const child = await executeChild('awaitZendeskJob', { args: [{ jobId: first }] });
  const { outcomes } = await awaitZendeskJobs({ jobIds: others });
  return [child, ...outcomes].map(({ jobId, status, succeeded, failed }) => ({ jobId, status, succeeded, failed }));
}
`;

/** Prints what the workflow returned, once its history has been replayed on the bundle; ends by itself. */
const APP = `
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { ZendeskJobsPlugin } from 'temporal-zendesk-jobs';
import { FakeZendesk } from 'temporal-zendesk-jobs/testing';

const [address, namespace, taskQueue, workflowsPath] = process.argv.slice(2);
Runtime.install({ logger: new DefaultLogger('WARN') });

async function main() {
  const zendesk = await FakeZendesk.start({ jobDefaults: { queuedFor: 0, duration: 300 } });
  const workflowBundle = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
  const connection = await NativeConnection.connect({ address });
  const clientConnection = await Connection.connect({ address });
  const client = new Client({ connection: clientConnection, namespace });
  const plugins = [new ZendeskJobsPlugin({ accounts: { default: { baseUrl: zendesk.origin } } })];
  const worker = await Worker.create({ connection, namespace, taskQueue, workflowBundle, plugins });

  const jobIds = [zendesk.addJob({ total: 3 }), zendesk.addJob({ total: 5, failures: 2 }), zendesk.addJob({ total: 1 })];
  const handle = await client.workflow.start('sync', { taskQueue, workflowId: taskQueue, args: [jobIds] });
  const result = await worker.runUntil(handle.result());
  await Worker.runReplayHistory({ workflowBundle }, await handle.fetchHistory());

  await connection.close();
  await clientConnection.close();
  await zendesk.stop();
  console.log(JSON.stringify(result));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
`;

/** As a compiler does for users who write the one and run the other. */
const toCommonJs = (code: string): string => transformSync(code, { module: { type: 'commonjs' } }).code;

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
  expect(JSON.parse(printed)).toEqual([
    { jobId: expect.any(String), status: 'completed', succeeded: 3, failed: 0 },
    { jobId: expect.any(String), status: 'completed', succeeded: 3, failed: 2 },
    { jobId: expect.any(String), status: 'completed', succeeded: 1, failed: 0 },
  ]);
});
