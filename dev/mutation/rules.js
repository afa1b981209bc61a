/**
 * The rules that `npm run mutation` covers, each with the unit tests that state it: what decides whether work is lost, repeated or
 * reported wrong. They are pure or nearly so, so that a mutant costs milliseconds.
 */
module.exports = {
  // Repeat safety, and what is known of a start that failed.
  'src/zendesk/repeat-safety.ts': ['test/zendesk/repeat-safety.test.ts'],
  'src/zendesk/start-certainty.ts': ['test/zendesk/start-certainty.test.ts'],
  // What a result row means, and whose it is.
  'src/zendesk/record-fate.ts': ['test/zendesk/record-fate.test.ts'],
  'src/zendesk/outcome.ts': ['test/zendesk/outcome.test.ts'],
  'src/zendesk/tie-results.ts': ['test/zendesk/tie-results.test.ts'],
  // When to poll, and when a poll is worth a workflow task.
  'src/activities/pacing.ts': ['test/activities/pacing.test.ts'],
  'src/activities/look-delay.ts': ['test/activities/look-delay.test.ts'],
  'src/activities/checkpoint.ts': ['test/activities/checkpoint.test.ts'],
  // How many jobs are in flight.
  'src/activities/job-slots.ts': ['test/activities/job-slots.test.ts'],
  'src/workflows/bulk/job-window.ts': ['test/workflows/job-window.test.ts'],
  // Counts and sizes.
  'src/workflows/bulk/tally.ts': ['test/workflows/bulk/tally.test.ts'],
  'src/common/byte-budgets.ts': ['test/common/byte-budgets.test.ts'],
};
