import {
  describeSummary,
  isWorthReporting,
  reportOf,
  summaryOf,
  type LookFacts,
  type Sight,
} from '../../src/activities/poll-report';
import { NOT_SEEN, type PollRound } from '../../src/common/polling';
import type { JobStatus } from '../../src/common/types';
import { newRound } from './support/poll-round';

const NOW = 1_700_000_000_000;
const facts: LookFacts = { now: NOW, roundStartedAt: NOW - 5000, polls: 3, random: 0.5 };

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

const look = (sights: Sight[], wait = round(sights.map((_, i) => `V3-${i}`)), when = facts) => {
  const report = reportOf(wait, sights, when);
  return { report, worthReporting: isWorthReporting(report, wait, sights, when) };
};

test('a job that ended is reported with its outcome', () => {
  const { report, worthReporting } = look([
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
  const { report, worthReporting } = look(['lost'], round(['V3-0'], { jobs: [{ jobId: 'V3-0', seen }] }));
  expect(report.jobs).toEqual([{ jobId: 'V3-0', seen, lost: true }]);
  expect(worthReporting).toBe(true);
});

test('a job seen to work for the first time is reported, the same again is not', () => {
  expect(look([status('V3-0', { progress: 1 })]).worthReporting).toBe(true);
  const seen = {
    ...NOT_SEEN,
    status: 'working',
    progress: 1,
    total: 100,
    workingSince: NOW - 5000,
    changedAt: NOW - 5000,
  };
  expect(
    look([status('V3-0', { progress: 9 })], round(['V3-0'], { jobs: [{ jobId: 'V3-0', seen }] })).worthReporting,
  ).toBe(false);
});

test.each<[string, Sight]>([
  ['queued', status('V3-0', { status: 'queued', progress: null })],
  ['not visible yet', 'hidden'],
])('a job that is %s is looked at again without a report', (_, sight) => {
  const { report, worthReporting } = look([sight]);
  expect(worthReporting).toBe(false);
  expect(report.nextLookAt).toBeGreaterThan(NOW);
});

test('at the deadline whatever was seen is reported', () => {
  expect(look(['hidden'], round(['V3-0'], { deadline: NOW })).worthReporting).toBe(true);
});

test('a status that nobody knows is no end', () => {
  const { report } = look([status('V3-0', { status: 'rebalancing' })]);
  expect(report.jobs[0]).not.toHaveProperty('outcome');
});

test('rows stay within the budget of the round', () => {
  const results = Array.from({ length: 100 }, (_, id) => ({ id, error: 'UserUpdateFailed', details: 'x'.repeat(500) }));
  const { report } = look([status('V3-0', { status: 'completed', results })], round(['V3-0'], { rowBudget: 10_000 }));
  expect(report.rowBytes).toBeLessThanOrEqual(10_000);
  expect(report.jobs[0]!.outcome).toMatchObject({ failed: 100, resultsOmitted: expect.any(Number) });
});

test.each<[string, Sight[], Partial<PollRound>]>([
  ['not visible yet', ['hidden'], {}],
  ['queued', [status('V3-0', { status: 'queued', progress: null })], {}],
  ['working, 40 of 100', [status('V3-0')], {}],
  ['working, 40 of an unknown number', [status('V3-0', { total: null })], {}],
  ['queued, 0 of 2 jobs ended', ['hidden', 'hidden'], {}],
  ['working, 1 of 3 jobs ended', [status('V3-0', { status: 'completed' }), status('V3-1'), 'hidden'], {}],
  ['working, 4 of 5 jobs ended', [status('V3-0')], { ended: 4 }],
])('between two looks Temporal shows %p', (text, sights, fields) => {
  const wait = round(
    sights.map((_, i) => `V3-${i}`),
    fields,
  );
  expect(describeSummary(summaryOf(wait, reportOf(wait, sights, facts).jobs))).toBe(text);
});
