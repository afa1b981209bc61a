/** The bundle of a user who has another plugin as well, and re-exports one workflow of the package. */
import { proxyActivities } from '@temporalio/workflow';
import { awaitZendeskJob } from '../../src/workflow';

export { awaitZendeskJob } from '../../src/workflows';

const { nameOf } = proxyActivities<{ nameOf(jobId: string): Promise<string> }>({ startToCloseTimeout: '10s' });

export async function namedWait(jobId: string): Promise<string> {
  const { status, succeeded } = await awaitZendeskJob({ jobId });
  return `${await nameOf(jobId)}: ${status}, ${succeeded}`;
}
