import { OPERATIONS } from '../../src/zendesk/operations';
import { isRepeatSafe } from '../../src/zendesk/repeat-safety';

const isSafe = (input: unknown) => isRepeatSafe(input as never);
const update = (...items: unknown[]) => isSafe({ operation: 'tickets/update_many', items });
const job = (value: unknown) => isSafe({ operation: 'custom_objects/{custom_object_key}/jobs', body: { job: value } });

const decided = Object.entries(OPERATIONS).filter(([, { repeatSafe }]) => typeof repeatSafe === 'boolean');

test.each(decided)(
  '%s is as safe to repeat as the table of operations says, whatever its records',
  (operation, entry) => {
    expect(isSafe({ operation })).toBe(entry.repeatSafe);
    expect(isSafe({ operation, items: [{ comment: 'x' }], body: { ticket: { comment: 'x' } } })).toBe(entry.repeatSafe);
  },
);

describe('an update of tickets', () => {
  test('is safe to repeat if it only sets fields', () => {
    expect(update({ id: 1, status: 'solved' }, { id: 2, tags: [] })).toBe(true);
    expect(isSafe({ operation: 'tickets/update_many', ids: ['1'], body: { ticket: { status: 'solved' } } })).toBe(true);
  });

  test.each(['comment', 'voice_comment', 'safe_update', 'updated_stamp'])(
    'is not safe to repeat if one of the tickets has %s, or the change for all of them has it',
    (field) => {
      expect(update({ id: 1, status: 'solved' }, { id: 2, [field]: 'x' })).toBe(false);
      expect(update({ id: 1, [field]: 'x' }, { id: 2, status: 'solved' })).toBe(false);
      const body = { ticket: { status: 'solved', [field]: 'x' } };
      expect(isSafe({ operation: 'tickets/update_many', ids: ['1'], body })).toBe(false);
      expect(isSafe({ operation: 'tickets/update_many', items: [{ id: 1 }], body })).toBe(false);
    },
  );

  test.each([null, undefined, false])('is safe to repeat where such a field is %p', (value) => {
    expect(update({ id: 1, comment: value, safe_update: value })).toBe(true);
  });

  test.each(['', 0])('is not safe to repeat where such a field is %p: what Zendesk makes of it is unknown', (value) => {
    expect(update({ id: 1, comment: value })).toBe(false);
  });
});

describe('a job with actions', () => {
  test.each([
    ['create', false],
    ['update', true],
    ['delete', true],
    ['delete_by_external_id', true],
    ['create_or_update_by_external_id', true],
    ['create_or_update_by_name', true],
  ])('is as safe to repeat as its action: %s: %p', (action, safe) => {
    expect(job({ action })).toBe(safe);
  });

  test.each([[{ action: 'upsert' }], [{ action: 'toString' }], [{ action: ['update'] }], [{}], [null], ['update']])(
    'is not safe to repeat where the action is unknown: %j',
    (value) => {
      expect(job(value)).toBe(false);
    },
  );

  test('is not safe to repeat without a body', () => {
    expect(isSafe({ operation: 'custom_objects/{custom_object_key}/jobs' })).toBe(false);
    expect(isSafe({ operation: 'custom_objects/{custom_object_key}/jobs', body: null })).toBe(false);
  });
});

test.each([undefined, null, 7, 'toString', 'tickets/destroy_everything', ['tickets/destroy_many']])(
  'an unknown operation is not safe to repeat: %j',
  (operation) => {
    expect(isSafe({ operation })).toBe(false);
  },
);

test.each([undefined, null])('an update of tickets by ids alone has no items: %j', (items) => {
  expect(isSafe({ operation: 'tickets/update_many', ids: ['1'], items })).toBe(true);
});
