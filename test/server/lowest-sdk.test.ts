/** The package with the lowest versions of the SDK and of TypeScript that it supports; all other tests run with the newest. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { peerDependencies } from '../../package.json';
import { APP, PRINTED, toCommonJs, TYPES_IN_USE, WORKFLOWS } from '../package/applications';
import { installLowestSdk } from '../package/lowest-sdk';
import { installPacked, ROOT, type Project } from '../package/packed';
import { address, uniqueTaskQueue } from '../support/server';

let project: Project;
beforeAll(() => (project = installPacked({ before: installLowestSdk() })), 300_000);
afterAll(() => project?.remove());

/** As the files of the project see it. */
const versionOf = (name: string): string => {
  const file = path.join(project.folder, 'node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
};

test('it is the lowest that the peer dependencies allow', () => {
  const required = Object.entries(peerDependencies).filter(([name]) => name.startsWith('@temporalio/'));
  expect(new Set(required.map(([, range]) => range))).toEqual(new Set([`^${versionOf('@temporalio/worker')}`]));
  expect(versionOf('@temporalio/workflow')).toBe(versionOf('@temporalio/worker'));
});

test('a wait runs on a real server', async () => {
  const workflows = project.write('workflows.cjs', toCommonJs(WORKFLOWS));
  const app = project.write('app.cjs', toCommonJs(APP));
  const namespace = process.env['TEST_TEMPORAL_NAMESPACE']!;
  const printed = await project.runFile(app, [address(), namespace, uniqueTaskQueue('lowest-sdk'), workflows]);
  expect(JSON.parse(printed)).toEqual(PRINTED);
});

test('all golden histories replay, those of newer versions of the SDK too', async () => {
  const script = project.write(
    'replay.cjs',
    `const { readdirSync, readFileSync } = require('node:fs');
    const { DefaultLogger, Runtime, Worker } = require('@temporalio/worker');
    Runtime.install({ logger: new DefaultLogger('ERROR') });

    const folder = process.argv[2];
    const files = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith('.json'));
    const histories = files.map((file) => ({
      workflowId: file,
      history: JSON.parse(readFileSync(folder + '/' + file, 'utf8')),
    }));
    (async () => {
      const workflowsPath = require.resolve('temporal-zendesk-jobs/workflows');
      const failed = [];
      for await (const { workflowId, error } of Worker.runReplayHistories({ workflowsPath }, histories)) {
        if (error) failed.push(workflowId + ': ' + error.message);
      }
      console.log(JSON.stringify({ replayed: histories.length, failed }));
    })();`,
  );
  const printed = await project.runFile(script, [path.join(ROOT, 'test/histories')]);
  const { replayed, failed } = JSON.parse(printed) as { replayed: number; failed: string[] };
  expect(failed).toEqual([]);
  expect(replayed).toBeGreaterThan(30);
});

test('TypeScript compiles what users write', async () => {
  const file = project.write('user.cts', TYPES_IN_USE);
  const tsc = path.join(project.folder, 'node_modules/typescript/bin/tsc');
  expect(versionOf('typescript')).toMatch(/^5\.0\./);
  // With skipLibCheck, since what the SDK depends on has declarations that need a later version.
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--target', 'es2022', '--module', 'node16'];
  expect(await project.runFile(tsc, [...options, '--types', 'node', '--preserveSymlinks', file])).toBe('');
});
