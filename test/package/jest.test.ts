/** A user's tests with jest, which cannot require the ES modules among our dependencies without help. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { codeBlocks, read, section } from '../docs/support/markdown';
import { installPacked, ROOT, type Project } from './packed';

const USERS_TEST = `
import { MockActivityEnvironment } from '@temporalio/testing';
import { createZendeskActivities, ZendeskAccounts, type ZendeskActivities } from 'temporal-zendesk-jobs';
import { FakeZendesk } from 'temporal-zendesk-jobs/testing';

test('what the fake knows of a job', async () => {
  const zendesk: FakeZendesk = await FakeZendesk.start();
  const accounts = ZendeskAccounts.of({ default: { baseUrl: zendesk.origin } });
  const activities: ZendeskActivities = createZendeskActivities({ accounts });
  const jobId = zendesk.addJob({ total: 7, queuedFor: 60_000 });
  const status = await new MockActivityEnvironment().run(activities.showZendeskJobStatus, { jobId });
  accounts.close();
  await zendesk.stop();
  expect(status).toMatchObject({ id: jobId, status: 'queued', total: 7 });
});
`;

let project: Project;
beforeAll(() => {
  project = installPacked();
  project.write('zendesk.test.ts', USERS_TEST);
});
afterAll(() => project?.remove());

/** As `npx jest` does, away from what the environment of this run says. */
function runJest(config: string): string {
  project.write('package.json', '{}');
  project.write('jest.config.js', config);
  const jest = path.join(ROOT, 'node_modules/jest/bin/jest.js');
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'] };
  return spawnSync(process.execPath, [jest], { cwd: project.folder, encoding: 'utf8', env }).stderr;
}

const [recipe] = codeBlocks(section(read('docs/testing.md'), '## With jest'), 'js');

test('the recipe of docs/testing.md works', () => {
  expect(runJest(recipe!)).toMatch(/Tests: +1 passed, 1 total/);
});

test('it is needed: without it for the dependencies, jest fails to load them', () => {
  expect(recipe).toContain('transformIgnorePatterns: [],');
  expect(runJest(recipe!.replace('transformIgnorePatterns: [],', ''))).toMatch(/Must use import|outside a module/);
});
