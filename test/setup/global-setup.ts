/** What the server suites share: one Temporal server and one bundle of the workflows, their addresses in the environment. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { startTemporalServer } from '../../dev/temporal-server';
import { closeWith } from './closing-line';
import { started } from './started';

export default async function globalSetup(): Promise<void> {
  try {
    await bundleWorkflows();
    await startServer();
  } catch (error) {
    closeWith({ passed: 0, failed: 1, skipped: 0 }); // jest ends without a word to its reporters
    throw error;
  }
}

async function bundleWorkflows(): Promise<void> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: path.resolve(__dirname, '../support/workflows.ts'),
    logger: new DefaultLogger('WARN'),
  });
  started.folder = await mkdtemp(path.join(tmpdir(), 'temporal-zendesk-jobs-test-'));
  const file = path.join(started.folder, 'workflow-bundle.js');
  await writeFile(file, code);
  process.env['TEST_WORKFLOW_BUNDLE'] = file;
}

async function startServer(): Promise<void> {
  started.server = await startTemporalServer();
  process.env['TEST_TEMPORAL_ADDRESS'] = started.server.address;
  process.env['TEST_TEMPORAL_NAMESPACE'] = started.server.namespace;
}
