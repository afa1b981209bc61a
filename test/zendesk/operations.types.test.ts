/** Checked by `tsc --noEmit`: what an operation allows, its input's type allows, and nothing else. */
import type { ZendeskOperation } from '../../src/zendesk/operations';
import type { StartJobInput } from '../../src/zendesk/start-input';

const allowed: StartJobInput[] = [
  { operation: 'tickets/create_many', items: [{ subject: 'A', comment: { body: 'a' } }] },
  { operation: 'imports/tickets/create_many', items: [{ subject: 'A' }], params: { archive_immediately: true } },
  { operation: 'tickets/create_async', body: { ticket: { comment: { body: 'a' } } } },
  { operation: 'tickets/update_many', items: [{ id: 1, priority: 'high' }] },
  { operation: 'tickets/update_many', ids: [1, '2'], body: { ticket: { priority: 'high' } } },
  { operation: 'tickets/destroy_many', ids: [1] },
  { operation: 'tickets/{ticket_id}/merge', params: { ticket_id: 1 }, body: { ids: [2], target_comment: 'merged' } },
  { operation: 'deleted_tickets/{ticket_id}', params: { ticket_id: '1' } },
  { operation: 'users/create_or_update_many', items: [{ email: 'a@example.com' }, { external_id: 'b', name: 'B' }] },
  { operation: 'users/update_many', externalIds: ['a'], body: { user: { suspended: true } }, params: { brand_id: 1 } },
  { operation: 'users/destroy_many', externalIds: ['a'], params: { brand_id: '1' } },
  { operation: 'organizations/destroy_many', externalIds: ['a'] },
  { operation: 'group_memberships/create_many', items: [{ user_id: 1, group_id: 2, default: true }] },
  {
    operation: 'custom_objects/{custom_object_key}/jobs',
    params: { custom_object_key: 'car' },
    items: [{ external_id: 'a', name: 'A' }],
    body: { job: { action: 'create_or_update_by_external_id' } },
  },
  { operation: 'it_asset_management/assets/jobs', items: ['01HZ'], body: { job: { action: 'delete' } } },
  {
    operation: 'routing/agents/instance_values/jobs',
    items: [1, 2],
    body: { job: { action: 'upsert', attributes: [] } },
  },
  { operation: 'resource_collections/create', body: { payload: {} } },
  { operation: 'resource_collections/delete', params: { resource_collection_id: 1 } },
];

const refused: StartJobInput[] = [
  // @ts-expect-error unknown operation
  { operation: 'tickets/create_lots', items: [{}] },
  // @ts-expect-error no records
  { operation: 'tickets/create_many' },
  // @ts-expect-error ids where records are wanted
  { operation: 'tickets/create_many', ids: [1] },
  // @ts-expect-error records where ids are wanted
  { operation: 'tickets/destroy_many', items: [{ id: 1 }] },
  // @ts-expect-error external ids where Zendesk takes none
  { operation: 'tickets/destroy_many', externalIds: ['a'] },
  // @ts-expect-error both
  { operation: 'organizations/update_many', ids: [1], items: [{ id: 1 }], body: { organization: {} } },
  // @ts-expect-error ids of both kinds
  { operation: 'users/destroy_many', ids: [1], externalIds: ['a'] },
  // @ts-expect-error ids without the change
  { operation: 'tickets/update_many', ids: [1] },
  // @ts-expect-error the change of another operation
  { operation: 'tickets/update_many', ids: [1], body: { user: {} } },
  // @ts-expect-error a body beside records that need none
  { operation: 'tickets/update_many', items: [{ id: 1 }], body: { ticket: {} } },
  // @ts-expect-error an item without its id
  { operation: 'tickets/update_many', items: [{ priority: 'high' }] },
  // @ts-expect-error an item without a key
  { operation: 'users/create_or_update_many', items: [{ name: 'A' }] },
  // @ts-expect-error half of a membership
  { operation: 'group_memberships/create_many', items: [{ user_id: 1 }] },
  // @ts-expect-error no parameter for the path
  { operation: 'deleted_tickets/{ticket_id}' },
  // @ts-expect-error a parameter of another path
  { operation: 'deleted_tickets/{ticket_id}', params: { id: 1 } },
  // @ts-expect-error a query parameter that the operation has not
  { operation: 'tickets/create_many', items: [{}], params: { brand_id: 1 } },
  // @ts-expect-error a brand beside ids
  { operation: 'users/destroy_many', ids: [1], params: { brand_id: 1 } },
  // @ts-expect-error a brand beside records
  { operation: 'users/update_many', items: [{ id: 1 }], params: { brand_id: 1 } },
  // @ts-expect-error agents without attributes
  { operation: 'routing/agents/instance_values/jobs', items: [1], body: { job: { action: 'upsert' } } },
  // @ts-expect-error an action that assets have not
  { operation: 'it_asset_management/assets/jobs', items: [{ name: 'A' }], body: { job: { action: 'upsert' } } },
  // @ts-expect-error records where the action wants ids
  { operation: 'it_asset_management/assets/jobs', items: [{ id: 'a' }], body: { job: { action: 'delete' } } },
  // @ts-expect-error a merge without tickets
  { operation: 'tickets/{ticket_id}/merge', params: { ticket_id: 1 }, body: { target_comment: 'merged' } },
  // @ts-expect-error a field that no merge has
  { operation: 'tickets/{ticket_id}/merge', params: { ticket_id: 1 }, body: { ids: [2], comment: 'merged' } },
];

test('the name of an operation is the whole of the discriminant', () => {
  const names: ZendeskOperation[] = allowed.map(({ operation }) => operation);
  expect(new Set(names).size).toBeLessThan(names.length + 1);
  expect(refused).toHaveLength(23);
});
