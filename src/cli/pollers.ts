/** Who polls a task queue, as Temporal's server has seen it. */
import { DEFAULT_TASK_QUEUE } from '../common/task-queue';
import { CliFailure } from './cli-failure';
import type { Temporal } from './connection';
import { CliErrorType } from './exit-codes';

/** temporal.api.enums.v1.TaskQueueType */
const WORKFLOW_QUEUE = 1;
const ACTIVITY_QUEUE = 2;
/** A live worker asks at least once a minute; the server remembers those that went away for five. */
const LIVE = 2 * 60_000;

export interface Poller {
  /** `pid@host`, unless the worker was given another. */
  identity: string;
  lastAccess: Date;
}

/** Whether workflows of the task queue can go on. */
export async function hasWorker(temporal: Temporal, taskQueue: string): Promise<boolean> {
  const { workflows, activities } = await pollersOf(temporal, taskQueue);
  return workflows.length > 0 && activities.length > 0;
}

/** Throws `CliFailure` (`NoWorker`) where no worker polls the task queue. */
export async function expectWorker(temporal: Temporal, taskQueue: string): Promise<void> {
  if (await hasWorker(temporal, taskQueue)) return;
  const message = `no worker polls task queue ${taskQueue}: nothing is started. ${startWorkerAdvice(taskQueue)}`;
  throw new CliFailure(CliErrorType.NO_WORKER, message, { taskQueue });
}

export function startWorkerAdvice(taskQueue: string): string {
  const variable = taskQueue === DEFAULT_TASK_QUEUE ? '' : `TEMPORAL_TASK_QUEUE=${taskQueue} `;
  return `Start one: ${variable}temporal-zendesk-jobs worker`;
}

/** The live workers of a task queue: those that poll it for workflows, and for activities. */
export async function pollersOf(
  { client, namespace }: Temporal,
  taskQueue: string,
): Promise<{ workflows: Poller[]; activities: Poller[] }> {
  const ask = async (taskQueueType: number): Promise<Poller[]> => {
    const request = { namespace, taskQueue: { name: taskQueue }, taskQueueType };
    const { pollers } = await client.workflowService.describeTaskQueue(request);
    return pollers
      .map(({ identity, lastAccessTime }) => ({
        identity: identity ?? '',
        lastAccess: new Date(Number(lastAccessTime?.seconds ?? 0) * 1000),
      }))
      .filter(({ lastAccess }) => Date.now() - lastAccess.getTime() < LIVE);
  };
  const [workflows, activities] = await Promise.all([ask(WORKFLOW_QUEUE), ask(ACTIVITY_QUEUE)]);
  return { workflows, activities };
}
