/** What a benchmark runs in: a Temporal server, a fake Zendesk, and a worker with our workflows and those of the compared ways. */
import { randomUUID } from 'node:crypto';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { startTemporalServer } from '../../dev/temporal-server';
import { createZendeskActivities, ZendeskAccounts, type ZendeskSource } from '../../src/activities';
import { FakeZendesk } from '../../src/testing';

const TASK_QUEUE = 'bench';
/** Records of a job, as many as Zendesk takes in one. */
const RECORDS = 100;

// What a worker says of itself would break the tables.
Runtime.install({ logger: new DefaultLogger('WARN') });

export interface Lab {
  zendesk: FakeZendesk;
  /** `Temporal server 1.29.1` */
  serverVersion: string;
  start(workflowType: string, ...args: unknown[]): Promise<WorkflowHandle>;
}

export interface LabOptions {
  /** Those of the compared ways. */
  activities?: object;
  /** Milliseconds that jobs take which say nothing else. */
  duration?: number;
  /** Of bulk runs. */
  sources?: Record<string, ZendeskSource>;
}

/** Everything is new, and stopped at the end. */
export async function inLab(run: (lab: Lab) => Promise<void>, options: LabOptions = {}): Promise<void> {
  const { activities, duration, sources } = options;
  const stops: (() => Promise<unknown>)[] = [];
  try {
    const server = await startTemporalServer();
    stops.unshift(() => server.stop());
    const zendesk = await startZendesk(duration);
    stops.unshift(() => zendesk.stop());
    const connection = await Connection.connect({ address: server.address });
    stops.unshift(() => connection.close());
    const nativeConnection = await NativeConnection.connect({ address: server.address });
    stops.unshift(() => nativeConnection.close());
    const accounts = ZendeskAccounts.of({ default: { baseUrl: zendesk.origin, oauthToken: 'bench' } });
    stops.unshift(async () => accounts.close());

    const { namespace } = server;
    const worker = await Worker.create({
      connection: nativeConnection,
      namespace,
      taskQueue: TASK_QUEUE,
      workflowsPath: require.resolve('../workflows'),
      activities: { ...createZendeskActivities({ accounts, sources }), ...activities },
    });
    const client = new Client({ connection, namespace });
    const { serverVersion } = await connection.workflowService.getSystemInfo({});
    await worker.runUntil(() =>
      run({
        zendesk,
        serverVersion: `Temporal server ${serverVersion}`,
        start: (workflowType, ...args) =>
          client.workflow.start(workflowType, { workflowId: randomUUID(), taskQueue: TASK_QUEUE, args }),
      }),
    );
  } finally {
    for (const stop of stops) await stop();
  }
}

/** Jobs of it go to work at once. */
export function startZendesk(duration?: number): Promise<FakeZendesk> {
  return FakeZendesk.start({ jobDefaults: { queuedFor: 0, total: RECORDS, duration } });
}
