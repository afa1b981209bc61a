/** What the example of every language has to do: its programs beside the ready worker, each a process of its own. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { FakeZendesk, type FakeJobOptions } from '../../../src/testing';
import { eventually } from '../../support/eventually';
import { ready, Workers, type WorkerProcess } from '../../support/processes';
import { address, connect, uniqueTaskQueue, type ServerConnections } from '../../support/server';
import { SECRET_TOKEN } from '../../support/suite';

/** Getting the SDK of another language and compiling it, once. */
const COLD_START = 540_000;

interface SyncInput {
  job: string;
  tickets: number[];
  users: object[];
}

/** Starts one of the example's two programs with this environment. */
export type StartProgram = (
  program: 'worker' | 'import users',
  args: string[],
  env: Record<string, string>,
) => Promise<WorkerProcess>;

export function testSyncExample(language: string, startProgram: StartProgram): void {
  let zendesk: FakeZendesk;
  let connections: ServerConnections;
  let example: WorkerProcess | undefined;
  let temporal: Record<string, string>;
  let folder: string;
  const zendeskQueue = uniqueTaskQueue(`zendesk-for-${language}`);
  const exampleQueue = uniqueTaskQueue(`sync-in-${language}`);
  const readyWorker = new Workers();

  beforeAll(async () => {
    zendesk = await FakeZendesk.start({
      auth: { oauthTokens: [SECRET_TOKEN] },
      jobDefaults: { queuedFor: 0, duration: 300 },
      onRecord: ({ email }) => (email === 'not an address' ? { error: 'UserCreateFailed' } : undefined),
    });
    connections = await connect();
    temporal = { TEMPORAL_ADDRESS: address(), TEMPORAL_NAMESPACE: connections.client.options.namespace };
    folder = await mkdtemp(path.join(tmpdir(), `sync-in-${language}-`));
    await readyWorker.start({
      ...temporal,
      TEMPORAL_TASK_QUEUE: zendeskQueue,
      ZENDESK_BASE_URL: zendesk.origin,
      ZENDESK_OAUTH_TOKEN: SECRET_TOKEN,
    });
    example = await startProgram('worker', [], { ...temporal, TASK_QUEUE: exampleQueue });
    await ready(example);
  }, COLD_START);

  afterAll(async () => {
    const ended = { code: await example?.stop('SIGTERM'), output: example?.output() };
    await readyWorker.kill();
    await connections.close();
    await zendesk.stop();
    await rm(folder, { recursive: true });
    expect(ended).toEqual({ code: 0, output: expect.stringContaining('Worker ready') });
  });

  const job = (options: FakeJobOptions = {}) => zendesk.addJob({ total: 10, ...options });
  const users = (count: number) => Array.from({ length: count }, (_, i) => ({ email: `user-${i}@example.com` }));
  const sync = (input: Partial<SyncInput> = {}) =>
    connections.client.workflow.start('syncToZendesk', {
      workflowId: `sync-${randomUUID()}`,
      taskQueue: exampleQueue,
      args: [{ job: job(), tickets: [1, 2, 3], users: users(2), queue: zendeskQueue, ...input }],
    });

  test('a workflow blocks on a job, on one that it starts and on a bulk run, and learns of every record', async () => {
    const people: object[] = users(250);
    people[120] = { email: 'not an address' };
    const handle = await sync({ job: job({ failures: [{ index: 3, error: 'TicketCreateFailed' }] }), users: people });
    expect(await handle.result()).toEqual({
      job: { succeeded: 9, refused: ['3: TicketCreateFailed'], unclear: [] },
      tickets: { succeeded: 3, refused: [], unclear: [] },
      users: { succeeded: 249, refused: ['120: UserCreateFailed'], unclear: [] },
    });
    const children = await childrenOf(handle);
    expect([...children.keys()].sort()).toEqual(['awaitZendeskJob', 'runZendeskBulk', 'runZendeskJob']);
    expect(zendesk.requestsTo(/create_or_update_many/).filter(({ method }) => method === 'POST')).toHaveLength(3);
  });

  test('a job that failed is an error with a type, which holds what became of the records', async () => {
    const failing = job({ endsAs: 'failed', failures: [{ index: 7, error: 'TicketCreateFailed' }] });
    const report = await (await sync({ job: failing })).result();
    expect(report.job).toEqual({
      succeeded: 9,
      refused: ['7: TicketCreateFailed'],
      unclear: [expect.stringContaining(`Zendesk job ${failing} failed`)],
    });
    expect(report.users).toMatchObject({ succeeded: 2 });
  });

  test('what nobody catches ends the caller with its type and details, and the other children are cancelled', async () => {
    const handle = await sync({ job: job({ endsAs: 'never' }), tickets: [] });
    const failures = causesOf(await rejection(handle));
    const ours = failures.find((each) => each instanceof ApplicationFailure && each.type === 'ZendeskInputInvalid');
    expect((ours as ApplicationFailure).details).toMatchObject([
      { operation: 'tickets/update_many', problems: [{ field: 'ids' }] },
    ]);
    await cancelled((await childrenOf(handle)).get('awaitZendeskJob')!);
  });

  test('cancelling the caller cancels its children, and leaves the job alone', async () => {
    const endless = job({ endsAs: 'never' });
    const handle = await sync({ job: endless });
    await eventually('a look at the job', () => zendesk.requests.some(({ path }) => path.includes(endless)));
    const child = (await childrenOf(handle)).get('awaitZendeskJob')!;

    await handle.cancel();
    expect(causesOf(await rejection(handle)).some((each) => each instanceof CancelledFailure)).toBe(true);
    await cancelled(handle.workflowId);
    await cancelled(child);
    expect(zendesk.job(endless)?.status).toBe('working');
  });

  test('a client without a worker of its own runs a bulk run, and asks it how far it is', async () => {
    const file = path.join(folder, 'users.ndjson');
    const lines = [{ email: 'not an address' }, ...users(249)].map((user) => `${JSON.stringify(user)}\n`);
    await writeFile(file, lines.join(''));
    const client = await startProgram('import users', [file], { ...temporal, ZENDESK_TASK_QUEUE: zendeskQueue });
    const ended = { code: await client.exited, output: client.output() };
    expect(ended).toEqual({ code: 0, output: expect.stringMatching(/^\w+: \d+ records$/m) });
    expect(ended.output).toMatch(/249 succeeded, 1 failed\n0: UserCreateFailed\n$/);
  });

  test('a client that sends something wrong is told the type of the error', async () => {
    const missing = path.join(folder, 'missing.ndjson');
    const client = await startProgram('import users', [missing], { ...temporal, ZENDESK_TASK_QUEUE: zendeskQueue });
    const ended = { code: await client.exited, output: client.output() };
    expect(ended).toEqual({ code: 1, output: expect.stringMatching(/Zendesk\w+: .*missing\.ndjson/) });
  });

  /** Workflow ids of the children, by their type. */
  async function childrenOf(handle: WorkflowHandle): Promise<Map<string, string>> {
    const { events } = await handle.fetchHistory();
    const started = events!.flatMap(({ startChildWorkflowExecutionInitiatedEventAttributes: found }) => found ?? []);
    return new Map(started.map(({ workflowType, workflowId }) => [workflowType!.name!, workflowId!]));
  }

  const cancelled = (workflowId: string) =>
    eventually(`the cancellation of ${workflowId}`, async () => {
      const { status } = await connections.client.workflow.getHandle(workflowId).describe();
      return status.name === 'CANCELLED';
    });
}

async function rejection(handle: WorkflowHandle): Promise<WorkflowFailedError> {
  const error = await handle.result().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(WorkflowFailedError);
  return error as WorkflowFailedError;
}

/** A failure's causes, the outermost first: SDKs differ in how many they wrap around the one that counts. */
function causesOf(error: Error): Error[] {
  return error.cause instanceof Error ? [error.cause, ...causesOf(error.cause)] : [];
}
