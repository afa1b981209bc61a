import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import type { BulkRow } from '../../src/common/bulk';
import type { RunZendeskBulkInput, RunZendeskBulkResult, ZendeskBulkProgress } from '../../src/common/types';
import { FakeZendesk } from '../../src/testing';
import { eventually, failureOf, startSuite, type Suite } from '../support/suite';

let zendesk: FakeZendesk;
let suite: Suite;
let folder: string;

beforeAll(async () => {
  zendesk = await FakeZendesk.start({ jobDefaults: { queuedFor: 0, duration: 500 } });
  suite = await startSuite({ accounts: { default: { baseUrl: zendesk.origin } } });
});

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'bulk-'));
});

afterEach(async () => {
  zendesk.clearFaults();
  await rm(folder, { recursive: true });
});

afterAll(async () => {
  await suite.stop();
  await zendesk.stop();
});

const bulk = (input: RunZendeskBulkInput) => suite.start('runZendeskBulk', [input]);
const resultOf = async (handle: WorkflowHandle) => (await handle.result()) as RunZendeskBulkResult;
const progressOf = (handle: WorkflowHandle) => handle.query<ZendeskBulkProgress>('progress');
const users = (count: number, name = 'Ann') =>
  Array.from({ length: count }, (_, i) => ({ name, external_id: `crm-${i}` }));

async function file(records: unknown[]): Promise<string> {
  const name = path.join(folder, 'records.ndjson');
  await writeFile(name, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  return name;
}

test('inline records go through as many jobs as it takes', async () => {
  const handle = await bulk({ operation: 'users/create_or_update_many', items: users(250) });
  expect(await resultOf(handle)).toEqual({
    total: 250,
    succeeded: 250,
    failed: 0,
    retried: 0,
    jobs: 3,
    failures: [],
    failuresOmitted: 0,
    uncertain: [],
  });
  expect(await progressOf(handle)).toMatchObject({ status: 'completed', progress: 250, total: 250, jobIds: [] });
});

test('records from a file, rows into a file, in the order of the source', async () => {
  const source = { name: 'ndjson', args: { path: await file(users(1_050, 'Bob')) } };
  const sink = { name: 'ndjson', args: { path: path.join(folder, 'rows.ndjson') } };
  const handle = await bulk({ operation: 'users/create_or_update_many', source, sink });
  expect(await resultOf(handle)).toMatchObject({ total: 1_050, succeeded: 1_050, jobs: 11 });

  const rows = (await readFile(sink.args.path, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as BulkRow);
  expect(rows.map(({ index }) => index)).toEqual([...rows.keys()]);
  expect(rows).toHaveLength(1_050);
  expect(rows[1_049]).toMatchObject({ ok: true, externalId: 'crm-1049', item: { external_id: 'crm-1049' } });
});
