import { missingRowError, recordFate } from '../../src/zendesk/record-fate';

const failed = (error: string, details = '') => ({ ok: false, error, details });
const fates = (record: Parameters<typeof recordFate>[0]) =>
  [true, false].map((repeatSafe) => recordFate(record, { repeatSafe, lastAttempt: false }));
const lastFates = (record: Parameters<typeof recordFate>[0]) =>
  [true, false].map((repeatSafe) => recordFate(record, { repeatSafe, lastAttempt: true }));

test.each([
  ['DatabaseConflict', ''],
  ['UpdateConflict', 'Safe Update prevented the update'],
  ['LockTimeout', 'Lock wait: try again'],
])(
  '%s: Zendesk did not do it and it may succeed later, so it is sent again whatever the operation',
  (error, details) => {
    expect(fates(failed(error, details))).toEqual(['retry', 'retry']);
    expect(lastFates(failed(error, details))).toEqual(['failed', 'failed']);
  },
);

test.each([
  ['TicketCreateFailed', 'Request timed out, please try again later'],
  ['TicketCreateFailed', 'The service is temporarily unavailable'],
  ['TicketCreateFailed', 'Temporarily unavailable'],
  ['TicketCreateFailed', 'Unexpected error. Try again'],
  ['TicketUpdateFailed', 'Deadlock found when trying to get lock; try restarting transaction'],
  ['TicketUpdateFailed', ' execution expired'],
  ['RequestTimeout', ''],
  ['InternalError', 'Internal server error'],
  ['Request timed out', ''],
])('%s "%s": it is unknown whether Zendesk did it, so it is sent again only where that is safe', (error, details) => {
  expect(fates(failed(error, details))).toEqual(['retry', 'uncertain']);
  expect(lastFates(failed(error, details))).toEqual(['failed', 'uncertain']);
});

test.each([
  ['UserCreateError', 'Email: is not properly formatted'],
  ['OrganizationCreateFailed', 'Name:  Temporary Works Ltd has already been taken'],
  ['OrganizationCreateFailed', 'Name: Try again Ltd has already been taken'],
  ['UserCreateError', 'Email: request@timed-out.example is already being used by another user'],
  ['RecordInvalid', 'Description: lock, deadlock and conflict cannot be blank'],
  ['TicketUpdateFailed', 'Rate limit of the customer: is not a number'],
  ['Blocked', 'the name has a block in it'],
  ['Failed', ''],
])('%s "%s": Zendesk refused it, and words that quote the record are no reason to retry', (error, details) => {
  expect(fates(failed(error, details))).toEqual(['failed', 'failed']);
});

test('a row without a code or a message is a refusal: only explicit codes and messages are retried', () => {
  expect(fates({ ok: false })).toEqual(['failed', 'failed']);
  expect(fates({ ok: false, error: 'TicketCreateFailed' })).toEqual(['failed', 'failed']);
  expect(fates({ ok: false, details: 'Request timed out' })).toEqual(['retry', 'uncertain']);
});

test('a record that its job has no row for is unknown', () => {
  expect(fates(undefined)).toEqual(['retry', 'uncertain']);
  expect(lastFates(undefined)).toEqual(['failed', 'uncertain']);
  expect([missingRowError('completed'), missingRowError('failed'), missingRowError('killed')]).toEqual([
    'Unreported',
    'ZendeskJobFailed',
    'ZendeskJobKilled',
  ]);
});

test('a record that succeeded is never sent again', () => {
  expect(fates({ ok: true, error: 'DatabaseConflict', details: 'Request timed out' })).toEqual([
    'succeeded',
    'succeeded',
  ]);
});
