/** What real runs take and give is what the JSON Schemas say: results, details of failures, `progress` in the middle and at the end. */
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { FakeZendesk } from '../../src/testing';
import { eventually } from '../support/eventually';
import { detailProblemsOf, problemsOf, WORKFLOWS } from '../support/json-schemas';
import { startSuite, type Suite } from '../support/suite';

let zendesk: FakeZendesk;
let suite: Suite;

beforeAll(async () => {
  zendesk = await FakeZendesk.start({
    auth: { oauthTokens: ['token'] },
    jobDefaults: { queuedFor: 0, duration: 1000 },
    onRecord: ({ name }) => (name === 'User 2' ? { error: 'UserCreateError', details: 'Email: is taken' } : undefined),
  });
  suite = await startSuite({
    accounts: {
      default: { baseUrl: zendesk.origin, oauthToken: 'token' },
      wrong: { baseUrl: zendesk.origin, oauthToken: 'not-the-token' },
    },
    activities: { sources: { endless: () => ({ items: users, next: 0 }) } },
  });
});

afterAll(async () => {
  await suite.stop();
  await zendesk.stop();
});

const users = Array.from({ length: 5 }, (_, i) => ({ name: `User ${i}`, external_id: `crm-${i}` }));
const operation = 'users/create_or_update_many';

/** Starts a workflow with an input that its schema takes. */
async function start(type: string, input: object): Promise<WorkflowHandle> {
  expect(problemsOf(WORKFLOWS[type]!.input, input)).toEqual([]);
  return await suite.start(type, [input]);
}

const endOf = async (handle: WorkflowHandle): Promise<unknown> =>
  await handle.result().catch((error: unknown) => (error instanceof WorkflowFailedError ? error.cause : error));

describe.each([
  ['awaitZendeskJob', () => ({ jobId: zendesk.addJob({ total: 100, failures: [{ index: 7 }] }) })],
  ['awaitZendeskJobs', () => ({ jobIds: [zendesk.addJob({ total: 100 }), zendesk.addJob({ endsAs: 'failed' })] })],
  ['runZendeskJob', () => ({ operation, items: users })],
  ['runZendeskBulk', () => ({ operation, items: users, itemAttempts: 1 })],
])('%s', (type, inputOf) => {
  test('answers as its schemas say', async () => {
    const { result, progress } = WORKFLOWS[type]!;
    const handle = await start(type, inputOf());
    const seen = [await eventually('its first progress', () => handle.query('progress').catch(() => undefined))];
    expect(problemsOf(result, await handle.result())).toEqual([]);
    seen.push(await handle.query('progress'));
    expect(seen.flatMap((answer) => problemsOf(progress, answer))).toEqual([]);
  });
});

test.each([
  ['ZendeskJobFailed', 'awaitZendeskJob', () => ({ jobId: zendesk.addJob({ endsAs: 'failed' }) })],
  ['ZendeskJobTimedOut', 'awaitZendeskJob', () => ({ jobId: zendesk.addJob({ endsAs: 'never' }), timeout: '1s' })],
  ['ZendeskItemsFailed', 'awaitZendeskJobs', () => ({ jobIds: failing(2), failOnItemErrors: true })],
  ['ZendeskAuthenticationFailed', 'awaitZendeskJobs', () => ({ jobIds: failing(2), account: 'wrong' })],
  ['ZendeskAuthenticationFailed', 'runZendeskJob', () => ({ operation, items: users, account: 'wrong' })],
  ['ZendeskAccountUnknown', 'runZendeskJob', () => ({ operation, items: users, account: 'nobody' })],
  ['ZendeskAuthenticationFailed', 'runZendeskBulk', () => ({ operation, items: users, account: 'wrong' })],
  ['ZendeskInputInvalid', 'runZendeskBulk', () => ({ operation, items: users, maxJobs: 31 })],
  ['ZendeskSourceFailed', 'runZendeskBulk', () => ({ operation, source: { name: 'endless' } })],
])('the details of %s of %s are what its schema says', async (type, workflow, inputOf) => {
  const failure = await endOf(await start(workflow, inputOf()));
  expect(failure).toBeInstanceOf(ApplicationFailure);
  expect(failure).toMatchObject({ type });
  expect(detailProblemsOf(type, (failure as ApplicationFailure).details![0])).toEqual([]);
});

const failing = (jobs: number) => Array.from({ length: jobs }, () => zendesk.addJob({ failures: [{ index: 0 }] }));
