/** Runs the pipeline once and prints its report. In life a Temporal schedule starts it. */
import { Client, Connection } from '@temporalio/client';
import { TASK_QUEUE } from './task-queue';
import type { syncUsers } from './workflows';

async function main(): Promise<void> {
  const connection = await Connection.connect({ address: process.env['TEMPORAL_ADDRESS'] });
  try {
    const report = await new Client({ connection }).workflow.execute<typeof syncUsers>('syncUsers', {
      // Always the same: Temporal runs no second sync beside the first, which would read the same batch.
      workflowId: 'sync-users',
      taskQueue: TASK_QUEUE,
      args: [{}],
    });
    console.log(JSON.stringify(report, null, 2));
  } finally {
    await connection.close();
  }
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
