/** What the suites of bulk runs share: a fake Zendesk, a worker, files, and the words to speak about a run. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ApplicationFailure } from '@temporalio/client';
import type { WorkflowHandle } from '@temporalio/client';
import type { BulkRow } from '../../src/common/bulk';
import type { RunZendeskBulkInput, RunZendeskBulkResult, ZendeskBulkProgress } from '../../src/common/bulk-types';
import type { BulkEndedDetails } from '../../src/common/error-details';
import { FakeZendesk, type FakeRequest, type FakeZendeskOptions } from '../../src/testing';
import { failureOf, startSuite, type Suite, type SuiteOptions } from './suite';

export interface BulkSuite extends Suite {
  zendesk: FakeZendesk;
  /** A folder for the files of one test. */
  folder(): Promise<string>;
  bulk(input: RunZendeskBulkInput): Promise<WorkflowHandle>;
}

export async function startBulkSuite(
  fake: FakeZendeskOptions = {},
  suite: Partial<SuiteOptions> = {},
): Promise<BulkSuite> {
  const zendesk = await FakeZendesk.start({ jobDefaults: { queuedFor: 0, duration: 300 }, ...fake });
  const started = await startSuite({ accounts: { default: { baseUrl: zendesk.origin } }, ...suite });
  const folders: string[] = [];
  return {
    ...started,
    zendesk,
    async folder() {
      folders.push(await mkdtemp(path.join(tmpdir(), 'bulk-')));
      return folders.at(-1)!;
    },
    bulk: (input) => started.start('runZendeskBulk', [input]),
    async stop() {
      await started.stop();
      await zendesk.stop();
      await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
    },
  };
}

export const resultOf = async (handle: WorkflowHandle) => (await handle.result()) as RunZendeskBulkResult;
export const progressOf = (handle: WorkflowHandle) => handle.query<ZendeskBulkProgress>('progress');
export async function endedDetailsOf(handle: WorkflowHandle): Promise<[ApplicationFailure, BulkEndedDetails]> {
  const failure = await failureOf(handle);
  return [failure, failure.details![0] as BulkEndedDetails];
}

/** Records of a name, which `sends` recognises. */
export const tickets = (count: number, name: string) =>
  Array.from({ length: count }, (_, i) => ({ subject: `${name} ${i}.` }));
export const users = (count: number, name: string) =>
  Array.from({ length: count }, (_, i) => ({ name: `${name} ${i}.`, external_id: `${name}-${i}` }));
/** Matches the request that sends a record; not the polls. */
export const sends = (record: string) => (request: FakeRequest) =>
  request.method !== 'GET' && JSON.stringify(request.body ?? '').includes(`"${record}.`);
/** Jobs that the fake made of records of a name. */
export const jobsOf = (zendesk: FakeZendesk, name: string) =>
  zendesk.starts.filter(({ records }) => JSON.stringify(records).includes(`"${name} `));
/** How often Zendesk got each record of a name. */
export function timesSent(zendesk: FakeZendesk, name: string): Map<string, number> {
  const times = new Map<string, number>();
  for (const { records } of jobsOf(zendesk, name)) {
    for (const record of records) {
      const key = String(record['subject'] ?? record['name']);
      times.set(key, (times.get(key) ?? 0) + 1);
    }
  }
  return times;
}

export async function ndjson(folder: string, records: unknown[], name = 'records.ndjson'): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  return file;
}

export async function rowsIn(file: string): Promise<BulkRow[]> {
  const text = await readFile(file, 'utf8');
  return text.split('\n').flatMap((line) => (line === '' ? [] : (JSON.parse(line) as BulkRow)));
}
