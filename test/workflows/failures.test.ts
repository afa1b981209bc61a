import { BYTE_BUDGETS, jsonBytes } from '../../src/common/byte-budgets';
import { InputProblems, type WaitSettings } from '../../src/common/inputs';
import { checked, failureOf } from '../../src/workflows/failures';
import { jobProgress, jobsProgress } from '../../src/workflows/progress';
import { waitedJob, type WaitedJob } from '../../src/workflows/waited-job';
import { outcomeWith } from '../common/support/outcomes';

const SETTINGS: WaitSettings = {
  account: 'a'.repeat(100),
  timeout: 1_000,
  minInterval: 1_000,
  maxInterval: 60_000,
  searchAttributes: false,
  results: 'all',
  failOnItemErrors: true,
};
const text = (bytes: number) => '日'.repeat(Math.floor(bytes / 3));
const trouble = { type: 'ZendeskResponseTooLarge', message: text(1_000) };

/** All texts as long as they can be. */
const longest = (fields: Partial<WaitedJob>): WaitedJob => ({
  ...waitedJob('j'.repeat(128)),
  seen: {
    status: text(100),
    progress: 1.7976931348623157e308,
    total: 1.7976931348623157e308,
    message: text(BYTE_BUDGETS.message),
    workingSince: 1_700_000_000_000,
    changedAt: 1_700_000_000_000,
  },
  checkedAt: 1_700_000_000_000,
  ...fields,
});

test.each(['lost', 'unreadable', 'timed_out'] as const)('the failure of a wait that ended as %s is small', (end) => {
  const { message, details } = failureOf(longest({ end, trouble }), SETTINGS)!;
  expect(jsonBytes(message)).toBeLessThan(1_500);
  expect(jsonBytes(details)).toBeLessThan(3_000);
  expect(details![0]).toMatchObject({ jobId: 'j'.repeat(128), lastSeen: { status: text(100) }, lastTrouble: trouble });
});

test('a job whose status is too large says what to do', () => {
  const job: WaitedJob = { ...waitedJob('V3-1'), end: 'unreadable', polls: 1, trouble };
  expect(failureOf(job, SETTINGS)).toMatchObject({
    type: 'ZendeskResponseTooLarge',
    nonRetryable: true,
    message:
      'The status of Zendesk job V3-1 is longer than the worker accepts; it was never seen in 1 polls. The job may have finished. ' +
      'Raise maxBodyBytes of the worker and wait for the same id again, or check the records themselves',
    details: [{ account: SETTINGS.account, jobId: 'V3-1', polls: 1, lastSeen: null, lastTrouble: trouble }],
  });
});

test.each(['failed', 'killed', 'completed'] as const)(
  'the failure of a job that ended as %s is its outcome',
  (status) => {
    const outcome = outcomeWith([{ index: 0, ok: false }], {
      status,
      jobType: text(200),
      message: text(BYTE_BUDGETS.message),
    });
    const { message, details } = failureOf(longest({ end: 'finished', outcome }), SETTINGS)!;
    expect(jsonBytes(message)).toBeLessThan(1_500);
    expect(jsonBytes(details)).toBeLessThan(2_500);
  },
);

test('an input with many wrong fields has a small failure', () => {
  const problems = Array.from({ length: 50_000 }, (_, i) => ({
    field: `${text(2_000)}${i}`,
    problem: 'unknown option',
  }));
  const check = () => {
    throw new InputProblems('awaitZendeskJob', problems);
  };
  expect(() => checked(check)).toThrow(
    expect.objectContaining({
      type: 'ZendeskInputInvalid',
      details: [{ problems: expect.arrayContaining([{ field: '', problem: '49900 more problems' }]) }],
    }),
  );
  try {
    checked(check);
  } catch (error) {
    const { message, details } = error as { message: string; details: unknown[] };
    expect(jsonBytes([message, details])).toBeLessThan(60_000);
  }
});

test('the progress of 1,000 jobs with long texts is small', () => {
  const jobs = Array.from({ length: 1_000 }, (_, i) => longest({ jobId: String(i).padStart(128, '0') }));
  const jobIds = jobs.map(({ jobId }) => jobId);
  expect(jsonBytes(jobsProgress(jobIds, jobs, SETTINGS.account))).toBeLessThan(300_000);
  expect(jsonBytes(jobProgress(jobs[0]!, SETTINGS.account))).toBeLessThan(2_000);
});
