import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BulkRow } from '../../src/common/bulk';
import { FakeZendesk } from '../../src/testing';
import { spawnWorker, Workers } from '../support/processes';
import { address, connect, type ServerConnections } from '../support/server';

let zendesk: FakeZendesk;
let connections: ServerConnections;
let folder: string;
const workers = new Workers();

beforeAll(async () => {
  zendesk = await FakeZendesk.start({ jobDefaults: { queuedFor: 0, duration: 200 } });
  connections = await connect();
  folder = await mkdtemp(path.join(tmpdir(), 'extensions-'));
});

afterAll(async () => {
  await workers.kill();
  await connections.close();
  await zendesk.stop();
  await rm(folder, { recursive: true });
});

test('the ready worker reads from a source and writes to a sink of its own', async () => {
  const rowsFile = path.join(folder, 'rows.json');
  const extension = path.join(folder, 'extension.mjs');
  await writeFile(
    extension,
    `import { writeFile } from 'node:fs/promises';
     export const sources = { people: ({ names }) => ({ items: names.map((name) => ({ name, external_id: name })) }) };
     export const sinks = { file: (rows, { args }) => writeFile(args.path, JSON.stringify(rows)) };`,
  );
  const taskQueue = `extensions-${randomUUID()}`;
  const worker = await workers.start(workerEnv(extension, taskQueue));
  expect(worker.output()).toMatch(/Worker ready: .*, accounts default, sources people, sinks file\n/);

  const result: unknown = await connections.client.workflow.execute('runZendeskBulk', {
    taskQueue,
    workflowId: taskQueue,
    args: [
      {
        operation: 'users/create_or_update_many',
        source: { name: 'people', args: { names: ['Ann', 'Ben'] } },
        sink: { name: 'file', args: { path: rowsFile } },
      },
    ],
  });
  expect(result).toMatchObject({ total: 2, succeeded: 2, jobs: 1 });
  const rows = JSON.parse(await readFile(rowsFile, 'utf8')) as BulkRow[];
  expect(rows).toMatchObject([
    { index: 0, result: 'succeeded', externalId: 'Ann' },
    { index: 1, result: 'succeeded', externalId: 'Ben' },
  ]);
});

test('the ready worker ends with a line that says why it cannot use an extension', async () => {
  const worker = spawnWorker(workerEnv(path.join(folder, 'none.mjs'), 'none'));
  expect(await worker.exited).toBe(1);
  expect(worker.output()).toMatch(
    /^Worker cannot run: ZENDESK_EXTENSIONS .*none\.mjs cannot be used: it cannot be loaded: /m,
  );
  expect(worker.output()).not.toMatch(/\n\s+at /);
});

function workerEnv(extension: string, taskQueue: string): Record<string, string> {
  return {
    TEMPORAL_ADDRESS: address(),
    TEMPORAL_TASK_QUEUE: taskQueue,
    ZENDESK_BASE_URL: zendesk.origin,
    ZENDESK_EXTENSIONS: extension,
  };
}
