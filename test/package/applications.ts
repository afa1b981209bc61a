/** What users write, as files of a project of theirs. */
import { transformSync } from '@swc/core';

/** Workflows of a user's, next to one of ours. */
export const WORKFLOWS = `
import { executeChild } from '@temporalio/workflow';
import { awaitZendeskJobs } from 'temporal-zendesk-jobs/workflow';

export { awaitZendeskJob } from 'temporal-zendesk-jobs/workflows';

export async function sync([first, ...others]) {
  const child = await executeChild('awaitZendeskJob', { args: [{ jobId: first }] });
  const { outcomes } = await awaitZendeskJobs({ jobIds: others });
  return [child, ...outcomes].map(({ jobId, status, succeeded, failed }) => ({ jobId, status, succeeded, failed }));
}
`;

/**
 * Its arguments: address, namespace, task queue, the file of the workflows. Prints what the workflow returned, once its history has been replayed
 * on the bundle; ends by itself.
 */
export const APP = `
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

/** What it prints, parsed. */
export const PRINTED = [
  { jobId: expect.any(String), status: 'completed', succeeded: 3, failed: 0 },
  { jobId: expect.any(String), status: 'completed', succeeded: 3, failed: 2 },
  { jobId: expect.any(String), status: 'completed', succeeded: 1, failed: 0 },
];

/** As a compiler does for users who write the one and run the other. */
export const toCommonJs = (code: string): string => transformSync(code, { module: { type: 'commonjs' } }).code;

/** A name from each entry, with its type in use: an entry that is not found, or comes as `any`, leaves an expected error out. */
export const TYPES_IN_USE = `
import { ZendeskErrorType, ZendeskJobsPlugin, type AwaitZendeskJobInput } from 'temporal-zendesk-jobs';
import { ZendeskAccounts } from 'temporal-zendesk-jobs/activities';
import { zendeskJobsService } from 'temporal-zendesk-jobs/nexus';
import { createZendeskNexusHandler } from 'temporal-zendesk-jobs/nexus-handler';
import { FakeZendesk } from 'temporal-zendesk-jobs/testing';
import { awaitZendeskJobs, type ZendeskJobOutcome } from 'temporal-zendesk-jobs/workflow';
import { runZendeskJob } from 'temporal-zendesk-jobs/workflows';

export const plugin = new ZendeskJobsPlugin({ accounts: ZendeskAccounts.of({ default: { subdomain: 'acme' } }) });
export const type: string = ZendeskErrorType.JOB_TIMED_OUT;
export const input: AwaitZendeskJobInput = { jobId: 'V3-1', timeout: '90s', polling: { minInterval: 1000 } };
export const failed = async (): Promise<number> => (await awaitZendeskJobs({ jobIds: ['V3-1'] })).failed;
export const started: Promise<ZendeskJobOutcome> = runZendeskJob({ operation: 'tickets/destroy_many', ids: [1] });
export const fake: Promise<FakeZendesk> = FakeZendesk.start({ jobDefaults: { duration: 10 } });
export const names: string[] = [zendeskJobsService.operations.awaitJob.name, createZendeskNexusHandler().definition.name];

// @ts-expect-error the durations of the package are checked, those of the SDK may not be
export const duration: AwaitZendeskJobInput = { jobId: 'V3-1', timeout: { seconds: 90 } };
// @ts-expect-error no accounts
export const unconfigured = new ZendeskJobsPlugin({});
// @ts-expect-error no such option
export const refused = FakeZendesk.start({ jobDefault: {} });
// @ts-expect-error no ids
export const nothing = awaitZendeskJobs({});
// @ts-expect-error items where ids are wanted
export const mistaken = runZendeskJob({ operation: 'tickets/destroy_many', items: [{ id: 1 }] });
// @ts-expect-error no such operation
zendeskJobsService.operations.awaitJobs;
// @ts-expect-error no arguments
createZendeskNexusHandler(1);
// @ts-expect-error no such way to make accounts
ZendeskAccounts.off({});
`;
