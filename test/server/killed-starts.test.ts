/** The worker is killed at each stage of a start. The server learns of it from the start's timeout, 40 s. */
import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import type { ZendeskRunProgress } from '../../src/common/types';
import { FakeZendesk, type FaultOptions } from '../../src/testing';
import { Workers, type WorkerProcess } from '../support/processes';
import { address, connect, type ServerConnections } from '../support/server';
import { eventually } from '../support/eventually';
import { failureOf } from '../support/suite';

let zendesk: FakeZendesk;
let connections: ServerConnections;
let taskQueue: string;
const workers = new Workers();

beforeAll(async () => {
  zendesk = await FakeZendesk.start({ jobDefaults: { queuedFor: 0, duration: 4000 } });
  connections = await connect();
});

beforeEach(() => {
  taskQueue = `killed-${randomUUID()}`;
});

afterEach(async () => {
  zendesk.clearFaults();
  await workers.kill();
});

afterAll(async () => {
  await connections.close();
  await zendesk.stop();
});

const worker = (): Promise<WorkerProcess> =>
  workers.start({
    TEMPORAL_ADDRESS: address(),
    TEMPORAL_TASK_QUEUE: taskQueue,
    ZENDESK_BASE_URL: zendesk.origin,
  });

const run = (input: object) =>
  connections.client.workflow.start('runZendeskJob', { workflowId: `run-${randomUUID()}`, taskQueue, args: [input] });

const unsafe = (marker: string, count: number) => ({
  operation: 'tickets/create_many',
  items: Array.from({ length: count }, () => ({ subject: marker })),
});
const safe = (marker: string) => ({
  operation: 'users/create_or_update_many',
  items: [{ name: marker, external_id: 'crm-1' }],
});

const isAbout = (marker: string) => (entry: object) => JSON.stringify(entry).includes(`"${marker}"`);
const requestsFor = (marker: string) => zendesk.requests.filter(isAbout(marker)).length;
const jobsFor = (marker: string) => zendesk.starts.filter(isAbout(marker)).map(({ jobId }) => jobId);
const sent = (...markers: string[]) =>
  eventually('the starts', () => markers.every((marker) => requestsFor(marker) > 0));

function hold(marker: string, options: Partial<FaultOptions> = {}): void {
  zendesk.injectFault({ kind: 'hang', match: isAbout(marker), ...options });
}

/** Ids of the candidates that an uncertain run ends with. */
async function candidatesOf(handle: WorkflowHandle): Promise<string[]> {
  const { type, details } = await failureOf(handle);
  expect(type).toBe('ZendeskStartUncertain');
  return (details![0] as { candidates: { jobId: string }[] }).candidates.map(({ jobId }) => jobId);
}

test('before the start was sent: another worker sends it, once', async () => {
  await (await worker()).stop('SIGKILL');
  const handles = await Promise.all([run(unsafe('unsent', 2)), run(safe('unsent safe'))]);
  await worker();
  for (const handle of handles) expect(await handle.result()).toMatchObject({ status: 'completed' });
  for (const marker of ['unsent', 'unsent safe']) expect([requestsFor(marker), jobsFor(marker).length]).toEqual([1, 1]);
});

test('while Zendesk has the start: not sent again unless that is safe, and never left unsaid', async () => {
  const first = await worker();
  hold('no effect');
  hold('no effect safe');
  hold('effect', { takesEffect: true });
  hold('effect safe', { takesEffect: true });
  hold('adopted', { takesEffect: true });
  // Of different sizes, so that none is a candidate of another one.
  const withoutEffect = await run(unsafe('no effect', 3));
  const withEffect = await run(unsafe('effect', 4));
  const adopted = await run({ ...unsafe('adopted', 5), onUncertainStart: 'adopt' });
  const repeated = await Promise.all([run(safe('no effect safe')), run(safe('effect safe'))]);
  await sent('no effect', 'no effect safe', 'effect', 'effect safe', 'adopted');
  await first.stop('SIGKILL');
  await worker();

  await Promise.all([
    ...repeated.map(async (handle) => expect(await handle.result()).toMatchObject({ status: 'completed' })),
    expect(candidatesOf(withoutEffect)).resolves.toEqual([]),
    expect(candidatesOf(withEffect)).resolves.toEqual(jobsFor('effect')),
    expect(adopted.result()).resolves.toMatchObject({ status: 'completed', jobId: jobsFor('adopted')[0] }),
  ]);
  expect(['no effect', 'effect', 'adopted'].map(requestsFor)).toEqual([1, 1, 1]);
  expect(['no effect', 'effect', 'adopted'].map((marker) => jobsFor(marker).length)).toEqual([0, 1, 1]);
  expect(['no effect safe', 'effect safe'].map((marker) => jobsFor(marker).length)).toEqual([1, 2]);
}, 120_000);

test('after the answer was recorded: another worker waits for the job', async () => {
  const first = await worker();
  const handles = await Promise.all([run(unsafe('recorded', 6)), run(safe('recorded safe'))]);
  for (const handle of handles) {
    await eventually('the job', async () => (await handle.query<ZendeskRunProgress>('progress')).jobId);
  }
  await first.stop('SIGKILL');
  await worker();
  const outcomes = await Promise.all(handles.map((handle) => handle.result()));
  expect(outcomes).toMatchObject([
    { status: 'completed', jobId: jobsFor('recorded')[0] },
    { status: 'completed', jobId: jobsFor('recorded safe')[0] },
  ]);
  expect(['recorded', 'recorded safe'].map(requestsFor)).toEqual([1, 1]);
});
