import { shutdownForceTime, startTimeoutFromEnv } from '../src/start-timeout';
import { ZendeskConfigurationError } from '../src/zendesk/accounts';

test.each([
  [undefined, 60_000],
  ['', 60_000],
  ['90s', 90_000],
  ['1 minute', 60_000],
  ['1000', 1_000],
  ['100s', 100_000],
])('with ZENDESK_START_TIMEOUT %j a start may take %d ms', (asked, expected) => {
  expect(startTimeoutFromEnv({ ZENDESK_START_TIMEOUT: asked })).toBe(expected);
});

test.each([
  ['0', "expected at least 1s, got '0'"],
  ['900ms', "expected at least 1s, got '900ms'"],
  ['101s', "expected at most 100s, got '101s'"],
  ['-5s', "expected at least 1s, got '-5s'"],
  ['soon', "expected a duration, milliseconds or a string such as '90s', '15m' or '24h', got 'soon'"],
  ['60 s and more', "expected a duration, milliseconds or a string such as '90s', '15m' or '24h', got '60 s and more'"],
])('ZENDESK_START_TIMEOUT %j is refused', (asked, problem) => {
  const error = new ZendeskConfigurationError(
    [`ZENDESK_START_TIMEOUT: ${problem.replace(/got '(.*)'/, 'got "$1"')}`],
    'The time limit of starts',
  );
  expect(() => startTimeoutFromEnv({ ZENDESK_START_TIMEOUT: asked })).toThrow(error);
});

test('a worker that stops waits longer than a start may take', () => {
  expect(shutdownForceTime(60_000)).toBe(75_000);
  expect(shutdownForceTime(100_000)).toBeGreaterThan(100_000);
});
