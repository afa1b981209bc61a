/** What a benchmark of worker processes runs in: a Temporal server and a fake Zendesk, both new. */
import { randomUUID } from 'node:crypto';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { startTemporalServer } from '../../dev/temporal-server';
import { FakeZendesk } from '../../src/testing';
import { startWorker, type WorkerProcess } from '../../test/support/processes';

export interface WorkerLab {
  zendesk: FakeZendesk;
  /** `Temporal server 1.29.1` */
  serverVersion: string;
  /** A ready worker in a process of its own. */
  startWorker(taskQueue: string, env?: Record<string, string>): Promise<WorkerProcess>;
  start(taskQueue: string, workflowType: string, input: object): Promise<WorkflowHandle>;
  /** Workflow id -> when it ended, of those that have. Thousands could not each be waited for: the server takes fewer long polls. */
  ended(taskQueue: string): Promise<Map<string, number>>;
}

/** Jobs of the fake end when they are told to. */
export async function inWorkerLab(run: (lab: WorkerLab) => Promise<void>): Promise<void> {
  const server = await startTemporalServer();
  const zendesk = await FakeZendesk.start({ jobDefaults: { queuedFor: 0, endsAs: 'never' } });
  const connection = await Connection.connect({ address: server.address });
  const client = new Client({ connection, namespace: server.namespace });
  const workers: WorkerProcess[] = [];
  try {
    const { serverVersion } = await connection.workflowService.getSystemInfo({});
    await run({
      zendesk,
      serverVersion: `Temporal server ${serverVersion}`,
      async startWorker(taskQueue, env) {
        const worker = await startWorker({
          TEMPORAL_ADDRESS: server.address,
          TEMPORAL_TASK_QUEUE: taskQueue,
          ZENDESK_BASE_URL: zendesk.origin,
          ...env,
        });
        workers.push(worker);
        return worker;
      },
      start: (taskQueue, workflowType, input) =>
        client.workflow.start(workflowType, { workflowId: randomUUID(), taskQueue, args: [input] }),
      async ended(taskQueue) {
        const ended = new Map<string, number>();
        const query = `TaskQueue = '${taskQueue}' AND ExecutionStatus != 'Running'`;
        for await (const { workflowId, closeTime } of client.workflow.list({ query, pageSize: 1_000 })) {
          ended.set(workflowId, closeTime!.getTime());
        }
        return ended;
      },
    });
  } finally {
    for (const worker of workers) await worker.stop('SIGKILL');
    await connection.close();
    await zendesk.stop();
    await server.stop();
  }
}
