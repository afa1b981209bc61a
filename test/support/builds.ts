/** Builds of the package as they are deployed one after the other: copies of the built one with another `awaitZendeskJob`. */
import { cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../..');
/** Inside the repository, since a build finds its dependencies in the folders above it. */
const BUILDS = path.join(ROOT, 'node_modules', '.cache', 'test-builds');

/** Both have one more command before all others: a timer. */
const CHANGES = {
  patched: `if (patched('temporal-zendesk-jobs:sleep-first')) await sleep(1);`,
  unguarded: `await sleep(1);`,
};

export interface Build {
  folder: string;
  /** For `workflowsPath`. */
  workflows: string;
  remove(): Promise<void>;
}

export async function buildWith(change: keyof typeof CHANGES): Promise<Build> {
  await mkdir(BUILDS, { recursive: true });
  const folder = await mkdtemp(path.join(BUILDS, `${change}-`));
  await cp(path.join(ROOT, 'package.json'), path.join(folder, 'package.json'));
  await cp(path.join(ROOT, 'lib'), path.join(folder, 'lib'), { recursive: true });
  const workflows = path.join(folder, 'lib/workflows/index.js');
  await rename(workflows, path.join(folder, 'lib/workflows/unchanged.js'));
  await writeFile(
    workflows,
    `const { patched, sleep } = require('@temporalio/workflow');
const unchanged = require('./unchanged');
module.exports = {
  ...unchanged,
  async awaitZendeskJob(input) {
    ${CHANGES[change]}
    return await unchanged.awaitZendeskJob(input);
  },
};
`,
  );
  return { folder, workflows, remove: () => rm(folder, { recursive: true }) };
}
