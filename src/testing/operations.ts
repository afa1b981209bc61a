/** The bulk operations that the fake can start, and the result rows that Zendesk was seen to give for each. */
import type { JobResultRow } from '../common/types';
import {
  agentItem,
  bareIds,
  changed,
  externalIdItem,
  idItem,
  inPath,
  jobItems,
  listed,
  named,
  recordItem,
  single,
  type FakeRecord,
  type RecordsOf,
} from './start-records';

/** The account that all records of the fake belong to. */
const ACCOUNT_ID = 10_001;

interface RowInput {
  index: number;
  /** The record was there before the job. */
  exists: boolean;
  id: unknown;
  record: FakeRecord;
}

export type Row = (input: RowInput) => JobResultRow;

export interface BulkOperation {
  method: 'POST' | 'PUT' | 'DELETE';
  /** Its name: the path under /api/v2, unless that has several operations. Braces stand for a part of the path. */
  operation: string;
  /** The path under /api/v2, where the name is another. */
  path?: string;
  /** A query parameter that has to be `true`: without it, the path means something else. */
  flag?: string;
  records: RecordsOf;
  /** Of the answer to a start. Default 200. */
  status?: 201 | 202;
  /** Key of the one record whose id the answer to a start names beside the job. */
  answered?: string;
  /** Null where the examples of Zendesk's own description have none. `{action}` stands for the action of the job. */
  jobType: string | null;
  /** Begin of the message while the job works: `Creating ticket` gives `Creating ticket #57`. */
  doing: string;
  /** Default error of a record that fails. */
  failure: string;
  /** Makes the id of a new record of a number. Default: the number. */
  newId?: (number: number) => string;
  /** Null for a job that has neither total nor progress, and one object as its result. */
  row: Row | null;
}

const indexed: Row = ({ index, id }) => ({ id: id as number, index });
const imported: Row = ({ index, id }) => ({ index, id: id as number, account_id: ACCOUNT_ID });
const created: Row = ({ id }) => ({ id: id as number, status: 'Created' });
const updated: Row = ({ id }) => ({ action: 'update', id: id as number, status: 'Updated', success: true });
const deleted: Row = ({ id }) => ({ action: 'delete', id: id as number, status: 'Deleted', success: true });

const ticketDeleted: Row = ({ id }) => ({
  account_id: ACCOUNT_ID,
  id: id as number,
  title: `Ticket ${String(id)}`,
  status: 'Deleted',
  action: 'delete',
  success: true,
  errors: '',
});

/** Users are answered with the keys that they came with. */
const user: Row = ({ id, record, exists }) => ({
  id: id as number,
  status: exists ? 'Updated' : 'Created',
  ...(typeof record.email === 'string' ? { email: record.email } : {}),
  ...externalIdOf(record),
});

/** Ids of custom object records are text. */
const customRecord: Row = ({ index, id, record }) => ({ index, id: String(id), ...externalIdOf(record) });

/** 26 characters of Crockford's base 32, as in `01GCSJW391QVSC80GYDH7E93Q6`. */
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
function customRecordId(number: number): string {
  let digits = '';
  for (let rest = number; rest > 0; rest = Math.floor(rest / 32)) digits = `${DIGITS[rest % 32]}${digits}`;
  return `01J${digits.padStart(23, '0')}`;
}

function externalIdOf({ external_id }: FakeRecord): { external_id?: string } {
  return typeof external_id === 'string' ? { external_id } : {};
}

const ASSET_ACTIONS = {
  create: recordItem,
  update: recordItem,
  delete: idItem,
  delete_by_external_id: externalIdItem,
};
const CUSTOM_OBJECT_ACTIONS = {
  ...ASSET_ACTIONS,
  create_or_update_by_external_id: recordItem,
  create_or_update_by_name: recordItem,
};
const AGENT_ACTIONS = { upsert: agentItem, update: agentItem, delete: agentItem };

/**
 * The 25 operations of Zendesk's description that start a job, and the asynchronous creation of a ticket. Where no
 * recording is known (merge, spam, custom objects, assets, agents' skills), job type, message and rows are modelled on
 * those that are.
 */
