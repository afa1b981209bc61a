import { readFileSync } from 'node:fs';
import { DOCUMENTS, withTable } from '../../dev/operations-table';
import { OPERATIONS, type Operation, type ZendeskOperation } from '../../src/zendesk/operations';

const all = Object.entries<Operation>(OPERATIONS);

describe('the table of operations', () => {
  test('has the 25 operations that answer with a job status, and the asynchronous creation of one ticket', () => {
    const requests = all.map(([name, { method, path = name }]) => `${method} ${path}`);
    expect(requests.sort()).toEqual([
      'DELETE deleted_tickets/destroy_many',
      'DELETE deleted_tickets/{ticket_id}',
      'DELETE group_memberships/destroy_many',
      'DELETE organization_memberships/destroy_many',
      'DELETE organizations/destroy_many',
      'DELETE resource_collections/{resource_collection_id}',
      'DELETE tickets/destroy_many',
      'DELETE users/destroy_many',
      'POST custom_objects/{custom_object_key}/jobs',
      'POST group_memberships/create_many',
      'POST imports/tickets/create_many',
      'POST it_asset_management/assets/jobs',
      'POST organization_memberships/create_many',
      'POST organizations/create_many',
      'POST resource_collections',
      'POST routing/agents/instance_values/jobs',
      'POST tickets',
      'POST tickets/create_many',
      'POST tickets/{ticket_id}/merge',
      'POST users/create_many',
      'POST users/create_or_update_many',
      'PUT organizations/update_many',
      'PUT resource_collections/{resource_collection_id}',
      'PUT tickets/mark_many_as_spam',
      'PUT tickets/update_many',
      'PUT users/update_many',
    ]);
  });

  test('nothing that creates without a key, merges or imports is safe to repeat', () => {
    const unsafe = all.filter(([, { repeatSafe }]) => repeatSafe === false).map(([name]) => name);
    expect(unsafe.sort()).toEqual<ZendeskOperation[]>([
      'group_memberships/create_many',
      'imports/tickets/create_many',
      'organization_memberships/create_many',
      'organizations/create_many',
      'resource_collections/create',
      'tickets/create_async',
      'tickets/create_many',
      'tickets/{ticket_id}/merge',
      'users/create_many',
    ]);
  });

  test.each(all.filter(([, { actions }]) => actions))('%s: creating alone is not safe to repeat', (_, { actions }) => {
    const unsafe = Object.entries(actions ?? {}).filter(([, { repeatSafe }]) => !repeatSafe);
    expect(unsafe.map(([action]) => action)).toEqual('create' in actions! ? ['create'] : []);
  });

  test.each(DOCUMENTS)('is the one of %s; `npx tsx dev/operations-table.ts` writes it', (path, table) => {
    const document = readFileSync(path, 'utf8');
    expect(document).toContain(table());
    expect(withTable(document, table())).toBe(document);
  });
});
