import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { SEARCH_ATTRIBUTES } from '../../dev/search-attributes';
import { startTemporalServer, type TemporalServer } from '../../dev/temporal-server';
import { FakeZendesk } from '../../src/testing';
import { eventually } from '../support/eventually';
import { failureOf, startSuite, type Suite } from '../support/suite';

let server: TemporalServer;
let connection: Connection;
let nativeConnection: NativeConnection;
let zendesk: FakeZendesk;
let suite: Suite;

beforeAll(async () => {
  server = await startTemporalServer({ own: true, extraArgs: SEARCH_ATTRIBUTES });
  connection = await Connection.connect({ address: server.address });
  nativeConnection = await NativeConnection.connect({ address: server.address });
  zendesk = await FakeZendesk.start({ jobDefaults: { queuedFor: 0, duration: 0 } });
  suite = await startSuite({
    accounts: { default: { baseUrl: zendesk.origin }, acme: { baseUrl: zendesk.origin } },
    environment: { client: new Client({ connection }), nativeConnection },
  });
});

afterAll(async () => {
  await suite.stop();
  await zendesk.stop();
  await nativeConnection.close();
  await connection.close();
  await server.stop();
});

/** Ids of the workflows that a query finds, once it finds as many as expected: visibility follows a little later. */
async function found(query: string, count = 1): Promise<string[]> {
  return await eventually(query, async () => {
    const ids: string[] = [];
    for await (const { workflowId } of suite.client.workflow.list({ query })) ids.push(workflowId);
    return ids.length >= count ? ids.sort() : undefined;
  });
}

const upserts = async (handle: WorkflowHandle) =>
  (await handle.fetchHistory()).events?.filter((event) => event.upsertWorkflowSearchAttributesEventAttributes).length;

test('a wait is found by account and job while it goes on, and by how the job ended', async () => {
  const jobId = zendesk.addJob({ duration: 3000 });
  const handle = await suite.awaitJob({ jobId, account: 'acme', searchAttributes: true });
  const running = `ZendeskAccount = 'acme' AND ZendeskJobId = '${jobId}' AND ZendeskJobStatus = 'running'`;
  expect(await found(running)).toEqual([handle.workflowId]);
  await handle.result();
  expect(await found(`ZendeskJobId = '${jobId}' AND ZendeskJobStatus = 'completed'`)).toEqual([handle.workflowId]);
  expect(await upserts(handle)).toBe(2);
});

test('a wait for many jobs is found by each of them, and by how the worst of them ended', async () => {
  const jobIds = [zendesk.addJob(), zendesk.addJob({ endsAs: 'failed' }), zendesk.addJob()];
  const handle = await suite.awaitJobs({ jobIds, searchAttributes: true });
  await handle.result();
  for (const jobId of jobIds) {
    expect(await found(`ZendeskJobId = '${jobId}' AND ZendeskJobStatus = 'failed'`)).toEqual([handle.workflowId]);
  }
  expect(await upserts(handle)).toBe(2);
});

test('a wait for more jobs than an attribute holds is found by the first of them', async () => {
  const jobIds = Array.from({ length: 150 }, () => zendesk.addJob());
  const handle = await suite.awaitJobs({ jobIds, searchAttributes: true });
  await handle.result();
  expect(await found(`ZendeskJobId = '${jobIds[0]}' AND ZendeskJobStatus = 'completed'`)).toEqual([handle.workflowId]);
  const { typedSearchAttributes } = await handle.describe();
  const kept = typedSearchAttributes.getAll().find(({ key }) => key.name === 'ZendeskJobId')?.value as string[];
  expect(kept).toEqual(jobIds.slice(0, kept.length));
  expect(kept.length).toBeGreaterThanOrEqual(50);
});

test('a run is found by the job that it started, however often the start was refused before', async () => {
  const refusal = zendesk.injectFault({ kind: 'rate-limit', match: { method: 'POST' } });
  const input = { operation: 'tickets/create_many', items: [{ subject: 'a' }], searchAttributes: true };
  const handle = await suite.start('runZendeskJob', [input]);
  const { jobId } = (await handle.result()) as { jobId: string };
  refusal.remove();
  expect(await found(`ZendeskJobId = '${jobId}' AND ZendeskJobStatus = 'completed'`)).toEqual([handle.workflowId]);
  expect(await upserts(handle)).toBe(2);
});

test('a bulk run is found by its account, in each of its runs', async () => {
  const items = Array.from({ length: 250 }, (_, i) => ({ subject: `ticket ${i}` }));
  const input = { operation: 'tickets/create_many', items, account: 'acme', batchesPerRun: 1, searchAttributes: true };
  const handle = await suite.start('runZendeskBulk', [input]);
  expect(await handle.result()).toMatchObject({ total: 250, succeeded: 250 });
  const runs = `ZendeskAccount = 'acme' AND WorkflowType = 'runZendeskBulk'`;
  expect((await found(runs, 2)).length).toBeGreaterThanOrEqual(2);
  expect(await found(`${runs} AND ZendeskJobStatus = 'completed'`)).toEqual([handle.workflowId]);
});

test('without the option nothing is upserted', async () => {
  const handle = await suite.awaitJob({ jobId: zendesk.addJob() });
  await handle.result();
  expect(await upserts(handle)).toBe(0);
});

test('what is no boolean is refused', async () => {
  const handle = await suite.awaitJob({ jobId: 'V3-1', searchAttributes: 'yes' as unknown as boolean });
  expect((await failureOf(handle)).message).toContain('searchAttributes: expected a boolean');
});

test('in a namespace without the attributes the wait does not begin, and its history says which one is missing', async () => {
  const bare = await startSuite({ accounts: { default: { baseUrl: zendesk.origin } } });
  try {
    const handle = await bare.awaitJob({ jobId: zendesk.addJob(), searchAttributes: true });
    const problem = await eventually('a failed task', async () => {
      const { events } = await handle.fetchHistory();
      return events?.find((event) => event.workflowTaskFailedEventAttributes)?.workflowTaskFailedEventAttributes;
    });
    expect(problem.failure?.message).toMatch(/search attribute Zendesk/);
    await handle.terminate();
  } finally {
    await bare.stop();
  }
});
