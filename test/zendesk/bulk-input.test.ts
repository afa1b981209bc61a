import type { BulkStart } from '../../src/common/bulk';
import { InputProblems } from '../../src/common/inputs';
import { bulkStartInput } from '../../src/zendesk/bulk-input';
import { OPERATIONS, type Operation } from '../../src/zendesk/operations';
import { startRequest } from '../../src/zendesk/start-request';

const user = { role: 'agent' };

describe('the input of a job, from records of a source', () => {
  test.each<[string, BulkStart, unknown[], object]>([
    ['records', { operation: 'users/create_many' }, [{ name: 'Ann' }], { items: [{ name: 'Ann' }] }],
    [
      'records that exist',
      { operation: 'users/update_many' },
      [{ id: 1, name: 'A' }],
      { items: [{ id: 1, name: 'A' }] },
    ],
    ['ids', { operation: 'tickets/destroy_many' }, [1, '2', { id: 3 }], { ids: [1, '2', 3] }],
    ['external ids', { operation: 'users/destroy_many' }, [{ external_id: 'a' }], { externalIds: ['a'] }],
    [
      'an id that is null',
      { operation: 'users/destroy_many' },
      [{ id: null, external_id: 'a' }],
      { externalIds: ['a'] },
    ],
    ['both', { operation: 'users/destroy_many' }, [{ id: 1, external_id: 'a' }], { ids: [1] }],
    ['tickets with external ids', { operation: 'tickets/destroy_many' }, [{ id: 1, external_id: 'a' }], { ids: [1] }],
    [
      'ids beside a body',
      { operation: 'users/update_many', body: { user } },
      [7, { id: 8 }],
      { ids: [7, 8], body: { user } },
    ],
    [
      'external ids beside a body',
      { operation: 'users/update_many', body: { user } },
      [{ external_id: 'a', id: null }, { external_id: 'b' }],
      { externalIds: ['a', 'b'], body: { user } },
    ],
    [
      'keys of an action',
      { operation: 'it_asset_management/assets/jobs', body: { job: { action: 'delete' } } },
      ['01J', '01K'],
      { items: ['01J', '01K'], body: { job: { action: 'delete' } } },
    ],
    [
      'with parameters',
      { operation: 'imports/tickets/create_many', params: { archive_immediately: true } },
      [{ subject: 'A' }],
      { items: [{ subject: 'A' }], params: { archive_immediately: true } },
    ],
  ])('%s', (_, start, records, fields) => {
    const input = bulkStartInput(start, records);
    expect(input).toEqual({ operation: start.operation, ...fields });
    expect(startRequest(input).records).toBe(records.length);
  });

  test.each([
    ['an external id among ids', [1, { external_id: 'a' }], 'ids[1]'],
    ['an id among external ids is never taken for one', [{ external_id: 'a' }, 5], 'externalIds[1]'],
    ['a record without a name', [{ id: 1 }, { name: 'Ann' }], 'ids[1]'],
    ['nothing', [{ id: 1 }, null], 'ids[1]'],
  ])('%s is refused', (_, records, field) => {
    const input = bulkStartInput({ operation: 'users/destroy_many' }, records);
    expect(() => startRequest(input)).toThrow(InputProblems);
    expect(() => startRequest(input)).toThrow(`${field}: expected`);
  });
});

describe('an operation', () => {
  const table: [string, Operation][] = Object.entries(OPERATIONS);
  const forNone = table.filter(([, { items, selects }]) => items === undefined && selects === undefined);

  test.each(forNone.map(([operation]) => operation))('%s is not for many records', (operation) => {
    expect(() => bulkStartInput({ operation }, [{ id: 1 }])).toThrow(`${operation} is not for many records`);
  });

  test('for no records is a merge, a single ticket, or a resource collection', () => {
    expect(forNone.map(([operation]) => operation)).toEqual([
      'tickets/create_async',
      'tickets/{ticket_id}/merge',
      'deleted_tickets/{ticket_id}',
      'resource_collections/create',
      'resource_collections/update',
      'resource_collections/delete',
    ]);
  });

  test('that nobody knows is left for the start to refuse', () => {
    expect(() => startRequest(bulkStartInput({ operation: 'users/upsert' }, [{}]))).toThrow(/did you mean/);
  });
});
