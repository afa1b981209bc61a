/** Who polls a task queue, as Temporal's server has seen it. */
import type { Temporal } from './connection';

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
