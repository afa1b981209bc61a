import { describeOutcome, describeResult } from '../../src/cli/outcome-view';
import type { ZendeskItemResult, ZendeskJobOutcome } from '../../src/common/types';

const outcome = (changes: Partial<ZendeskJobOutcome> = {}): ZendeskJobOutcome => ({
  jobId: 'V3-1',
  account: 'default',
  status: 'completed',
  jobType: 'Bulk Create User',
  total: 100,
  progress: 100,
  message: 'Completed at 2026-11-23 19:00:00 +0000',
  succeeded: 100,
  failed: 0,
  unreported: 0,
  results: [],
  polls: 7,
  ...changes,
});

const failed = (index: number, changes: Partial<ZendeskItemResult> = {}): ZendeskItemResult => ({
  index,
  ok: false,
  error: 'UserCreateFailed',
  ...changes,
});

test('a job whose records all succeeded', () => {
  expect(describeOutcome(outcome())).toBe(
    'Zendesk job V3-1 completed: 100 succeeded, 0 failed, of 100 records\n' +
      '  Bulk Create User; Completed at 2026-11-23 19:00:00 +0000; 7 polls',
  );
});

test('failed records are a table', () => {
  const results = [
    failed(3, { id: 123456, externalId: 'crm-3', details: 'Email: is invalid' }),
    { index: 4, ok: true, id: 5 },
    failed(37),
  ];
  const lines = describeOutcome(outcome({ succeeded: 98, failed: 2, results })).split('\n');
  expect(lines.slice(2)).toEqual([
    '',
    'index  id      external id  error             details',
    '    3  123456  crm-3        UserCreateFailed  Email: is invalid',
    '   37                       UserCreateFailed',
  ]);
});

test('records of a job that was started here are told by e-mail too', () => {
  const results = [
    failed(3, { externalId: 'crm-3', email: 'ann@example.com' }),
    failed(37, { email: 'bob@example.com' }),
  ];
  const lines = describeOutcome(outcome({ succeeded: 98, failed: 2, results })).split('\n');
  expect(lines.slice(3)).toEqual([
    'index  external id  e-mail           error',
    '    3  crm-3        ann@example.com  UserCreateFailed',
    '   37               bob@example.com  UserCreateFailed',
  ]);
});

test('a long table is cut, and says by how much', () => {
  const results = Array.from({ length: 50 }, (_, i) => failed(i));
  const text = describeOutcome(outcome({ failed: 60, results, resultsOmitted: 10 }));
  expect(text.match(/UserCreateFailed/g)).toHaveLength(20);
  expect(text).toMatch(/… and 40 more failed records$/);
});

test('failed records whose rows were not asked for are counted', () => {
  expect(describeOutcome(outcome({ failed: 3 }))).toContain('… and 3 more failed records, whose rows');
});

test('details of many lines become one, a long one is cut', () => {
  const details = `Name: is\ntoo\tlong ${'x'.repeat(500)}`;
  const line = describeOutcome(outcome({ failed: 1, results: [failed(0, { details })] }))
    .split('\n')
    .at(-1)!;
  expect(line).toContain('Name: is too long xxx');
  expect(line).toMatch(/x…$/);
  expect(line.length).toBeLessThan(150);
});

test('a job without total, type and message', () => {
  const bare = outcome({ total: null, jobType: null, message: null, succeeded: 1, polls: 1, unreported: 2 });
  expect(describeOutcome(bare)).toBe('Zendesk job V3-1 completed: 1 succeeded, 0 failed, 2 not reported\n  1 poll');
});

test('many jobs are a table, with the error of each', () => {
  const outcomes = [
    outcome({ failed: 1, succeeded: 99 }),
    outcome({ jobId: 'V3-2', status: 'lost', error: { type: 'ZendeskJobLost', message: 'unknown' }, succeeded: 0 }),
  ];
  expect(describeResult({ outcomes, succeeded: 99, failed: 1 }).split('\n')).toEqual([
    '2 Zendesk jobs: 99 records succeeded, 1 failed',
    '',
    'job   status     succeeded  failed  error',
    'V3-1  completed         99       1',
    'V3-2  lost               0       0  unknown',
  ]);
});

test.each([
  [{ some: 'result' }, '{\n  "some": "result"\n}'],
  [null, 'null'],
  [undefined, 'The workflow has no result'],
])('the result of a workflow of another kind: %p', (result, text) => {
  expect(describeResult(result)).toBe(text);
});