// prettier-ignore
export const BULK_OPERATIONS: readonly BulkOperation[] = [
  { method: 'POST', operation: 'tickets/create_many', records: listed('tickets'), jobType: 'Bulk Create Ticket', doing: 'Creating ticket', failure: 'TicketCreateFailed', row: imported },
  { method: 'POST', operation: 'tickets/create_async', path: 'tickets', flag: 'async', records: single('ticket'), status: 202, answered: 'ticket', jobType: 'Create Ticket', doing: 'Creating ticket', failure: 'TicketCreateFailed', row: imported },
  { method: 'POST', operation: 'imports/tickets/create_many', records: listed('tickets'), jobType: 'Bulk Import Ticket', doing: 'Creating ticket', failure: 'TicketCreateFailed', row: imported },
  { method: 'PUT', operation: 'tickets/update_many', records: changed('tickets', 'ticket', 'ids'), jobType: 'Bulk Update Ticket', doing: 'Updating ticket', failure: 'TicketUpdateFailed', row: updated },
  { method: 'DELETE', operation: 'tickets/destroy_many', records: named('ids'), jobType: 'Bulk Update Ticket', doing: 'Deleting ticket', failure: 'TicketDeleteFailed', row: ticketDeleted },
  { method: 'PUT', operation: 'tickets/mark_many_as_spam', records: named('ids'), jobType: 'Bulk Update Ticket', doing: 'Updating ticket', failure: 'TicketUpdateFailed', row: updated },
  { method: 'POST', operation: 'tickets/{ticket_id}/merge', records: bareIds, jobType: 'Bulk Merge Ticket', doing: 'Merging ticket', failure: 'TicketMergeFailed', row: updated },
  { method: 'DELETE', operation: 'deleted_tickets/{ticket_id}', records: inPath('ticket_id'), jobType: 'Bulk Delete Ticket', doing: 'Deleting ticket', failure: 'TicketDeleteFailed', row: null },
  { method: 'DELETE', operation: 'deleted_tickets/destroy_many', records: named('ids'), jobType: 'Bulk Delete Ticket', doing: 'Deleting ticket', failure: 'TicketDeleteFailed', row: null },
  { method: 'POST', operation: 'users/create_many', records: listed('users'), jobType: 'Bulk Create User', doing: 'Creating User', failure: 'UserCreateFailed', row: user },
  { method: 'POST', operation: 'users/create_or_update_many', records: listed('users'), jobType: 'Bulk Create User', doing: 'Creating User', failure: 'UserCreateFailed', row: user },
  { method: 'PUT', operation: 'users/update_many', records: changed('users', 'user', 'ids', 'external_ids'), jobType: 'Bulk Update User', doing: 'Updating user', failure: 'UserUpdateFailed', row: updated },
  { method: 'DELETE', operation: 'users/destroy_many', records: named('ids', 'external_ids'), jobType: 'Bulk Update User', doing: 'Deleting User', failure: 'UserDeleteFailed', row: deleted },
  { method: 'POST', operation: 'organizations/create_many', records: listed('organizations'), jobType: 'Bulk Create Organization', doing: 'Creating organization', failure: 'OrganizationCreateFailed', row: created },
  { method: 'PUT', operation: 'organizations/update_many', records: changed('organizations', 'organization', 'ids', 'external_ids'), jobType: 'Bulk Update Organization', doing: 'Updating organization', failure: 'OrganizationUpdateFailed', row: updated },
  { method: 'DELETE', operation: 'organizations/destroy_many', records: named('ids', 'external_ids'), jobType: 'Bulk Delete Organization', doing: 'Deleting Organization', failure: 'OrganizationDeleteFailed', row: deleted },
  { method: 'POST', operation: 'organization_memberships/create_many', records: listed('organization_memberships'), jobType: 'Bulk Create Organization Membership', doing: 'Creating organization membership', failure: 'OrganizationMembershipCreateFailed', row: indexed },
  { method: 'DELETE', operation: 'organization_memberships/destroy_many', records: named('ids'), jobType: 'Bulk Delete Organization Membership', doing: 'Deleting organization membership', failure: 'OrganizationMembershipDeleteFailed', row: deleted },
  { method: 'POST', operation: 'group_memberships/create_many', records: listed('group_memberships'), jobType: 'Bulk Create Group Membership', doing: 'Creating group membership', failure: 'GroupMembershipCreateFailed', row: indexed },
  { method: 'DELETE', operation: 'group_memberships/destroy_many', records: named('ids'), jobType: 'Bulk Delete Group Membership', doing: 'Deleting group membership', failure: 'GroupMembershipDeleteFailed', row: deleted },
  { method: 'POST', operation: 'custom_objects/{custom_object_key}/jobs', records: jobItems(CUSTOM_OBJECT_ACTIONS), status: 201, newId: customRecordId, jobType: null, doing: 'Processing custom object record', failure: 'CustomObjectRecordUpdateFailed', row: customRecord },
  { method: 'POST', operation: 'it_asset_management/assets/jobs', records: jobItems(ASSET_ACTIONS), status: 201, newId: customRecordId, jobType: null, doing: 'Processing asset', failure: 'AssetUpdateFailed', row: customRecord },
  { method: 'POST', operation: 'routing/agents/instance_values/jobs', records: jobItems(AGENT_ACTIONS, 'attributes'), jobType: 'Bulk {action} agent instance values', doing: 'Updating agent', failure: 'InstanceValueUpdateFailed', row: indexed },
  { method: 'POST', operation: 'resource_collections/create', path: 'resource_collections', records: single('payload'), jobType: 'Create Resource Collection', doing: 'Creating resources', failure: 'ResourceCollectionCreateFailed', row: null },
  { method: 'PUT', operation: 'resource_collections/update', path: 'resource_collections/{resource_collection_id}', records: single('payload'), jobType: 'Update Resource Collection', doing: 'Updating resources', failure: 'ResourceCollectionUpdateFailed', row: null },
  { method: 'DELETE', operation: 'resource_collections/delete', path: 'resource_collections/{resource_collection_id}', records: inPath('resource_collection_id'), jobType: 'Delete Resource Collection', doing: 'Deleting resources', failure: 'ResourceCollectionDeleteFailed', row: null },
];

/** Throws a `RangeError` that names the operations there are. */
export function bulkOperation(operation: string): BulkOperation {
  const found = BULK_OPERATIONS.find((candidate) => candidate.operation === operation);
  if (found) return found;
  const known = BULK_OPERATIONS.map((candidate) => candidate.operation).join(', ');
  throw new RangeError(`The fake knows no operation "${operation}", only ${known}`);
}
