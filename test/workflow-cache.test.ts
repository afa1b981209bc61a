import { maxCachedWorkflowsFromEnv } from '../src/workflow-cache';
import { ZendeskConfigurationError } from '../src/zendesk/accounts';

test.each([
  [undefined, 100],
  ['', 100],
  ['1', 1],
  ['20', 20],
  ['5000', 5_000],
])('with TEMPORAL_MAX_CACHED_WORKFLOWS %j a worker keeps %d workflows in memory', (asked, expected) => {
  expect(maxCachedWorkflowsFromEnv({ TEMPORAL_MAX_CACHED_WORKFLOWS: asked })).toBe(expected);
});

test.each(['0', '-1', '1.5', '020', ' 20', '20 MB', 'many', '1e3', '99999999'])('%j is refused', (asked) => {
  expect(() => maxCachedWorkflowsFromEnv({ TEMPORAL_MAX_CACHED_WORKFLOWS: asked })).toThrow(
    new ZendeskConfigurationError(
      [`TEMPORAL_MAX_CACHED_WORKFLOWS: expected a whole number from 1 to 9999999, got "${asked}"`],
      'The workflow cache',
    ),
  );
});
