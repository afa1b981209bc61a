/** A worker of one's own: the plugin brings the activities, `workflows.ts` re-exports the workflows. */
import { NativeConnection, Worker } from '@temporalio/worker';
import { ZendeskJobsPlugin } from 'temporal-zendesk-jobs';
import { TASK_QUEUE } from './task-queue';

async function main(): Promise<void> {
  const { TEMPORAL_ADDRESS: address, ZENDESK_BASE_URL: baseUrl, ZENDESK_OAUTH_TOKEN: oauthToken } = process.env;
  const connection = await NativeConnection.connect({ address });
  try {
    const worker = await Worker.create({
      connection,
      taskQueue: TASK_QUEUE,
      workflowsPath: require.resolve('./workflows'),
      plugins: [new ZendeskJobsPlugin({ accounts: { default: { baseUrl, oauthToken } } })],
    });
    await worker.run();
  } finally {
    await connection.close();
  }
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
