/** Starts that Zendesk refuses as a whole because of some of their records: these fail, and no others. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { FakeRequest } from '../../src/testing';
import {
  endedDetailsOf,
  ndjson,
  resultOf,
  rowsIn,
  startBulkSuite,
  tickets,
  timesSent,
  users,
  type BulkSuite,
} from '../support/bulk-suite';
import { failureOf } from '../support/suite';

const create = 'tickets/create_many';
const upsert = 'users/create_or_update_many';

let suite: BulkSuite;
beforeAll(async () => {
  suite = await startBulkSuite({ jobDefaults: { queuedFor: 0, duration: 0 } });
});
afterEach(() => suite.zendesk.clearFaults());
afterAll(() => suite.stop());

const caseFile = (name: string) => path.resolve(__dirname, '../cases', name);
const textOf = ({ body }: FakeRequest) => JSON.stringify(body ?? '');
const isStart = ({ method }: FakeRequest) => method !== 'GET';
/** Starts since then, with their status. */
function startsSince(before: number): FakeRequest[] {
  return suite.zendesk.requests.slice(before).filter(isStart);
}
/** Refuses each start with one of these records. */
function refuse(status: number, isBad: (request: FakeRequest) => boolean): void {
  suite.zendesk.injectFault({
    kind: 'status',
    status,
    times: Infinity,
    match: (request) => isStart(request) && isBad(request),
  });
}

test.each([400, 413, 414, 422, 431])(
  'one record for which Zendesk refuses a start with %i fails, and the 299 others do not',
  async (status) => {
    const name = `refused-${status}`;
    refuse(status, (request) => textOf(request).includes(`"${name} 141.`));
    const before = suite.zendesk.requests.length;
    const result = await resultOf(await suite.bulk({ operation: create, items: tickets(300, name) }));
    expect(result).toMatchObject({ total: 300, succeeded: 299, failed: 1, uncertainRecords: 0 });
    expect(result.failures).toMatchObject([{ index: 141, error: 'ZendeskRequestRejected' }]);
    expect(result.failures[0]!.details).toContain(String(status));
    expect(new Set(timesSent(suite.zendesk, name).values())).toEqual(new Set([1]));
    expect(startsSince(before).length).toBeLessThanOrEqual(3 + 14);
  },
);

test('records that Zendesk refuses in several batches fail, each with a row of its own, over several runs of the workflow', async () => {
  const folder = await suite.folder();
  const bad = [3, 4, 99, 100, 201];
  refuse(422, (request) => bad.some((i) => textOf(request).includes(`"several ${i}.`)));
  const source = { name: 'ndjson', args: { path: await ndjson(folder, tickets(250, 'several')) } };
  const sink = { name: 'ndjson', args: { path: path.join(folder, 'rows.ndjson') } };
  const result = await resultOf(await suite.bulk({ operation: create, source, sink, batchesPerRun: 5 }));
  expect(result).toMatchObject({ total: 250, succeeded: 245, failed: 5, retried: 0 });
  const rows = await rowsIn(sink.args.path);
  expect(rows.map(({ index }) => index)).toEqual([...Array(250).keys()]);
  expect(rows.filter((row) => row.result === 'failed').map(({ index }) => index)).toEqual(bad);
  expect(new Set(timesSent(suite.zendesk, 'several').values())).toEqual(new Set([1]));
});

test('an operation that Zendesk refuses whatever the records are costs one batch of requests, and one for each other batch', async () => {
  refuse(422, () => true);
  const before = suite.zendesk.requests.length;
  const result = await resultOf(await suite.bulk({ operation: create, items: tickets(600, 'hopeless') }));
  expect(result).toMatchObject({ total: 600, succeeded: 0, failed: 600, jobs: 0 });
  // The batch that is refused first is divided, 199 requests; the others were sent once beside it and once after it.
  expect(startsSince(before).length).toBeLessThanOrEqual(199 + 2 * 5);
  const isTogether = ({ details }: { details?: string }) => /^refused together .* 422/.test(details!);
  const alone = result.failures.filter((failure) => !isTogether(failure));
  expect(alone).toHaveLength(100);
  expect(new Set(alone.map(({ index }) => Math.floor(index / 100))).size).toBe(1);
  expect(result.failures.filter(isTogether)).toHaveLength(500);
});

test.each([403, 404])('%i concerns all records: nothing is divided, and the run ends', async (status) => {
  refuse(status, () => true);
  const before = suite.zendesk.requests.length;
  const items = tickets(100, `all-${status}`);
  const [failure, details] = await endedDetailsOf(await suite.bulk({ operation: create, items }));
  expect(failure.type).toBe('ZendeskRequestRejected');
  expect(details).toMatchObject({ status, remaining: { ranges: [[0, 99]] } });
  expect(startsSince(before)).toHaveLength(1);
});

