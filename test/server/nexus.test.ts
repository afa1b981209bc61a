/** The Nexus service, served by the ready worker in one namespace and called from another. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import {
  Client,
  Connection,
  WorkflowFailedError,
  WorkflowNotFoundError,
  type WorkflowHandle,
} from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, NexusOperationFailure } from '@temporalio/common';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import { freePort } from '../../dev/free-port';
import { startTemporalServer, type TemporalServer } from '../../dev/temporal-server';
import { FakeZendesk } from '../../src/testing';
import { eventually } from '../support/eventually';
import { startWorker, type WorkerProcess } from '../support/processes';
import { SECRET_TOKEN } from '../support/suite';

const CALLERS = 'callers';

let zendesk: FakeZendesk;
let server: TemporalServer;
let connection: Connection;
let nativeConnection: NativeConnection;
let zendeskWorker: WorkerProcess;
let stopCallers: () => Promise<void>;
/** Where the service is. */
let home: Client;
/** Where its callers are. */
let away: Client;
/** Where Temporal takes Nexus requests over HTTP. */
let nexusUrl: string;

beforeAll(async () => {
  zendesk = await FakeZendesk.start({
    auth: { oauthTokens: [SECRET_TOKEN] },
    jobDefaults: { queuedFor: 0, duration: 500 },
    onRecord: ({ fails }) => (fails ? { error: 'UserCreateError', details: 'Email: is invalid' } : undefined),
  });
  const httpPort = await freePort();
  server = await startTemporalServer({
    own: true,
    extraArgs: ['--namespace', CALLERS, '--http-port', String(httpPort)],
  });
  connection = await Connection.connect({ address: server.address });
  nativeConnection = await NativeConnection.connect({ address: server.address });
  home = new Client({ connection, namespace: server.namespace });
  away = new Client({ connection, namespace: CALLERS });
  const { endpoint } = await connection.operatorService.createNexusEndpoint({
    spec: {
      name: 'zendesk-jobs',
      target: { worker: { namespace: server.namespace, taskQueue: 'zendesk-jobs' } },
    },
  });
  nexusUrl = `http://127.0.0.1:${httpPort}/nexus/endpoints/${endpoint!.id}/services/ZendeskJobs`;

  zendeskWorker = await startWorker({
    TEMPORAL_ADDRESS: server.address,
    ZENDESK_BASE_URL: zendesk.origin,
    ZENDESK_OAUTH_TOKEN: SECRET_TOKEN,
    ZENDESK_NEXUS: '1',
  });
  stopCallers = await startCallers();
});

afterAll(async () => {
  await stopCallers?.();
  await zendeskWorker?.stop('SIGTERM');
  await nativeConnection?.close();
  await connection?.close();
  await server?.stop();
  await zendesk?.stop();
});

/** A worker that knows nothing of Zendesk. */
async function startCallers(): Promise<() => Promise<void>> {
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath: path.resolve(__dirname, '../support/nexus-caller.ts'),
    logger: new DefaultLogger('WARN'),
  });
  const worker = await Worker.create({
    connection: nativeConnection,
    namespace: CALLERS,
    taskQueue: CALLERS,
    workflowBundle,
  });
  const running = worker.run();
  return async () => {
    worker.shutdown();
    await running;
  };
}

const call = (workflow: string, input: object): Promise<WorkflowHandle> =>
  away.workflow.start(workflow, { workflowId: `caller-${randomUUID()}`, taskQueue: CALLERS, args: [input] });

/** What the caller's workflow failed with. */
async function failureOf(handle: WorkflowHandle): Promise<Error | undefined> {
  const error = await handle.result().catch((reason: unknown) => reason);
  if (error instanceof WorkflowFailedError) return error.cause;
  throw error;
}

/** What its operation failed with, as the caller's workflow catches it. */
async function operationFailureOf(handle: WorkflowHandle): Promise<Error | undefined> {
  const failure = await failureOf(handle);
  if (failure instanceof NexusOperationFailure) return failure.cause;
  throw failure;
}

