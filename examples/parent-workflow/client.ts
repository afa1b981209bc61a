/** Starts some bulk jobs in Zendesk, then the workflow that blocks on them, and prints its report. */
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { TASK_QUEUE } from './task-queue';
import type { syncToZendesk } from './workflows';

async function main(): Promise<void> {
  const records = (count: number) => Array.from({ length: count }, (_, i) => ({ name: `Record ${i}` }));
  const tickets = { tickets: records(30).map(({ name }) => ({ subject: name, comment: { body: name } })) };
  const input = {
    usersJob: await startJob('users/create_many', { users: records(20) }),
    organizationsJob: await startJob('organizations/create_many', { organizations: records(10) }),
    ticketJobs: [await startJob('tickets/create_many', tickets), await startJob('tickets/create_many', tickets)],
  };

  const connection = await Connection.connect({ address: process.env['TEMPORAL_ADDRESS'] });
  try {
    const report = await new Client({ connection }).workflow.execute<typeof syncToZendesk>('syncToZendesk', {
      workflowId: `sync-${randomUUID()}`,
      taskQueue: TASK_QUEUE,
      args: [input],
    });
    console.log(JSON.stringify(report, null, 2));
  } finally {
    await connection.close();
  }
}

/** Whatever starts the jobs: here it is a plain request. Returns the job's id. */
async function startJob(operation: string, body: object): Promise<string> {
  const { ZENDESK_BASE_URL: baseUrl, ZENDESK_OAUTH_TOKEN: token } = process.env;
  const response = await fetch(new URL(`/api/v2/${operation}`, baseUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${operation} was not started: ${response.status}`);
  const { job_status } = (await response.json()) as { job_status: { id: string } };
  return job_status.id;
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
