import { ZendeskErrorType } from '../../src/common/error-types';
import { checkAwaitZendeskJob, checkAwaitZendeskJobs, MAX_JOB_IDS } from '../../src/common/inputs';
import { toMilliseconds } from '../../src/common/duration';
import type { AwaitZendeskJobInput } from '../../src/common/types';
import { checkRunZendeskJob } from '../../src/workflows/run-input';
import { codeIn, read, section, tableRows } from './support/markdown';

const readme = read('README.md');

describe('the options', () => {
  const rows = new Map(tableRows(section(readme, '## Options')).map((row) => [codeIn(row[0]!)[0]!, row]));
  const defaultOf = (option: string) => codeIn(rows.get(option)![2]!);
  const boundsOf = (option: string) => codeIn(rows.get(option)![3]!);
  const jobId = 'V3-1';
  const start = { operation: 'tickets/destroy_many', ids: [1] } as const;

  test('are those that are accepted', () => {
    const accepted = [
      'account',
      'timeout',
      'polling.minInterval',
      'polling.maxInterval',
      'results',
      'failOnItemErrors',
      'searchAttributes',
    ];
    expect([...rows.keys()]).toEqual(['jobId', 'jobIds', ...accepted, 'onUncertainStart']);
    const polling = { minInterval: 1000, maxInterval: 1000 };
    const all = {
      account: 'default',
      timeout: '1h',
      polling,
      results: 'all',
      failOnItemErrors: true,
      searchAttributes: true,
    } as const;
    expect(() => checkAwaitZendeskJob({ jobId, ...all })).not.toThrow();
    expect(() => checkAwaitZendeskJobs({ jobIds: [jobId], ...all })).not.toThrow();
    expect(() => checkRunZendeskJob({ ...start, ...all, onUncertainStart: 'adopt' })).not.toThrow();
  });

  test('have the defaults of the code', () => {
    const settings = checkAwaitZendeskJob({ jobId });
    const many = checkAwaitZendeskJobs({ jobIds: [jobId] });
    expect(defaultOf('account')).toEqual([settings.account]);
    expect(defaultOf('timeout').map(toMilliseconds)).toEqual([settings.timeout]);
    expect(defaultOf('polling.minInterval').map(toMilliseconds)).toEqual([settings.minInterval]);
    const [maxInterval, orMinInterval] = defaultOf('polling.maxInterval');
    expect(toMilliseconds(maxInterval!)).toBe(settings.maxInterval);
    expect(orMinInterval).toBe('minInterval');
    expect(checkAwaitZendeskJob({ jobId, polling: { minInterval: '30m' } }).maxInterval).toBe(toMilliseconds('30m'));
    expect(defaultOf('results')).toEqual([settings.results, 'awaitZendeskJobs', many.results]);
    expect(defaultOf('failOnItemErrors')).toEqual([String(settings.failOnItemErrors)]);
    expect(defaultOf('searchAttributes')).toEqual([String(settings.searchAttributes)]);
    expect(defaultOf('onUncertainStart')).toEqual([checkRunZendeskJob(start).onUncertainStart]);
    expect(checkRunZendeskJob(start)).toMatchObject(omitJobId(settings));
  });

  test.each<[string, (value: number) => Omit<AwaitZendeskJobInput, 'jobId'>]>([
    ['timeout', (timeout) => ({ timeout })],
    ['polling.minInterval', (minInterval) => ({ polling: { minInterval, maxInterval: '1h' } })],
    ['polling.maxInterval', (maxInterval) => ({ polling: { minInterval: 100, maxInterval } })],
  ])('%s has the bounds of the code', (option, input) => {
    const [least, most] = boundsOf(option).slice(0, 2).map(toMilliseconds) as [number, number];
    const check = (value: number) => () => checkAwaitZendeskJob({ jobId, ...input(value) });
    for (const value of [least, most]) expect(check(value)).not.toThrow();
    for (const value of [least - 1, most + 1]) expect(check(value)).toThrow(option);
  });

  test('jobIds has the bounds of the code', () => {
    expect(rows.get('jobIds')![3]).toBe(`1 to ${MAX_JOB_IDS} ids`);
  });

  test('jobId and account have the bounds of the code', () => {
    expect(rows.get('jobId')![3]).toMatch(/^1 to 128 /);
    expect(rows.get('account')![3]).toMatch(/^1 to 100 /);
    expect(() => checkAwaitZendeskJob({ jobId: 'x'.repeat(128), account: 'x'.repeat(100) })).not.toThrow();
    expect(() => checkAwaitZendeskJob({ jobId: 'x'.repeat(129) })).toThrow('jobId');
    expect(() => checkAwaitZendeskJob({ jobId, account: 'x'.repeat(101) })).toThrow('account');
  });
});

/** `runZendeskJob` has the defaults of `awaitZendeskJob`. */
function omitJobId({ jobId: _, ...settings }: ReturnType<typeof checkAwaitZendeskJob>) {
  return settings;
}

describe('the errors', () => {
  const errors = section(readme, '## Errors');
  const types = Object.values(ZendeskErrorType);

  test('are all named, and no other', () => {
    expect(new Set(codeIn(errors).filter((code) => /^Zendesk[A-Z]/.test(code)))).toEqual(new Set(types));
  });

  test('are all explained in docs/errors.md', () => {
    const rows = tableRows(read('docs/errors.md'));
    const explained = new Set(rows.flatMap(([first]) => codeIn(first!)));
    expect(types.filter((type) => !explained.has(type))).toEqual([]);
  });
});
