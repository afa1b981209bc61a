import { StartRegister } from '../../src/activities/start-register';
import type { JobStatus } from '../../src/common/types';

const job = (fields: Partial<JobStatus> = {}): JobStatus => ({
  id: 'V3-1',
  status: 'queued',
  job_type: 'Bulk Create Ticket',
  total: 100,
  progress: null,
  message: null,
  results: null,
  ...fields,
});
const tickets = { jobTypes: ['Bulk Create Ticket'], records: 100 };

let now: number;
let starts: StartRegister;
beforeEach(() => {
  now = 1_000_000;
  starts = new StartRegister(() => now);
  starts.add('mine', tickets);
});

test('a job may belong to another start until that one has its response', () => {
  expect(starts.mayBelongToAnother('mine', job(), now)).toBe(false);
  starts.add('other', tickets);
  expect(starts.mayBelongToAnother('mine', job(), now)).toBe(true);
  starts.settle('other', 'V3-2');
  expect(starts.mayBelongToAnother('mine', job(), now)).toBe(false);
});

test('a start that was refused has no job', () => {
  starts.add('other', tickets);
  starts.remove('other');
  expect(starts.mayBelongToAnother('mine', job(), now)).toBe(false);
});

test('a start whose response did not come concerns a job that was listed within the next two minutes', () => {
  starts.add('other', tickets);
  starts.setUncertain('other', { answered: true });
  expect(starts.mayBelongToAnother('mine', job(), now + 2 * 60_000)).toBe(true);
  expect(starts.mayBelongToAnother('mine', job(), now + 2 * 60_000 + 1)).toBe(false);
});

test('a start whose response is awaited concerns others as long as that takes', () => {
  starts.add('other', tickets);
  now += 3_600_000;
  expect(starts.mayBelongToAnother('mine', job(), now)).toBe(true);
});

test.each([
  ['of another type', { job_type: 'Bulk Update User' }, false],
  ['of another size', { total: 99 }, false],
  ['of unknown type and size', { job_type: null, total: null }, true],
])('a job %s may belong to another start: %p', (_, fields, expected) => {
  starts.add('other', tickets);
  expect(starts.mayBelongToAnother('mine', job(fields), now)).toBe(expected);
});

test('the job of one start belongs to no other', () => {
  starts.settle('mine', 'V3-1');
  expect(starts.belongsToAnother('mine', 'V3-1')).toBe(false);
  expect(starts.belongsToAnother('other', 'V3-1')).toBe(true);
  expect(starts.belongsToAnother('other', 'V3-2')).toBe(false);
});

test('only the latest 5,000 jobs are remembered', () => {
  for (let i = 0; i <= 5_000; i++) starts.settle('mine', `job-${i}`);
  expect(starts.belongsToAnother('other', 'job-0')).toBe(false);
  expect(starts.belongsToAnother('other', 'job-1')).toBe(true);
});

test('an earlier attempt may be under way unless this worker made all of them, and Zendesk answered each', () => {
  expect(starts.mayBeUnderWay('mine')).toBe(true);
  starts.remove('mine');
  expect(starts.mayBeUnderWay('mine')).toBe(false);
  starts.add('mine', tickets);
  starts.setUncertain('mine', { answered: true });
  expect(starts.mayBeUnderWay('mine')).toBe(false);
  starts.add('mine', tickets);
  starts.setUncertain('mine', { answered: false });
  expect(starts.mayBeUnderWay('mine')).toBe(true);
  starts.add('mine', tickets);
  starts.remove('mine');
  expect(starts.mayBeUnderWay('mine')).toBe(true);
});
