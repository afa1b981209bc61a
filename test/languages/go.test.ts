/** The example of examples/go, as a Go user's worker runs it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { compileGo } from '../../dev/go-program';
import { spawnOther } from '../support/processes';
import { testSyncExample } from './support/sync-example';

const FOLDER = path.resolve(__dirname, '../../examples/go');

let made: string;
beforeAll(async () => {
  made = await mkdtemp(path.join(tmpdir(), 'go-example-'));
});
afterAll(async () => await rm(made, { recursive: true }));

testSyncExample('go', async (env) => {
  const file = path.join(made, 'worker');
  await compileGo({ folder: FOLDER, pkg: './worker', file }, console.log);
  return spawnOther(file, [], env, made);
});
