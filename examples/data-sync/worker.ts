/** A worker of one's own: the plugin brings the activities for Zendesk, with the database as their source and sink. */
import { NativeConnection, Worker } from '@temporalio/worker';
import { Pool } from 'pg';
import { ZendeskJobsPlugin } from 'temporal-zendesk-jobs';
import { createSyncActivities } from './activities';
import { changedUsersSink, changedUsersSource } from './changed-users';
import { TASK_QUEUE } from './task-queue';

async function main(): Promise<void> {
  const { TEMPORAL_ADDRESS: address, DATABASE_URL: connectionString } = process.env;
  const { ZENDESK_BASE_URL: baseUrl, ZENDESK_OAUTH_TOKEN: oauthToken } = process.env;
  const database = new Pool({ connectionString });
  database.on('error', (error) => console.error(`An idle connection to PostgreSQL was lost: ${error.message}`));
  const connection = await NativeConnection.connect({ address });
  try {
    const worker = await Worker.create({
      connection,
      taskQueue: TASK_QUEUE,
      workflowsPath: require.resolve('./workflows'),
      activities: createSyncActivities(database),
      plugins: [
        new ZendeskJobsPlugin({
          accounts: { default: { baseUrl, oauthToken } },
          sources: { 'changed-users': changedUsersSource(database) },
          sinks: { 'changed-users': changedUsersSink(database) },
        }),
      ],
    });
    await worker.run();
  } finally {
    await connection.close();
    await database.end();
  }
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
