import fc from 'fast-check';
import {
  describeSummary,
  isWorthReporting,
  reportOf,
  summaryOf,
  withOutcome,
  type PollFacts,
  type PollObservation,
} from '../../src/activities/poll-report';
import { BYTE_BUDGETS, jsonBytes } from '../../src/common/byte-budgets';
import { NOT_SEEN, type PollRound } from '../../src/common/polling';
import type { JobStatus } from '../../src/common/types';
import { parseJobStatus } from '../../src/zendesk/job-status';
import { newRound } from './support/poll-round';

const NOW = 1_700_000_000_000;
const facts: PollFacts = { now: NOW, roundStartedAt: NOW - 5000, polls: 3, random: 0.5 };

const status = (id: string, fields: Partial<JobStatus> = {}): JobStatus => ({
  id,
  status: 'working',
  total: 100,
  progress: 40,
  message: null,
  results: null,
  ...fields,
});

const round = (jobIds: string[], fields: Partial<PollRound> = {}) =>
  newRound(jobIds, NOW - 10_000, { account: 'acme', ...fields });

const poll = (observations: PollObservation[], wait = round(observations.map((_, i) => `V3-${i}`)), when = facts) => {
  const report = reportOf(wait, observations, when);
  return { report, worthReporting: isWorthReporting(report, wait, observations, when) };
};

test('a job that ended is reported with its outcome', () => {
  const { report, worthReporting } = poll([
    status('V3-0', { status: 'completed', progress: 100, results: [{ id: 1 }] }),
  ]);
  expect(report.jobs[0]).toMatchObject({
    jobId: 'V3-0',
    outcome: { status: 'completed', succeeded: 1, unreported: 99 },
  });
  expect(worthReporting).toBe(true);
});

test('a lost job is reported, with what was last seen of it', () => {
  const seen = { ...NOT_SEEN, status: 'working', progress: 40, total: 100 };
  const { report, worthReporting } = poll(['lost'], round(['V3-0'], { jobs: [{ jobId: 'V3-0', seen }] }));
  expect(report.jobs).toEqual([{ jobId: 'V3-0', seen, lost: true }]);
  expect(worthReporting).toBe(true);
});

test('a job seen to work for the first time is reported, the same again is not', () => {
  expect(poll([status('V3-0', { progress: 1 })]).worthReporting).toBe(true);
  const seen = {
    ...NOT_SEEN,
    status: 'working',
    progress: 1,
    total: 100,
    workingSince: NOW - 5000,
    changedAt: NOW - 5000,
  };
  expect(
    poll([status('V3-0', { progress: 9 })], round(['V3-0'], { jobs: [{ jobId: 'V3-0', seen }] })).worthReporting,
  ).toBe(false);
});

test.each<[string, PollObservation]>([
  ['queued', status('V3-0', { status: 'queued', progress: null })],
  ['not visible yet', 'hidden'],
])('a job that is %s is polled again without a report', (_, observation) => {
  const { report, worthReporting } = poll([observation]);
  expect(worthReporting).toBe(false);
  expect(report.nextLookAt).toBeGreaterThan(NOW);
});

test('at the deadline whatever was observed is reported', () => {
  expect(poll(['hidden'], round(['V3-0'], { deadline: NOW })).worthReporting).toBe(true);
});

test('a job with an unknown status is taken for a running one', () => {
  const { report } = poll([status('V3-0', { status: 'rebalancing' })]);
  expect(report.jobs[0]).not.toHaveProperty('outcome');
});

test('rows stay within the budget of the round', () => {
  const results = Array.from({ length: 100 }, (_, id) => ({ id, error: 'UserUpdateFailed', details: 'x'.repeat(500) }));
  const { report } = poll([status('V3-0', { status: 'completed', results })], round(['V3-0'], { rowBudget: 10_000 }));
  expect(report.rowBytes).toBeLessThanOrEqual(10_000);
  expect(report.jobs[0]!.outcome).toMatchObject({ failed: 100, resultsOmitted: expect.any(Number) });
});

test('a job whose status is too large is reported as unreadable, with what was last seen of it', () => {
  const unreadable = { type: 'ZendeskResponseTooLarge', message: 'the response is longer than 16777216 bytes' };
  const { report, worthReporting } = poll([{ unreadable }]);
  expect(report.jobs).toEqual([{ jobId: 'V3-0', seen: NOT_SEEN, unreadable }]);
  expect(worthReporting).toBe(true);
});

test('a job that the poll did not get to is polled again soon, without a report', () => {
  const { report, worthReporting } = poll(['unread'], round(['V3-0'], { minInterval: 60_000 }));
  expect(worthReporting).toBe(false);
  expect(report.nextLookAt).toBe(NOW + 3_000);
});

test('the outcome of a finished job replaces its rows, within the budget of the round', () => {
  const results = Array.from({ length: 1_000 }, (_, id) => ({ id, error: 'E', details: 'x'.repeat(100) }));
  const finished = status('V3-0', { status: 'completed', results });
  const wait = round(['V3-0'], { rowBudget: 10_000 });
  const observed = withOutcome(wait, finished);
  expect(observed.results).toBeNull();
  expect(jsonBytes(observed.outcome)).toBeLessThan(11_000);
  expect(poll([observed], wait).report.jobs[0]!.outcome).toMatchObject({ failed: 1_000, unreported: 0 });
  expect(withOutcome(wait, status('V3-0'))).toEqual(status('V3-0'));
});

test('a report stays within its budget of bytes, whatever Zendesk sends', () => {
  const text = fc.string({ unit: 'binary', maxLength: 1_500 });
  const row = fc.record({ id: fc.nat(), error: fc.option(text), details: text, external_id: text });
  const job = fc.record({ message: text, job_type: text, results: fc.array(row, { maxLength: 10 }) });
  fc.assert(
    fc.property(
      fc.array(job, { minLength: 1, maxLength: 10 }),
      fc.integer({ min: 0, max: 20_000 }),
      (jobs, rowBudget) => {
        const statuses = jobs.map((fields, i) => parseJobStatus({ id: `V3-${i}`, status: 'completed', ...fields }));
        const wait = round(
          statuses.map(({ id }) => id),
          { rowBudget },
        );
        const { report } = poll(
          statuses.map((each) => withOutcome(wait, each)),
          wait,
        );
        expect(report.rowBytes).toBeLessThanOrEqual(rowBudget);
        // Of each job twice its message, once its type, and what has a fixed length.
        expect(jsonBytes(report)).toBeLessThan(rowBudget + jobs.length * (2 * BYTE_BUDGETS.message + 200 + 700) + 200);
      },
    ),
    { numRuns: 50 },
  );
});

test.each<[string, PollObservation[], Partial<PollRound>]>([
  ['not visible yet', ['hidden'], {}],
  ['queued', [status('V3-0', { status: 'queued', progress: null })], {}],
  ['working, 40 of 100', [status('V3-0')], {}],
  ['working, 40 of an unknown number', [status('V3-0', { total: null })], {}],
  ['queued, 0 of 2 jobs ended', ['hidden', 'hidden'], {}],
  ['working, 1 of 3 jobs ended', [status('V3-0', { status: 'completed' }), status('V3-1'), 'hidden'], {}],
  ['working, 4 of 5 jobs ended', [status('V3-0')], { ended: 4 }],
])('between two polls Temporal shows %p', (text, observations, fields) => {
  const wait = round(
    observations.map((_, i) => `V3-${i}`),
    fields,
  );
  expect(describeSummary(summaryOf(wait, reportOf(wait, observations, facts).jobs))).toBe(text);
});
