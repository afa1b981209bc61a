/** A workflow as users write them: a helper inside, whose wait it shows to the outside. The one of docs/waiting.md. */
import { setHandler } from '@temporalio/workflow';
import { awaitZendeskJob, PollNow, pollNowSignal, progressQuery } from '../../src/workflow';
import type { ZendeskJobOutcome, ZendeskJobProgress } from '../../src/workflow';

export async function importUsers(jobId: string, taskQueue: string): Promise<ZendeskJobOutcome> {
  const pollNow = new PollNow();
  let progress: ZendeskJobProgress;
  setHandler(pollNowSignal, () => pollNow.request());
  setHandler(progressQuery, () => progress);
  return await awaitZendeskJob(
    { jobId, polling: { minInterval: '30m', maxInterval: '1h' } },
    { pollNow, onProgress: (latest) => (progress = latest), taskQueue },
  );
}