test('a record that is too large for Zendesk fails alone', async () => {
  refuse(413, (request) => textOf(request).length > 600_000);
  const items = users(90, 'large');
  const folder = await suite.folder();
  const records = items.map((item, i) => (i === 50 ? { ...item, notes: 'x'.repeat(800_000) } : item));
  const source = { name: 'ndjson', args: { path: await ndjson(folder, records) } };
  const result = await resultOf(await suite.bulk({ operation: upsert, source }));
  expect(result).toMatchObject({ total: 90, succeeded: 89, failed: 1 });
  expect(result.failures).toMatchObject([{ index: 50, error: 'ZendeskRequestRejected' }]);
});

describe('half of a surrogate pair', () => {
  test('fails its record before anything is sent, and no other', async () => {
    refuse(400, (request) => textOf(request).includes('\\ud83d'));
    const before = suite.zendesk.requests.length;
    const folder = await suite.folder();
    const source = { name: 'ndjson', args: { path: caseFile('lone-surrogate.ndjson') } };
    const sink = { name: 'ndjson', args: { path: path.join(folder, 'rows.ndjson') } };
    const result = await resultOf(await suite.bulk({ operation: upsert, source, sink }));
    expect(result).toMatchObject({ total: 100, succeeded: 99, failed: 1, jobs: 1 });
    const [failure] = result.failures;
    expect(failure).toMatchObject({ index: 41, error: 'ZendeskInputInvalid', item: { name: 'User \ud83d' } });
    expect(failure!.details).toMatch(/^name: expected Unicode text, got half of a surrogate pair/);
    expect((await rowsIn(sink.args.path))[41]).toMatchObject({ result: 'failed', item: { name: 'User \ud83d' } });
    expect(startsSince(before).map(({ status }) => status)).toEqual([200]);
  });

  test('is refused with its path by runZendeskJob, before any request', async () => {
    const before = suite.zendesk.requests.length;
    const lines = (await readFile(caseFile('lone-surrogate.ndjson'), 'utf8')).trim().split('\n');
    const items = lines.map((line) => JSON.parse(line) as object);
    const failure = await failureOf(await suite.start('runZendeskJob', [{ operation: upsert, items }]));
    expect(failure).toMatchObject({
      type: 'ZendeskInputInvalid',
      details: [{ problems: [{ field: 'items[41].name' }] }],
    });
    expect(startsSince(before)).toEqual([]);
  });
});

describe('the character U+0000', () => {
  const source = { name: 'ndjson', args: { path: caseFile('nul.ndjson') } };

  test('is sent as it is', async () => {
    const result = await resultOf(await suite.bulk({ operation: upsert, source }));
    expect(result).toMatchObject({ total: 300, succeeded: 300, failed: 0, jobs: 3 });
  });

  test('fails its record alone where Zendesk refuses it', async () => {
    refuse(400, (request) => textOf(request).includes('\\u0000'));
    const result = await resultOf(await suite.bulk({ operation: upsert, source }));
    expect(result).toMatchObject({ total: 300, succeeded: 299, failed: 1 });
    expect(result.failures).toMatchObject([{ index: 150, error: 'ZendeskRequestRejected' }]);
  });
});

describe('250 long external ids', () => {
  const ids = Array.from({ length: 250 }, (_, i) => ({ external_id: `${'crm/kunde-'.repeat(12)}${i}` }));
  const destroy = 'users/destroy_many';

  test.each(['inline', 'from a file'])('are sent in several calls, none of them over 8,000 bytes: %s', async (how) => {
    refuse(414, ({ path: target }) => suite.zendesk.origin.length + target.length > 8_000);
    const before = suite.zendesk.requests.length;
    const args = { path: await ndjson(await suite.folder(), ids) };
    const records = how === 'inline' ? { items: ids } : { source: { name: 'ndjson', args } };
    const result = await resultOf(await suite.bulk({ operation: destroy, ...records }));
    expect(result).toMatchObject({ total: 250, succeeded: 250, failed: 0 });
    const starts = startsSince(before);
    expect(starts.every(({ status }) => status === 200)).toBe(true);
    expect(starts).toHaveLength(result.jobs);
  });

  test('are refused in one call before any request', async () => {
    const before = suite.zendesk.requests.length;
    const externalIds = ids.slice(0, 100).map(({ external_id }) => external_id);
    const failure = await failureOf(await suite.start('runZendeskJob', [{ operation: destroy, externalIds }]));
    expect(failure.type).toBe('ZendeskInputInvalid');
    expect(failure.message).toContain('externalIds: expected a URL of at most 8000 bytes');
    expect(startsSince(before)).toEqual([]);
  });
});

test('an external id that is too long for any URL fails alone', async () => {
  const items = [{ external_id: 'a' }, { external_id: 'x'.repeat(9_000) }, { external_id: 'b' }];
  const result = await resultOf(await suite.bulk({ operation: 'users/destroy_many', items }));
  expect(result).toMatchObject({ total: 3, succeeded: 2, failed: 1 });
  expect(result.failures).toMatchObject([{ index: 1, error: 'ZendeskInputInvalid' }]);
  expect(result.failures[0]!.details).toMatch(/URL of at most 8000 bytes, got 9\d\d\d$/);
});
