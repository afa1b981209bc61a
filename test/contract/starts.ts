/** A start of every operation, in every form that it has. */

type Start = [method: string, path: string, body: unknown, status: number, records: number];

export const ticket = { subject: 'Printer', comment: { body: 'It smokes' } };
export const user = { name: 'A', email: 'a@example.com', external_id: 'a' };
const skills = { attribute_values: [{ id: 'b376b35a-e38b-11e8-a292-e3b6377c5575' }] };
const payload = { ticket_fields: { support_description: { type: 'text', title: 'Support description' } } };
const uuid = '01HQZX5R8V1T2N3M4K5J6H7G8F';

/** Method, path under /api/v2, body; status of the answer, number of records. */
export const starts: Start[] = [
  ['POST', 'tickets/create_many', { tickets: [ticket, ticket] }, 200, 2],
  ['POST', 'tickets?async=true', { ticket }, 202, 1],
  ['POST', 'imports/tickets/create_many?archive_immediately=true', { tickets: [ticket] }, 200, 1],
  ['PUT', 'tickets/update_many?ids=1,2,3', { ticket: { status: 'solved' } }, 200, 3],
  ['PUT', 'tickets/update_many', { tickets: [{ id: 1, status: 'solved' }] }, 200, 1],
  ['DELETE', 'tickets/destroy_many?ids=1,2', undefined, 200, 2],
  ['PUT', 'tickets/mark_many_as_spam?ids=1,2', undefined, 200, 2],
  ['POST', 'tickets/7/merge', { ids: [8, 9], target_comment: 'See here', target_comment_is_public: false }, 200, 2],
  ['DELETE', 'deleted_tickets/7', undefined, 200, 1],
  ['DELETE', 'deleted_tickets/destroy_many?ids=7,8', undefined, 200, 2],
  ['POST', 'users/create_many', { users: [user] }, 200, 1],
  ['POST', 'users/create_or_update_many', { users: [user, { email: 'b@example.com' }] }, 200, 2],
  ['PUT', 'users/update_many?external_ids=a,b&brand_id=5', { user: { role: 'agent' } }, 200, 2],
  ['PUT', 'users/update_many?ids=1', { user: { role: 'agent' } }, 200, 1],
  ['PUT', 'users/update_many', { users: [{ external_id: 'a', role: 'agent' }] }, 200, 1],
  ['DELETE', 'users/destroy_many?ids=1', undefined, 200, 1],
  ['DELETE', 'users/destroy_many?external_ids=a&brand_id=5', undefined, 200, 1],
  ['POST', 'organizations/create_many', { organizations: [{ name: 'Acme' }] }, 200, 1],
  ['PUT', 'organizations/update_many?ids=1,2', { organization: { notes: 'n' } }, 200, 2],
  ['PUT', 'organizations/update_many', { organizations: [{ id: 1, notes: 'n' }] }, 200, 1],
  ['DELETE', 'organizations/destroy_many?external_ids=a', undefined, 200, 1],
  [
    'POST',
    'organization_memberships/create_many',
    { organization_memberships: [{ user_id: 1, organization_id: 2 }] },
    200,
    1,
  ],
  ['DELETE', 'organization_memberships/destroy_many?ids=1', undefined, 200, 1],
  ['POST', 'group_memberships/create_many', { group_memberships: [{ user_id: 1, group_id: 2 }] }, 200, 1],
  ['DELETE', 'group_memberships/destroy_many?ids=1', undefined, 200, 1],
  ...['create', 'update', 'create_or_update_by_external_id', 'create_or_update_by_name'].map((action): Start => [
    'POST',
    'custom_objects/car/jobs',
    { job: { action, items: [{ name: 'Beetle', external_id: 'vin-1' }] } },
    201,
    1,
  ]),
  ['POST', 'custom_objects/car/jobs', { job: { action: 'delete', items: [uuid] } }, 201, 1],
  ['POST', 'custom_objects/car/jobs', { job: { action: 'delete_by_external_id', items: ['vin-1', 'vin-2'] } }, 201, 2],
  ['POST', 'it_asset_management/assets/jobs', { job: { action: 'create', items: [{ name: 'Laptop' }] } }, 201, 1],
  ['POST', 'it_asset_management/assets/jobs', { job: { action: 'delete', items: [uuid] } }, 201, 1],
  [
    'POST',
    'routing/agents/instance_values/jobs',
    { job: { action: 'upsert', attributes: skills, items: [224, 225] } },
    200,
    2,
  ],
  ['POST', 'resource_collections', { payload }, 200, 1],
  ['PUT', 'resource_collections/5', { payload }, 200, 1],
  ['DELETE', 'resource_collections/5', undefined, 200, 1],
];
