/** A workflow as users write them: a helper inside, whose wait it shows to the outside. The one of docs/waiting.md. */
import { ApplicationFailure, setHandler } from '@temporalio/workflow';
import {
  awaitZendeskJob,
  PollNow,
  pollNowSignal,
  progressQuery,
  runZendeskBulk,
  runZendeskJob,
  ZendeskErrorType,
} from '../../src/workflow';
import type {
  RunZendeskBulkInput,
  RunZendeskBulkResult,
  RunZendeskJobInput,
  ZendeskJobOutcome,
  ZendeskJobProgress,
} from '../../src/workflow';

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

/** Starts one job after the other, without a child workflow. */
export async function runInTurn(inputs: RunZendeskJobInput[], taskQueue: string): Promise<ZendeskJobOutcome[]> {
  const outcomes: ZendeskJobOutcome[] = [];
  for (const input of inputs) outcomes.push(await runZendeskJob(input, { taskQueue }));
  return outcomes;
}

/** Runs one input as a bulk run. An input that is refused is its answer, as any other workflow may want to go on. */
export async function importAll(
  input: RunZendeskBulkInput,
  taskQueue: string,
  workflowId: string,
): Promise<RunZendeskBulkResult | string> {
  try {
    return await runZendeskBulk(input, { taskQueue, workflowId });
  } catch (error) {
    const isRefused = error instanceof ApplicationFailure && error.type === ZendeskErrorType.INPUT_INVALID;
    if (isRefused) return error.message;
    throw error;
  }
}
