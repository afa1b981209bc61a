import { randomUUID } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import path from 'node:path';
import { SimplePlugin } from '@temporalio/plugin';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { ZendeskAccounts, ZendeskJobsPlugin } from '../../src';
import { FakeZendesk } from '../../src/testing';
import { eventually } from '../support/eventually';
import { address, connect, uniqueTaskQueue, type ServerConnections } from '../support/server';

const errors: string[] = [];
Runtime.install({
  logger: new DefaultLogger('ERROR', ({ message, meta }) => errors.push(`${message} ${meta?.['error']}`)),
  telemetryOptions: { logging: { forward: {} } },
});

const namespace = process.env['TEST_TEMPORAL_NAMESPACE'];
const workflowsPath = path.resolve(__dirname, '../support/plugged-workflows.ts');

let zendesk: FakeZendesk;
let connections: ServerConnections;
let workflowBundle: { code: string };
/** To Zendesk, from this process. */
let sockets: Socket[];

function noteSocket(message: unknown): void {
  const { socket } = message as { socket: Socket };
  socket.once('connect', () => {
    if (socket.remotePort === Number(new URL(zendesk.origin).port)) sockets.push(socket);
  });
}

beforeAll(async () => {
  zendesk = await FakeZendesk.start({ jobDefaults: { queuedFor: 0, duration: 0, total: 4 } });
  connections = await connect();
  workflowBundle = await bundleWorkflowCode({
    workflowsPath,
    plugins: [newPlugin(), naming],
    logger: new DefaultLogger('WARN'),
  });
  subscribe('net.client.socket', noteSocket);
});
beforeEach(() => (sockets = []));
afterAll(async () => {
  unsubscribe('net.client.socket', noteSocket);
  await connections.close();
  await zendesk.stop();
});

const accounts = () => ({ default: { baseUrl: zendesk.origin } });
const newPlugin = () => new ZendeskJobsPlugin({ accounts: accounts() });
const naming = new SimplePlugin({
  name: 'tests.Naming',
  activities: { nameOf: async (jobId: string) => `job ${jobId}` },
});

const open = (): number => sockets.filter(({ destroyed }) => !destroyed).length;

const createWorker = (taskQueue: string, plugins: SimplePlugin[], connection = connections.nativeConnection) =>
  Worker.create({ connection, namespace, taskQueue, workflowBundle, plugins });

const execute = (type: string, taskQueue: string, ...args: unknown[]) =>
  connections.client.workflow.execute(type, { taskQueue, workflowId: randomUUID(), args });

test('beside another plugin, in a bundle that was made with both', async () => {
  const taskQueue = uniqueTaskQueue('plugins');
  const worker = await createWorker(taskQueue, [naming, newPlugin()]);
  const jobId = zendesk.addJob();
  const result = await worker.runUntil(execute('namedWait', taskQueue, jobId));
  expect(result).toBe(`job ${jobId}: completed, 4`);
});

test('its connections are closed when the worker has ended', async () => {
  const taskQueue = uniqueTaskQueue('closed');
  const worker = await createWorker(taskQueue, [newPlugin()]);
  await worker.runUntil(async () => {
    await execute('awaitZendeskJob', taskQueue, { jobId: zendesk.addJob() });
    expect(sockets).toHaveLength(1);
  });
  expect(open()).toBe(0);
});

test('given to a connection, it serves all workers of it: when one ends, requests of the others go on', async () => {
  const connection = await NativeConnection.connect({ address: address(), plugins: [newPlugin()] });
  try {
    const [first, second] = [uniqueTaskQueue('first'), uniqueTaskQueue('second')];
    const ofFirst = await createWorker(first, [], connection);
    const ofSecond = await createWorker(second, [], connection);
    const jobId = zendesk.addJob();
    zendesk.injectFault({ kind: 'slow', delay: 3_000, match: { path: jobId } });
    await ofSecond.runUntil(async () => {
      const waiting = execute('awaitZendeskJob', second, { jobId });
      await eventually('a request under way', () => zendesk.requestsTo(new RegExp(jobId)).length > 0);
      await ofFirst.runUntil(async () => {});
      await waiting;
    });
    expect(zendesk.requestsTo(new RegExp(jobId))).toMatchObject([{ status: 200 }]);
    expect(open()).toBe(0);
  } finally {
    await connection.close();
  }
});

test('accounts that were open before are their owner’s to close: a request of the owner goes on', async () => {
  const owned = ZendeskAccounts.of(accounts());
  const worker = await createWorker(uniqueTaskQueue('owned'), [new ZendeskJobsPlugin({ accounts: owned })]);
  const jobId = zendesk.addJob();
  zendesk.injectFault({ kind: 'slow', delay: 3_000, match: { path: jobId } });
  const shown = owned.connect('default').client.show(jobId);
  shown.catch(() => undefined); // it is looked at below
  await eventually('a request under way', () => zendesk.requestsTo(new RegExp(jobId)).length > 0);
  await worker.runUntil(async () => {});
  expect(await shown).toMatchObject({ id: jobId });
  owned.close();
  expect(open()).toBe(0);
});

test('a workflow that the bundle does not re-export waits for a worker that has it, and its history says which', async () => {
  const taskQueue = uniqueTaskQueue('missing');
  const worker = await createWorker(taskQueue, [newPlugin()]);
  const handle = await connections.client.workflow.start('runZendeskJob', {
    taskQueue,
    workflowId: taskQueue,
    args: [{ operation: 'tickets/destroy_many', ids: [1] }],
  });
  const said = await worker.runUntil(
    eventually('the failed workflow task', async () => {
      const { events } = await handle.fetchHistory();
      return events?.map((event) => event.workflowTaskFailedEventAttributes?.failure?.message).find(Boolean);
    }),
  );
  await handle.terminate();
  const hint = `Failed to initialize workflow of type 'runZendeskJob': no such function is exported by the workflow bundle`;
  expect(said).toBe(hint);
  expect(errors).toContainEqual(expect.stringContaining(hint)); // the worker's log, too
});
