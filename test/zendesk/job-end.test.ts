import { endOf } from '../../src/zendesk/job-end';

test.each([
  ['Completed at 2024-02-08 09:10:11 +0000', Date.UTC(2024, 1, 8, 9, 10, 11)],
  ['Failed at 2016-01-15 10:39:18 +0000', Date.UTC(2016, 0, 15, 10, 39, 18)],
  ['Killed at 2024-02-08 09:10:11 +0000', Date.UTC(2024, 1, 8, 9, 10, 11)],
])('%s', (message, end) => {
  expect(endOf(message)).toBe(end);
});

test.each([
  null,
  '',
  'Creating ticket #57',
  'Completed',
  'Completed at noon',
  'Completed at 2024-13-40 09:10:11 +0000',
])('%j tells no time', (message) => {
  expect(endOf(message)).toBeUndefined();
});