/** Until as many callers wait for the end of a workflow. */
const callersOf = (workflowId: string, count: number) =>
  eventually(`${count} callers of ${workflowId}`, async () => {
    const handle = home.workflow.getHandle(workflowId);
    const description = await handle.describe().catch((error: unknown) => {
      if (error instanceof WorkflowNotFoundError) return undefined;
      throw error;
    });
    return description?.raw.callbacks?.length === count;
  });
const upsert = (count: number) => ({
  operation: 'users/create_or_update_many',
  items: Array.from({ length: count }, (_, i) => ({ name: `User ${i}`, external_id: `crm-${i}`, fails: i === 2 })),
});

test('the ready worker says that it serves it', () => {
  expect(zendeskWorker.output()).toContain('Nexus service ZendeskJobs');
});

describe('a workflow in another namespace', () => {
  test('blocks on a job', async () => {
    const jobId = zendesk.addJob({ total: 10, failures: [{ index: 3, error: 'UserCreateFailed' }] });
    const outcome = await (await call('awaitElsewhere', { jobId })).result();
    expect(outcome).toMatchObject({ jobId, status: 'completed', succeeded: 9, failed: 1 });
  });

  test('starts a job and blocks on it', async () => {
    const before = zendesk.starts.length;
    const outcome = await (await call('runElsewhere', upsert(5))).result();
    expect(outcome).toMatchObject({ status: 'completed', succeeded: 4, failed: 1 });
    expect(zendesk.starts.length - before).toBe(1);
  });

  test('sends more records than one job takes', async () => {
    const result = await (await call('runBulkElsewhere', upsert(150))).result();
    expect(result).toMatchObject({ total: 150, succeeded: 149, jobs: 2, failures: [{ index: 2 }] });
  });

  test('sees which workflow does it, and that one sees who asked', async () => {
    const jobId = zendesk.addJob({});
    const handle = await call('awaitElsewhere', { jobId });
    await handle.result();
    const { events } = await handle.fetchHistory();
    const link = events!.find(({ nexusOperationStartedEventAttributes: found }) => found)!.links![0]!.workflowEvent;
    expect(link).toMatchObject({ namespace: server.namespace, workflowId: `zendesk-job/default/${jobId}` });
    const [first] = (await home.workflow.getHandle(link!.workflowId!).fetchHistory()).events!;
    const callback = first!.workflowExecutionStartedEventAttributes!.completionCallbacks![0]!;
    expect(callback.links![0]!.workflowEvent).toMatchObject({ namespace: CALLERS, workflowId: handle.workflowId });
  });
});

describe('the failure of an operation', () => {
  test('is the one of the workflow, with its type and details', async () => {
    const jobId = zendesk.addJob({ endsAs: 'failed', total: 3 });
    const failure = await operationFailureOf(await call('awaitElsewhere', { jobId }));
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure).toMatchObject({
      type: 'ZendeskJobFailed',
      message: expect.stringContaining(`Zendesk job ${jobId} failed`) as unknown,
      nonRetryable: true,
    });
    expect((failure as ApplicationFailure).details).toEqual([
      expect.objectContaining({
        account: 'default',
        jobId,
        outcome: expect.objectContaining({ failed: 3 }) as unknown,
      }),
    ]);
  });

  test.each([
    ['a wait without an id', 'awaitElsewhere', { jobId: '' }],
    ['a wait without an input', 'awaitElsewhere', null],
    ['an operation that is none', 'runElsewhere', { operation: 'users/fly' }],
    ['more jobs than Zendesk takes', 'runBulkElsewhere', { ...upsert(3), maxJobs: 31 }],
  ])('for %s is ZendeskInputInvalid', async (_, workflow, input) => {
    const failure = await operationFailureOf(await call(workflow, input as object));
    expect(failure).toMatchObject({ type: 'ZendeskInputInvalid' });
  });
});

