import { EXIT_CODES_HELP, exitCodeOf } from '../../src/cli/exit-codes';
import { ZendeskErrorType } from '../../src/common/error-types';

test.each([
  ['ZendeskInputInvalid', 2],
  ['ZendeskConfigurationError', 2],
  ['UsageError', 2],
  ['TemporalConfigurationError', 2],
  ['NamespaceNotFound', 2],
  ['WorkflowNotFound', 2],
  ['TemporalUnreachable', 3],
  ['TemporalRefused', 3],
  ['ZendeskJobFailed', 4],
  ['ZendeskJobKilled', 4],
  ['ZendeskJobLost', 5],
  ['ZendeskJobTimedOut', 6],
  ['ZendeskItemsFailed', 7],
  ['ZendeskAuthenticationFailed', 8],
  ['ZendeskRequestRejected', 8],
  ['ZendeskAccountUnknown', 8],
  ['ZendeskRateLimited', 8],
  ['ZendeskUnavailable', 8],
  ['NoWorker', 9],
  ['ZendeskStartUncertain', 10],
  ['Interrupted', 130],
  ['WorkflowCancelled', 1],
  ['TypeError', 1],
])('%s exits with %d', (type, code) => {
  expect(exitCodeOf({ type })).toBe(code);
});

test('every error that a wait or a run can end with has a code of its own', () => {
  const { JOB_PENDING, ...ends } = ZendeskErrorType;
  expect(exitCodeOf({ type: JOB_PENDING })).toBe(1);
  for (const type of Object.values(ends)) expect(exitCodeOf({ type })).toBeGreaterThan(1);
});

test('the help names every code', () => {
  const named = [...EXIT_CODES_HELP.matchAll(/^ {2}(\d+) /gm)].map(([, code]) => Number(code));
  expect(named).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 130]);
});
