/** Attaches to a wait that runs in Temporal, and shows it until it ends. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowExecutionDescription } from '@temporalio/client';
import { commandFor } from '../common/continue-import';
import { formatDuration } from '../common/duration';
import { CliFailure } from './cli-failure';
import { isOutage } from '../temporal-problem';
import type { Temporal } from './connection';
import { CliErrorType } from './exit-codes';
import { hasWorker, startWorkerAdvice } from './pollers';
import { progressReader } from './progress';
import type { ProgressView } from './progress-view';

const LOOK_EVERY = 1_000;
const LOOK_TIMEOUT = 10_000;
/** Looks without any sign of a worker before the user is told that there may be none. */
const PATIENCE = 4;
/** How often the workers are asked for once the timeout is over, in polls. */
const WORKER_EVERY = 5;
/** A worker that is there ends the workflow at its timeout: it has that long to do so, in ms, before it is asked for. */
const TIMEOUT_GRACE = 3_000;
/** Looks in a row that Temporal may leave without an answer, as while it restarts. */
const MOST_UNANSWERED = 60;

/**
 * The result of a workflow, once it has one. Throws what the workflow failed with (`WorkflowFailedError`), and `CliFailure`: of type
 * `Interrupted` when the signal aborts, of type `NoWorker` when `timeout` (ms) is over and no worker polls. The workflow stays then.
 */
export async function follow(
  temporal: Temporal,
  workflowId: string,
  view: ProgressView,
  signal: AbortSignal,
  timeout = Infinity,
): Promise<unknown> {
  const interrupted = once(signal, 'abort').then(() => {
    const message =
      `Interrupted. The workflow goes on in Temporal; see it again with: ${commandFor('watch', workflowId)}; ` +
      `stop it with: ${commandFor('cancel', workflowId)}`;
    throw new CliFailure(CliErrorType.INTERRUPTED, message, { workflowId });
  });
  try {
    await Promise.race([watchUntilClosed(temporal, workflowId, view, signal, timeout), interrupted]);
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
  timeout: number,
): Promise<void> {
  const { client } = temporal;
  const progressOf = progressReader(temporal);
  const deadline = Date.now() + timeout + TIMEOUT_GRACE;
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
      if (Date.now() > deadline && look % WORKER_EVERY === 0) await stopWithoutWorker(temporal, description, timeout);
      unanswered = 0;
    } catch (error) {
      if (signal.aborted || !isOutage(error) || ++unanswered === MOST_UNANSWERED) throw error;
      if (unanswered === 1) view.note('Temporal does not answer. Trying again; the wait goes on there');
    }
    await sleep(LOOK_EVERY, undefined, { signal });
  }
}

async function noteMissingWorker(temporal: Temporal, taskQueue: string, view: ProgressView): Promise<void> {
  if (await hasWorker(temporal, taskQueue)) return;
  view.note(`no worker polls task queue ${taskQueue}. ${startWorkerAdvice(taskQueue)}. Still waiting`);
}

/** A worker that polls ends the workflow at its own deadline: only without one would this wait for ever. */
async function stopWithoutWorker(
  temporal: Temporal,
  { workflowId, taskQueue }: WorkflowExecutionDescription,
  timeout: number,
): Promise<void> {
  if (await hasWorker(temporal, taskQueue)) return;
  const message =
    `no worker polls task queue ${taskQueue}, and ${formatDuration(timeout)} are over. ${startWorkerAdvice(taskQueue)}. ` +
    `It ends the workflow; see how with: ${commandFor('watch', workflowId)}`;
  throw new CliFailure(CliErrorType.NO_WORKER, message, { workflowId, taskQueue });
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
