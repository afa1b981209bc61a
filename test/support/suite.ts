import { randomUUID } from 'node:crypto';
import { activityInfo } from '@temporalio/activity';
import {
  ApplicationFailure,
  WorkflowFailedError,
  type Client,
  type WorkflowHandle,
  type WorkflowStartOptions,
} from '@temporalio/client';
import { DefaultLogger, Runtime, Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import {
  createZendeskActivities,
  ZendeskAccounts,
  type AccountsConfiguration,
  type AccountsOptions,
  type ZendeskActivitiesOptions,
} from '../../src/activities';
import type { BatchRound, BatchStart } from '../../src/common/bulk';
import type { AwaitZendeskJobInput, AwaitZendeskJobsInput } from '../../src/common/types';
import type { PollRound } from '../../src/common/polling';
import type { awaitZendeskJob, awaitZendeskJobs } from '../../src/workflows';
import type { StartZendeskJobInput } from '../../src/activities/start-zendesk-job';
import { connect, uniqueTaskQueue } from './server';

export const SECRET_TOKEN = 'tok-0123456789-never-to-be-seen';

// Failures are what these tests are about: in the log they only hide what went wrong.
Runtime.install({ logger: new DefaultLogger('ERROR') });

/** A worker with our activities and workflows in this process, and a client, on the test run's Temporal server. */
export interface Suite {
  client: Client;
  taskQueue: string;
  awaitJob(input: AwaitZendeskJobInput): Promise<WorkflowHandle<typeof awaitZendeskJob>>;
  awaitJobs(input: AwaitZendeskJobsInput): Promise<WorkflowHandle<typeof awaitZendeskJobs>>;
  start(type: string, args: unknown[], options?: Partial<WorkflowStartOptions>): Promise<WorkflowHandle>;
  stop(): Promise<void>;
}

export interface SuiteOptions {
  accounts: AccountsConfiguration;
  options?: AccountsOptions;
  activities?: Pick<ZendeskActivitiesOptions, 'sources' | 'sinks'>;
  worker?: Partial<WorkerOptions>;
  /** Default: one of its own. */
  taskQueue?: string;
  /**
   * The server's time, of a server that skips time. It stamps a retried attempt with the time at which the attempt before
   * failed, where Temporal's own server (1.29.1) gives the time at which the retry was due: set right before each poll.
   * Asked before each start too, for the clock of the fake.
   */
  serverTime?(): Promise<number>;
  /** Default: connections to the server of the test run, which the suite closes. */
  environment?: { client: Client; nativeConnection: NativeConnection };
}

export async function startSuite(suite: SuiteOptions): Promise<Suite> {
  const taskQueue = suite.taskQueue ?? uniqueTaskQueue('suite');
  const connections = suite.environment ? undefined : await connect();
  const { client, nativeConnection } = suite.environment ?? connections!;
  const accounts = ZendeskAccounts.of(suite.accounts, suite.options);
  // An attempt that waits in the worker waits in its time, not in the server's.
  const maxHeldAttempts = suite.serverTime ? 0 : undefined;
  const activities = createZendeskActivities({ accounts, maxHeldAttempts, ...suite.activities });
  const worker = await Worker.create({
    connection: nativeConnection,
    namespace: client.options.namespace,
    taskQueue,
    workflowBundle: { codePath: process.env['TEST_WORKFLOW_BUNDLE']! },
    activities: {
      ...activities,
      async pollZendeskJobs(round: PollRound) {
        await setPollTime(suite);
        return await activities.pollZendeskJobs(round);
      },
      async pollZendeskBatch(round: BatchRound) {
        await setPollTime(suite);
        return await activities.pollZendeskBatch(round);
      },
      async startZendeskJob(input: StartZendeskJobInput) {
        await suite.serverTime?.();
        return await activities.startZendeskJob(input);
      },
      async startZendeskBatch(input: BatchStart) {
        await suite.serverTime?.();
        return await activities.startZendeskBatch(input);
      },
    },
    ...suite.worker,
  });
  const running = worker.run();

  const start = (type: string, args: unknown[], options: Partial<WorkflowStartOptions> = {}) =>
    client.workflow.start(type, { workflowId: `test-${randomUUID()}`, taskQueue, args, ...options });
  return {
    client,
    taskQueue,
    start,
    awaitJob: (input) => start('awaitZendeskJob', [input]),
    awaitJobs: (input) => start('awaitZendeskJobs', [input]),
    async stop() {
      worker.shutdown();
      await running;
      accounts.close();
      await connections?.close();
    },
  };
}

async function setPollTime({ serverTime }: SuiteOptions): Promise<void> {
  const now = await serverTime?.();
  if (now !== undefined) Object.assign(activityInfo(), { currentAttemptScheduledTimestampMs: now });
}

/** The failure that a workflow ended with. */
export async function failureOf(handle: WorkflowHandle): Promise<ApplicationFailure> {
  const error = await handle.result().then(
    (result) => new Error(`expected a failure, got ${JSON.stringify(result)}`),
    (reason: unknown) => reason,
  );
  if (error instanceof WorkflowFailedError && error.cause instanceof ApplicationFailure) return error.cause;
  throw error;
}

export async function eventCount(handle: WorkflowHandle): Promise<number> {
  return (await handle.fetchHistory()).events?.length ?? 0;
}
