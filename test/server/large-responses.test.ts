import { BYTE_BUDGETS, jsonBytes } from '../../src/common/byte-budgets';
import type { JobsEndedDetails } from '../../src/common/error-details';
import { FakeZendesk } from '../../src/testing';
import { failureOf, startSuite, type Suite } from '../support/suite';

const MAX_BODY_BYTES = 4_000_000;

let zendesk: FakeZendesk;
let suite: Suite;

beforeAll(async () => {
  zendesk = await FakeZendesk.start({ jobDefaults: { queuedFor: 0, duration: 0 } });
  const options = { maxBodyBytes: MAX_BODY_BYTES, reader: { minRequestInterval: 200 } };
  suite = await startSuite({ accounts: { default: { baseUrl: zendesk.origin } }, options });
});

afterAll(async () => {
  await suite.stop();
  await zendesk.stop();
});

/** A finished job whose rows take so many bytes. */
function largeJob(bytes: number, count = 100): string {
  const details = 'x'.repeat(Math.floor(bytes / count));
  const results = Array.from({ length: count }, (_, index) => ({ index, error: 'UserUpdateFailed', details }));
  return zendesk.addJob({ total: count, results });
}

test('300 finished jobs whose responses are too large are read in smaller ones, but for a job that is too large alone', async () => {
  const jobIds = Array.from({ length: 299 }, () => largeJob(100_000));
  const tooLarge = largeJob(5_000_000);
  jobIds.splice(150, 0, tooLarge);
  const before = zendesk.requests.length;
  const handle = await suite.awaitJobs({ jobIds });
  const result = await handle.result();

  expect(result.outcomes.map(({ jobId }) => jobId)).toEqual(jobIds);
  const [unreadable] = result.outcomes.splice(150, 1);
  expect(unreadable).toMatchObject({
    status: 'unreadable',
    error: { type: 'ZendeskResponseTooLarge', message: expect.stringContaining('maxBodyBytes') },
  });
  expect(new Set(result.outcomes.map(({ status, failed }) => `${status} ${failed}`))).toEqual(
    new Set(['completed 100']),
  );
  expect(result.failed).toBe(29_900);
  expect(jsonBytes(result)).toBeLessThanOrEqual(BYTE_BUDGETS.waitResult);
  expect(zendesk.requests.length - before).toBeLessThan(60);
});

test('a wait for one job whose status is too large fails, and says what to do', async () => {
  const jobId = largeJob(5_000_000);
  const before = zendesk.requests.length;
  const failure = await failureOf(await suite.awaitJob({ jobId }));
  expect(failure).toMatchObject({ type: 'ZendeskResponseTooLarge', nonRetryable: true });
  expect(failure.message).toMatch(/is longer than the worker accepts.* Raise maxBodyBytes/);
  expect(failure.details![0]).toMatchObject({
    account: 'default',
    jobId,
    lastSeen: null,
    lastTrouble: { type: 'ZendeskResponseTooLarge', message: expect.stringContaining('longer than 4000000 bytes') },
  });
  expect(zendesk.requests.length - before).toBe(1);
});

test.each(['users/create_or_update_many', 'tickets/create_many'])(
  'a start of %s whose response is too large is uncertain, and is not sent again',
  async (operation) => {
    const before = zendesk.starts.length;
    zendesk.injectFault({ kind: 'padded', size: MAX_BODY_BYTES, match: { method: 'POST' } });
    const input = { operation, items: [{ name: 'A', subject: 'A', external_id: 'a' }] };
    const failure = await failureOf(await suite.start('runZendeskJob', [input]));
    const [start, ...others] = zendesk.starts.slice(before);
    expect(others).toEqual([]);
    expect(failure).toMatchObject({
      type: 'ZendeskStartUncertain',
      message: expect.stringContaining('longer than 4000000'),
    });
    expect(failure.details![0]).toMatchObject({ candidates: [{ jobId: start!.jobId }] });
  },
);

test('a bulk run whose start has a response that is too large counts its records as uncertain', async () => {
  zendesk.injectFault({ kind: 'padded', size: MAX_BODY_BYTES, match: { method: 'POST' } });
  const items = Array.from({ length: 150 }, (_, index) => ({ name: 'B', external_id: `b-${index}` }));
  const input = { operation: 'users/create_or_update_many', items };
  const result = await (await suite.start('runZendeskBulk', [input])).result();
  expect(result).toMatchObject({ total: 150, succeeded: 50, failed: 0, uncertainRecords: 100 });
});

test('a wait for one job with many long rows returns as many of them as a result may carry', async () => {
  const jobId = largeJob(3_500_000, 1_500);
  const outcome = await (await suite.awaitJob({ jobId })).result();
  expect(outcome).toMatchObject({ status: 'completed', failed: 1_500 });
  expect(outcome.results.length + outcome.resultsOmitted!).toBe(1_500);
  expect(jsonBytes(outcome.results)).toBeLessThanOrEqual(BYTE_BUDGETS.resultRows + 2);
  expect(outcome.results.length).toBeGreaterThan(400);
});

test('a job that was given 1,000 times keeps the result within its budget', async () => {
  const jobId = largeJob(1_000_000, 600);
  const handle = await suite.awaitJobs({ jobIds: Array.from({ length: 1_000 }, () => jobId) });
  const result = await handle.result();
  expect(result.outcomes).toHaveLength(1_000);
  expect(result.failed).toBe(600);
  expect(jsonBytes(result)).toBeLessThanOrEqual(BYTE_BUDGETS.waitResult);
});

test('1,000 failed jobs with long texts keep the details of the failure within the budget', async () => {
  const text = '日'.repeat(5_000);
  const jobIds = Array.from({ length: 1_000 }, (_, i) => `V3-${String(i).padStart(125, '0')}`);
  const results = [{ index: 0, error: text, details: text }];
  for (const id of jobIds) zendesk.addJob({ id, total: 1, endsAs: 'failed', jobType: text, results });
  const failure = await failureOf(await suite.awaitJobs({ jobIds, failOnItemErrors: true }));
  expect(failure).toMatchObject({ type: 'ZendeskItemsFailed' });
  const [details] = failure.details as [JobsEndedDetails];
  expect(jsonBytes(details)).toBeLessThanOrEqual(BYTE_BUDGETS.waitResult);
  expect(details.jobIds).toEqual(jobIds);
  expect(new Set(details.outcome.outcomes.map(({ error }) => error?.type))).toEqual(new Set(['ZendeskJobFailed']));
});
