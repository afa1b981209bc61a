/**
 * Records a golden history of every way in which a start or a wait can end, into
 * test/histories/<package version>_sdk-<SDK version>/: `npm run record-histories -- [prefix...]`; without a prefix of their
 * names all of them. To be run when a version is released, never over a released version's folder: the histories of
 * released versions are what new workflow code has to replay.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createZendeskActivities } from '../src/activities';
import { FakeZendesk } from '../src/testing';
import { bulkScenes } from './history-bulk-scenes';
import { awaitScenes, type Scene } from './history-scenes';
import { REFUSED_NAME, runScenes } from './history-run-scenes';
import { SEARCH_ATTRIBUTES } from './search-attributes';
import { startTemporalServer } from './temporal-server';

const ROOT = path.resolve(__dirname, '..');
const TASK_QUEUE = 'record';
const scenes = Object.entries({ ...awaitScenes, ...runScenes, ...bulkScenes });

async function main(prefixes: string[]): Promise<void> {
  const chosen = scenes.filter(([name]) => prefixes.length === 0 || prefixes.some((prefix) => name.startsWith(prefix)));
  if (chosen.length === 0) throw new Error(`no history has a name that begins with ${prefixes.join(' or ')}`);
  const server = await startTemporalServer({ own: true, extraArgs: SEARCH_ATTRIBUTES });
  const zendesk = await FakeZendesk.start({
    auth: { oauthTokens: ['golden'] },
    jobDefaults: { queuedFor: 0, total: 10 },
    jobLimit: Infinity, // Jobs that never end are left over.
    onRecord: ({ name }) =>
      name === REFUSED_NAME ? { error: 'UserCreateError', details: 'Email: is invalid' } : undefined,
  });
  const connection = await NativeConnection.connect({ address: server.address });
  const client = new Client({ connection: await Connection.connect({ address: server.address }), identity: 'client' });
  const worker = await Worker.create({
    connection,
    identity: 'worker',
    taskQueue: TASK_QUEUE,
    workflowsPath: require.resolve('../src/workflows'),
    activities: createZendeskActivities({
      accounts: {
        default: { baseUrl: zendesk.origin, oauthToken: 'golden' },
        wrong: { baseUrl: zendesk.origin, oauthToken: 'not-the-token' },
      },
      reader: { minRequestInterval: 100 },
    }),
  });
  const folder = await versionFolder();
  try {
    await worker.runUntil(async () => {
      for (const [name, scene] of chosen) await record(name, scene, client, zendesk, folder);
    });
  } finally {
    await client.connection.close();
    await connection.close();
    await zendesk.stop();
    await server.stop();
  }
}

async function record(name: string, scene: Scene, client: Client, zendesk: FakeZendesk, folder: string): Promise<void> {
  const handle = await client.workflow.start(scene.type, {
    workflowId: name,
    taskQueue: TASK_QUEUE,
    args: [scene.input(zendesk)],
  });
  await scene.then?.(handle, zendesk);
  await handle.result().catch(() => undefined);
  zendesk.clearFaults();

  const json = JSON.stringify(JSON.parse(historyToJSON(await handle.fetchHistory())), null, 1);
  // Stack traces name files: of this checkout, wherever it lies.
  await writeFile(path.join(folder, `${name}.json`), `${json.replaceAll(`${ROOT}/`, '')}\n`);
  console.log(`${name}: ${(await handle.describe()).status.name}`);
}

async function versionFolder(): Promise<string> {
  const versionOf = async (file: string) => (JSON.parse(await readFile(file, 'utf8')) as { version: string }).version;
  const version = await versionOf(path.join(ROOT, 'package.json'));
  const sdk = await versionOf(require.resolve('@temporalio/workflow/package.json'));
  const folder = path.join(ROOT, 'test', 'histories', `${version}_sdk-${sdk}`);
  await mkdir(folder, { recursive: true });
  return folder;
}

void main(process.argv.slice(2));