describe('cancelling', () => {
  test('the caller cancels the workflow behind the operation', async () => {
    const jobId = zendesk.addJob({ endsAs: 'never' });
    const handle = await call('awaitElsewhere', { jobId });
    const wait = `zendesk-job/default/${jobId}`;
    await callersOf(wait, 1);
    await handle.cancel();
    expect(await failureOf(handle)).toBeInstanceOf(CancelledFailure);
    expect((await home.workflow.getHandle(wait).describe()).status.name).toBe('CANCELLED');
  });

  test('one of two callers that wait for the same cancels it for both', async () => {
    const jobId = zendesk.addJob({ endsAs: 'never' });
    const [one, other] = [await call('awaitElsewhere', { jobId }), await call('awaitElsewhere', { jobId })];
    await callersOf(`zendesk-job/default/${jobId}`, 2);
    await one.cancel();
    expect(await operationFailureOf(other)).toBeInstanceOf(CancelledFailure);
  });
});

describe('waits for one job', () => {
  test('are one workflow where they ask for the same, however they say it', async () => {
    const jobId = zendesk.addJob({ duration: 3000 });
    const inputs = [{ jobId }, { jobId, account: 'default', timeout: '24h' }, { jobId, results: 'all' }];
    const handles = await Promise.all(inputs.map((input) => call('awaitElsewhere', input)));
    const outcomes = await Promise.all(handles.map((handle) => handle.result()));
    expect(outcomes).toEqual([outcomes[0], outcomes[0], outcomes[0]]);
    expect(await workflowsOf(jobId)).toEqual([`zendesk-job/default/${jobId}`]);
  });

  test('are workflows of their own where they ask for something else', async () => {
    const jobId = zendesk.addJob({ failures: [{ index: 0 }] });
    const outcome = call('awaitElsewhere', { jobId, results: 'none' });
    const failure = call('awaitElsewhere', { jobId, failOnItemErrors: true });
    expect(await (await outcome).result()).toMatchObject({ failed: 1, results: [] });
    expect(await operationFailureOf(await failure)).toMatchObject({ type: 'ZendeskItemsFailed' });
    const ids = await workflowsOf(jobId);
    expect(ids).toHaveLength(2);
    expect(ids).not.toContain(`zendesk-job/default/${jobId}`);
  });

  test('can be made again once they have ended', async () => {
    const jobId = zendesk.addJob({ endsAs: 'never' });
    const short = { jobId, timeout: '1s' };
    expect(await operationFailureOf(await call('awaitElsewhere', short))).toMatchObject({ type: 'ZendeskJobTimedOut' });
    zendesk.finishJob(jobId);
    expect(await (await call('awaitElsewhere', short)).result()).toMatchObject({ jobId, status: 'completed' });
  });
});

/** Ids of the workflows that concern a job. */
async function workflowsOf(jobId: string): Promise<string[]> {
  const ids = [];
  for await (const { workflowId } of home.workflow.list({
    query: `WorkflowId STARTS_WITH 'zendesk-job/default/${jobId}'`,
  }))
    ids.push(workflowId);
  return ids;
}

describe('a start that comes again, as when its answer was lost', () => {
  /** A Nexus start as Temporal's server sends it, and the token of the operation that it gets for it. */
  async function start(requestId: string): Promise<string> {
    const response = await fetch(`${nexusUrl}/runJob`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'nexus-request-id': requestId },
      body: JSON.stringify(upsert(1)),
    });
    expect(response.status).toBe(201);
    return ((await response.json()) as { token: string }).token;
  }

  test('starts no second job, also once the first one has ended', async () => {
    const before = zendesk.starts.length;
    const requestId = randomUUID();
    const token = await start(requestId);
    expect(await start(requestId)).toBe(token);
    await home.workflow.getHandle(`zendesk-run/${requestId}`).result();
    expect(await start(requestId)).toBe(token);

    const another = randomUUID();
    expect(await start(another)).not.toBe(token);
    await home.workflow.getHandle(`zendesk-run/${another}`).result();
    expect(zendesk.starts.length - before).toBe(2);
  });
});
