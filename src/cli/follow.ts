/** Attaches to a wait that runs in Temporal, and shows it until it ends. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { CliFailure } from './cli-failure';
import { isOutage } from '../temporal-problem';
import type { Temporal } from './connection';
import { CliErrorType } from './exit-codes';
import { pollersOf } from './pollers';
import { progressReader } from './progress';
import type { ProgressView } from './progress-view';

const LOOK_EVERY = 1_000;
const LOOK_TIMEOUT = 10_000;
/** Looks without any sign of a worker before the user is told that there may be none. */
const PATIENCE = 4;
/** Looks in a row that Temporal may leave without an answer, as while it restarts. */
const MOST_UNANSWERED = 60;

/**
 * The result of a workflow, once it has one. Throws what the workflow failed with (`WorkflowFailedError`), and
 * `CliFailure` of type `Interrupted` when the signal aborts: the workflow goes on then.
 */
export async function follow(
  temporal: Temporal,
  workflowId: string,
  view: ProgressView,
  signal: AbortSignal,
): Promise<unknown> {
  const interrupted = once(signal, 'abort').then(() => {
    const message = `Interrupted. The wait goes on in Temporal; see it again with: temporal-zendesk-jobs watch ${workflowId}`;
    throw new CliFailure(CliErrorType.INTERRUPTED, message, { workflowId });
  });
  try {
    await Promise.race([watchUntilClosed(temporal, workflowId, view, signal), interrupted]);
  } finally {
    view.end();
  }
  return await temporal.client.workflow.result(workflowId);
}

async function watchUntilClosed(
  temporal: Temporal,
  workflowId: string,
  view: ProgressView,
  signal: AbortSignal,
): Promise<void> {
  const { client } = temporal;
  const progressOf = progressReader(client);
  let seen = false;
  let unanswered = 0;
  for (let look = 1; ; look++) {
    try {
      const handle = client.workflow.getHandle(workflowId);
      const description = await client.withDeadline(Date.now() + LOOK_TIMEOUT, () => handle.describe());
      if (description.closeTime) return;
      const progress = await progressOf(description);
      if (progress) view.show(progress);
      seen ||= progress !== undefined;
      if (!seen && look === PATIENCE) await noteMissingWorker(temporal, description.taskQueue, view);
      unanswered = 0;
    } catch (error) {
      if (signal.aborted || !isOutage(error) || ++unanswered === MOST_UNANSWERED) throw error;
      if (unanswered === 1) view.note('Temporal does not answer. Trying again; the wait goes on there');
    }
    await sleep(LOOK_EVERY, undefined, { signal });
  }
}

async function noteMissingWorker(temporal: Temporal, taskQueue: string, view: ProgressView): Promise<void> {
  const { workflows, activities } = await pollersOf(temporal, taskQueue);
  if (workflows.length > 0 && activities.length > 0) return;
  view.note(`no worker polls task queue ${taskQueue}; start one with: temporal-zendesk-jobs worker. Still waiting`);
}

/** Aborts at Ctrl-C or SIGTERM, instead of ending the process. */
export async function withInterrupt<T>(use: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interrupt = new AbortController();
  const abort = () => interrupt.abort();
  process.on('SIGINT', abort).on('SIGTERM', abort);
  try {
    return await use(interrupt.signal);
  } finally {
    process.off('SIGINT', abort).off('SIGTERM', abort);
  }
}
