/** The workflows of the benchmarks: the package's, and what they are compared with. */
import { executeChild, proxyActivities, sleep } from '@temporalio/workflow';
import type { ZendeskActivities } from '../src/activities';

export * from '../src/workflows';

const { showZendeskJobStatus } = proxyActivities<ZendeskActivities>({ startToCloseTimeout: '15s' });
const { emptyActivity } = proxyActivities<{ emptyActivity(): Promise<void> }>({ startToCloseTimeout: '15s' });

/** The plain way to wait: look, sleep 5 s, look again. */
export async function pollWithTimer(jobId: string): Promise<void> {
  for (;;) {
    const { status } = await showZendeskJobStatus({ jobId });
    if (status !== 'queued' && status !== 'working') return;
    await sleep('5s');
  }
}

export async function doNothing(): Promise<void> {}

/** Does nothing, but in an activity. */
export async function doNothingInActivity(): Promise<void> {
  await emptyActivity();
}

/** A child for each input, all at once. Only their number comes back: what they return is not what is measured. */
export async function runChildren(workflowType: string, inputs: unknown[]): Promise<number> {
  const results = await Promise.all(inputs.map((input) => executeChild(workflowType, { args: [input] })));
  return results.length;
}
