/** A worker of one's own: the plugin brings the activities for Zendesk, `activities.ts` those for the database. */
import { NativeConnection, Worker } from '@temporalio/worker';
import { ZendeskJobsPlugin } from 'temporal-zendesk-jobs';
import { createSyncActivities } from './activities';
import { openDemoDatabase } from './demo-database';
import { TASK_QUEUE } from './task-queue';

async function main(): Promise<void> {
  const { TEMPORAL_ADDRESS: address, ZENDESK_BASE_URL: baseUrl, ZENDESK_OAUTH_TOKEN: oauthToken } = process.env;
  const database = await openDemoDatabase(250); // Yours: new Pool() of `pg`
  const connection = await NativeConnection.connect({ address });
  try {
    const worker = await Worker.create({
      connection,
      taskQueue: TASK_QUEUE,
      workflowsPath: require.resolve('./workflows'),
      activities: createSyncActivities(database),
      plugins: [new ZendeskJobsPlugin({ accounts: { default: { baseUrl, oauthToken } } })],
    });
    await worker.run();
  } finally {
    await connection.close();
    await database.close();
  }
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
