import { checkAwaitZendeskJob, checkAwaitZendeskJobs, InputProblems } from '../../src/common/inputs';
import { checkListJobStatuses, checkShowManyJobStatuses } from '../../src/common/read-inputs';
import type { AwaitZendeskJobInput, AwaitZendeskJobsInput } from '../../src/common/types';

const JOB = 'V3-0123456789abcdef0123456789abcdef';

function problemsOf(check: () => unknown): { field: string; problem: string }[] {
  try {
    check();
  } catch (error) {
    expect(error).toBeInstanceOf(InputProblems);
    return (error as InputProblems).problems;
  }
  throw new Error('nothing was found wrong');
}

describe('the input of awaitZendeskJob', () => {
  test('has documented defaults', () => {
    expect(checkAwaitZendeskJob({ jobId: JOB })).toEqual({
      jobId: JOB,
      account: 'default',
      searchAttributes: false,
      timeout: 86_400_000,
      minInterval: 1000,
      maxInterval: 60_000,
      results: 'all',
      failOnItemErrors: false,
    });
  });

  test('takes durations as milliseconds and as strings', () => {
    const polling = { minInterval: 2500, maxInterval: '2 minutes' } as const;
    const input: AwaitZendeskJobInput = { jobId: JOB, timeout: '90s', polling };
    expect(checkAwaitZendeskJob(input)).toMatchObject({ timeout: 90_000, minInterval: 2500, maxInterval: 120_000 });
  });

  test('raises the longest interval with the shortest one', () => {
    expect(checkAwaitZendeskJob({ jobId: JOB, polling: { minInterval: '5m' } })).toMatchObject({
      maxInterval: 300_000,
    });
  });

  test.each<[string, unknown, string, RegExp]>([
    ['no job id', {}, 'jobId', /expected a job id/],
    ['an empty job id', { jobId: '' }, 'jobId', /empty string/],
    ['a job id that is a path', { jobId: '../users/1' }, 'jobId', /letters, digits/],
    ['a job id with spaces', { jobId: 'V3 12' }, 'jobId', /letters, digits/],
    ['a job id with a query', { jobId: 'V3-1?x=1' }, 'jobId', /letters, digits/],
    ['a job id of 10 kB', { jobId: 'a'.repeat(10_000) }, 'jobId', /10000 characters/],
    ['a job id that is a number', { jobId: 17 }, 'jobId', /got number/],
    ['an unknown option', { jobId: JOB, timeOut: '1h' }, 'timeOut', /unknown option/],
    ['an unknown nested option', { jobId: JOB, polling: { interval: 1 } }, 'polling.interval', /unknown option/],
    ['a negative timeout', { jobId: JOB, timeout: -1 }, 'timeout', /at least 1s/],
    ['a timeout of nothing', { jobId: JOB, timeout: 0 }, 'timeout', /at least 1s/],
    ['a timeout of years', { jobId: JOB, timeout: '2y' }, 'timeout', /at most 30d/],
    ['an endless timeout', { jobId: JOB, timeout: Infinity }, 'timeout', /expected a duration/],
    ['a timeout in words', { jobId: JOB, timeout: 'soon' }, 'timeout', /expected a duration.*'90s'/],
    ['an empty timeout', { jobId: JOB, timeout: '' }, 'timeout', /expected a duration/],
    ['a hot loop', { jobId: JOB, polling: { minInterval: 1 } }, 'polling.minInterval', /at least 100ms/],
    [
      'bounds the wrong way round',
      { jobId: JOB, polling: { minInterval: 9e4, maxInterval: 1e3 } },
      'polling.maxInterval',
      /at least polling.minInterval/,
    ],
    ['an odd account', { jobId: JOB, account: 'a/b' }, 'account', /name of an account/],
    ['an odd results mode', { jobId: JOB, results: 'some' }, 'results', /all.*failed.*none/],
    ['a flag that is none', { jobId: JOB, failOnItemErrors: 'yes' }, 'failOnItemErrors', /boolean/],
  ])('refuses %s', (_, input, field, problem) => {
    const problems = problemsOf(() => checkAwaitZendeskJob(input as AwaitZendeskJobInput));
    expect(problems).toEqual([{ field, problem: expect.stringMatching(problem) }]);
  });

  test.each([[undefined], [null], ['V3-1'], [17]])('refuses %p for an input object', (input) => {
    expect(problemsOf(() => checkAwaitZendeskJob(input as never))).toHaveLength(1);
  });

  test('names every wrong field at once', () => {
    const problems = problemsOf(() => checkAwaitZendeskJob({ jobId: '', timeout: -1, account: '' }));
    expect(problems.map(({ field }) => field).sort()).toEqual(['account', 'jobId', 'timeout']);
  });
});

describe('the input of awaitZendeskJobs', () => {
  test('returns failed rows unless asked otherwise, and keeps duplicates', () => {
    expect(checkAwaitZendeskJobs({ jobIds: [JOB, JOB] })).toMatchObject({ jobIds: [JOB, JOB], results: 'failed' });
  });

  test.each<[string, unknown, string, RegExp]>([
    ['no ids', { jobIds: [] }, 'jobIds', /expected 1 to 1000 job ids/],
    ['1,001 ids', { jobIds: Array(1001).fill(JOB) }, 'jobIds', /expected 1 to 1000 job ids/],
    ['one odd id among good ones', { jobIds: [JOB, 'a b'] }, 'jobIds[1]', /letters, digits/],
    ['one id for a list', { jobIds: JOB }, 'jobIds', /array/],
  ])('refuses %s', (_, input, field, problem) => {
    const problems = problemsOf(() => checkAwaitZendeskJobs(input as AwaitZendeskJobsInput));
    expect(problems).toEqual([{ field, problem: expect.stringMatching(problem) }]);
  });
});

test('pages have 1 to 100 job statuses', () => {
  expect(checkListJobStatuses()).toEqual({ account: 'default' });
  expect(checkListJobStatuses({ pageSize: 100 })).toMatchObject({ pageSize: 100 });
  for (const pageSize of [0, 101, 1.5]) expect(() => checkListJobStatuses({ pageSize })).toThrow(/from 1 to 100/);
  expect(() => checkShowManyJobStatuses({ jobIds: [] })).toThrow(InputProblems);
});
