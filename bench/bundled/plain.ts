/** A user's workflow file without this package. */
import { proxyActivities, sleep } from '@temporalio/workflow';

const { syncUsers } = proxyActivities<{ syncUsers(): Promise<void> }>({ startToCloseTimeout: '1 minute' });

export async function sync(): Promise<void> {
  await syncUsers();
  await sleep('1 hour');
}
