import { isWorthAnotherTry } from '../../src/zendesk/item-retry';

test.each([
  ['DatabaseConflict', '', true, true],
  ['UpdateConflict', 'Safe Update prevented the update', true, true],
  ['TicketUpdateFailed', 'Lock wait exceeded, try again', true, true],
  ['Deadlock found', '', true, true],
  // Who knows whether it was done: only where doing it again does no harm.
  ['LockTimeout', '', true, true],
  ['RequestTimeout', '', true, false],
  ['InternalError', 'Internal server error', true, false],
  ['UserCreateError', 'Email: is not properly formatted', false, false],
  ['OrganizationUpdateFailed', 'Name: x has already been taken', false, false],
  ['RecordInvalid', 'Description: cannot be blank', false, false],
  ['Blocked', 'the name has a block in it', false, false],
])('%s %s: again where it is safe %p, where it is not %p', (error, details, safe, unsafe) => {
  expect(isWorthAnotherTry({ ok: false, error, details }, true)).toBe(safe);
  expect(isWorthAnotherTry({ ok: false, error, details }, false)).toBe(unsafe);
});

test('a record that is done is never sent again', () => {
  expect(isWorthAnotherTry({ ok: true, details: 'after a conflict' }, true)).toBe(false);
});
