import type { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createZendeskActivities, ZendeskAccounts, type ZendeskActivities } from '../../src/activities';
import { FakeZendesk } from '../../src/testing';
import { assertMatchesContract } from '../contract/contract';

let zendesk: FakeZendesk;
let accounts: ZendeskAccounts;
let activities: ZendeskActivities;

beforeEach(async () => {
  zendesk = await FakeZendesk.start({ jobDefaults: { queuedFor: 0, duration: 0 } });
  accounts = ZendeskAccounts.of({ default: { baseUrl: zendesk.origin }, other: { baseUrl: zendesk.origin } });
  activities = createZendeskActivities({ accounts });
});

afterEach(async () => {
  accounts.close();
  await zendesk.stop();
});

const run = <Name extends keyof ZendeskActivities>(name: Name, ...args: unknown[]) =>
  new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run(
    activities[name] as (...args: unknown[]) => Promise<unknown>,
    ...args,
  );

test('list: page after page, newest first, in Zendesk’s own field names', async () => {
  const jobIds = Array.from({ length: 5 }, (_, i) => zendesk.addJob({ createdAt: Date.now() - 1000 * (5 - i) }));
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const page = (await run('listZendeskJobStatuses', { pageSize: 2, ...(cursor && { cursor }) })) as {
      jobStatuses: { id: string }[];
      next: string | null;
    };
    seen.push(...page.jobStatuses.map(({ id }) => id));
    cursor = page.next;
  } while (cursor !== null);
  expect(seen).toEqual([...jobIds].reverse());
});

test('show: one job status, bare', async () => {
  const jobId = zendesk.addJob({ total: 3 });
  const status = await run('showZendeskJobStatus', { jobId });
  expect(status).toMatchObject({ id: jobId, status: 'completed', total: 3, job_type: expect.any(String) });
  assertMatchesContract('GET', `/api/v2/job_statuses/${jobId}`, 200, { job_status: status });
});

test('show_many: in the order asked, what Zendesk does not know is left out', async () => {
  const [first, second] = [zendesk.addJob(), zendesk.addJob()];
  const statuses = (await run('showManyZendeskJobStatuses', { jobIds: [second, 'V3-unknown', first] })) as {
    id: string;
  }[];
  expect(statuses.map(({ id }) => id)).toEqual([second, first]);
});

test('the account is the one named', async () => {
  await run('listZendeskJobStatuses', { account: 'other' });
  await run('listZendeskJobStatuses');
  await expect(run('listZendeskJobStatuses', { account: 'third' })).rejects.toMatchObject({
    type: 'ZendeskAccountUnknown',
    message: expect.stringContaining('default, other'),
  });
});

test.each<[keyof ZendeskActivities, unknown, string]>([
  ['listZendeskJobStatuses', { pageSize: 500 }, 'pageSize'],
  ['listZendeskJobStatuses', { page: 2 }, 'page'],
  ['showZendeskJobStatus', { jobId: '../users/1' }, 'jobId'],
  ['showZendeskJobStatus', {}, 'jobId'],
  ['showManyZendeskJobStatuses', { jobIds: [] }, 'jobIds'],
  ['showManyZendeskJobStatuses', { jobIds: ['V3-1', ''] }, 'jobIds[1]'],
])('%s refuses %j before any request', async (name, input, field) => {
  const failure = await run(name, input).then(undefined, (error: unknown) => error as ApplicationFailure);
  expect(failure).toMatchObject({
    type: 'ZendeskInputInvalid',
    nonRetryable: true,
    details: [{ problems: [{ field }] }],
  });
  expect(zendesk.requests).toHaveLength(0);
});

describe('a result that is longer than an activity may return', () => {
  const large = (bytes: number) => zendesk.addJob({ total: 1, results: [{ index: 0, details: 'x'.repeat(bytes) }] });

  test.each<[keyof ZendeskActivities, () => unknown, RegExp]>([
    ['listZendeskJobStatuses', () => ({}), /ask for a smaller pageSize, or use awaitZendeskJob/],
    ['showZendeskJobStatus', () => ({ jobId: large(2_000_000) }), /: use awaitZendeskJob, which bounds/],
    [
      'showManyZendeskJobStatuses',
      () => ({ jobIds: Array.from({ length: 5 }, () => large(400_000)) }),
      /ask for fewer jobIds, or use awaitZendeskJob/,
    ],
  ])('of %s is a failure that says what to do', async (name, input, advice) => {
    for (let i = 0; i < 5; i++) large(400_000);
    await expect(run(name, input())).rejects.toMatchObject({
      type: 'ZendeskResponseTooLarge',
      nonRetryable: true,
      message: expect.stringMatching(advice),
      details: [{ account: 'default' }],
    });
  });

  test('is one with repeated ids, too', async () => {
    const jobIds = Array.from({ length: 1_000 }, () => 'V3-repeated');
    zendesk.addJob({ id: 'V3-repeated', total: 1, results: [{ index: 0, details: 'x'.repeat(10_000) }] });
    await expect(run('showManyZendeskJobStatuses', { jobIds })).rejects.toMatchObject({
      type: 'ZendeskResponseTooLarge',
    });
  });

  test('is not read to its end', async () => {
    const jobIds = Array.from({ length: 400 }, () => large(20_000));
    await expect(run('showManyZendeskJobStatuses', { jobIds })).rejects.toMatchObject({
      type: 'ZendeskResponseTooLarge',
    });
    expect(zendesk.requests).toHaveLength(1);
  });

  test('is the same failure where the client does not accept the response', async () => {
    const small = ZendeskAccounts.of({ default: { baseUrl: zendesk.origin } }, { maxBodyBytes: 10_000 });
    activities = createZendeskActivities({ accounts: small });
    const jobId = large(20_000);
    await expect(run('showZendeskJobStatus', { jobId })).rejects.toMatchObject({
      type: 'ZendeskResponseTooLarge',
      nonRetryable: true,
      message: expect.stringMatching(/longer than 10000 bytes: use awaitZendeskJob/),
      details: [{ account: 'default', status: 200, code: 'ERR_ZENDESK_RESPONSE_TOO_LARGE' }],
    });
    small.close();
  });
});

test('an unknown id is a refusal with its status', async () => {
  await expect(run('showZendeskJobStatus', { jobId: 'V3-unknown' })).rejects.toMatchObject({
    type: 'ZendeskRequestRejected',
    details: [{ account: 'default', status: 404, code: 'ERR_ZENDESK_JOB_NOT_FOUND' }],
  });
});
