/** The one table of the bulk operations that Zendesk runs as jobs, and the inputs that each of them takes. Pure data. */
import type { Tie } from '../common/starting';

/** `action` of a job whose body is `{job: {action, items}}`. */
export interface JobAction {
  /** As in `Operation`. */
  needs?: readonly (readonly string[])[];
  /** The items are ids or external ids instead of objects. */
  keys?: 'id' | 'externalId';
  repeatSafe: boolean;
  tie: Tie;
  jobTypes?: readonly string[];
}

export interface Operation {
  method: 'POST' | 'PUT' | 'DELETE';
  /** Under /api/v2, with the parameters in braces. Default: the operation's name. */
  path?: string;
  /** Query parameters that `params` may hold beside those of the path. */
  query?: readonly string[];
  /** The same, of calls that name their records by `externalIds`; Zendesk refuses them with `ids`. */
  externalIdQuery?: readonly string[];
  /** Query parameters of every call. */
  always?: Readonly<Record<string, string>>;
  /** Where `items` go in the body: `tickets`, or `job.items`. */
  items?: string;
  /** An item has one key of each list. */
  needs?: readonly (readonly string[])[];
  /** Records that exist can be named by these, which go into the query. */
  selects?: readonly ('ids' | 'externalIds')[];
  /** The fields of `body` where there are no `items`. Those with a `?` may be left out. */
  body?: Readonly<Record<string, BodyField>>;
  /** The actions of `body.job`, which goes beside `items`. */
  actions?: Readonly<Record<string, JobAction>>;
  /** Other fields that `body.job` has: objects. */
  jobFields?: readonly string[];
  /**
   * Whether a second job with the same records leaves everything as the first one did. `plain updates`: only if it adds no
   * comment to a ticket and does not depend on its version. `by action`: `actions` says.
   */
  repeatSafe: boolean | 'plain updates' | 'by action';
  tie: Tie;
  /** `job_type`s that such jobs were seen with; none where no recording has one. */
  jobTypes?: readonly string[];
}

export type BodyField = 'object' | 'ids' | 'text?' | 'flag?';

/** Most records that one call takes: Zendesk refuses the whole call beyond it (`TooManyValues`). */
export const MAX_RECORDS = 100;

// prettier-ignore
const ASSET_ACTIONS = {
  create: { repeatSafe: false, tie: 'order' },
  update: { needs: [['id']], repeatSafe: true, tie: 'id' },
  delete: { keys: 'id', repeatSafe: true, tie: 'id' },
  delete_by_external_id: { keys: 'externalId', repeatSafe: true, tie: 'key' },
} as const satisfies Record<string, JobAction>;

// prettier-ignore
const CUSTOM_OBJECT_ACTIONS = {
  ...ASSET_ACTIONS,
  create_or_update_by_external_id: { needs: [['external_id']], repeatSafe: true, tie: 'key' },
  create_or_update_by_name: { needs: [['name']], repeatSafe: true, tie: 'order' },
} as const satisfies Record<string, JobAction>;

// prettier-ignore
const AGENT_ACTIONS = {
  upsert: { keys: 'id', repeatSafe: true, tie: 'id', jobTypes: ['Bulk upsert agent instance values'] },
  update: { keys: 'id', repeatSafe: true, tie: 'id', jobTypes: ['Bulk update agent instance values'] },
  delete: { keys: 'id', repeatSafe: true, tie: 'id', jobTypes: ['Bulk delete agent instance values'] },
} as const satisfies Record<string, JobAction>;

// prettier-ignore
const MERGE_BODY = {
  ids: 'ids', target_comment: 'text?', source_comment: 'text?', target_comment_is_public: 'flag?', source_comment_is_public: 'flag?',
} as const;

/**
 * By name: the path under /api/v2, except where one path has several operations.
 * Source: https://developer.zendesk.com/zendesk/oas.yaml (July 2026), the 25 operations that answer with a job status; for
 * `tickets/create_async`
 * https://developer.zendesk.com/documentation/ticketing/managing-tickets/creating-and-updating-tickets/
 */
// prettier-ignore
export const OPERATIONS = {
  'tickets/create_many': { method: 'POST', items: 'tickets', repeatSafe: false, tie: 'index', jobTypes: ['Bulk Create Ticket'] },
  'tickets/create_async': { method: 'POST', path: 'tickets', always: { async: 'true' }, body: { ticket: 'object' }, repeatSafe: false, tie: 'order' },
  'imports/tickets/create_many': { method: 'POST', query: ['archive_immediately'], items: 'tickets', repeatSafe: false, tie: 'index' },
  'tickets/update_many': { method: 'PUT', items: 'tickets', needs: [['id']], selects: ['ids'], body: { ticket: 'object' }, repeatSafe: 'plain updates', tie: 'id', jobTypes: ['Bulk Update Ticket'] },
  'tickets/destroy_many': { method: 'DELETE', selects: ['ids'], repeatSafe: true, tie: 'id', jobTypes: ['Bulk Update Ticket'] },
  'tickets/mark_many_as_spam': { method: 'PUT', selects: ['ids'], repeatSafe: true, tie: 'id' },
  'tickets/{ticket_id}/merge': { method: 'POST', body: MERGE_BODY, repeatSafe: false, tie: 'id' },
  'deleted_tickets/{ticket_id}': { method: 'DELETE', repeatSafe: true, tie: 'order' },
  'deleted_tickets/destroy_many': { method: 'DELETE', selects: ['ids'], repeatSafe: true, tie: 'id' },
  'users/create_many': { method: 'POST', items: 'users', repeatSafe: false, tie: 'key', jobTypes: ['Bulk Create User'] },
  'users/create_or_update_many': { method: 'POST', items: 'users', needs: [['email', 'external_id']], repeatSafe: true, tie: 'key', jobTypes: ['Bulk Create User'] },
  'users/update_many': { method: 'PUT', externalIdQuery: ['brand_id'], items: 'users', needs: [['id', 'external_id']], selects: ['ids', 'externalIds'], body: { user: 'object' }, repeatSafe: true, tie: 'id', jobTypes: ['Bulk Update User'] },
  'users/destroy_many': { method: 'DELETE', externalIdQuery: ['brand_id'], selects: ['ids', 'externalIds'], repeatSafe: true, tie: 'id', jobTypes: ['Bulk Update User'] },
  'organizations/create_many': { method: 'POST', items: 'organizations', repeatSafe: false, tie: 'order', jobTypes: ['Bulk Create Organization'] },
  'organizations/update_many': { method: 'PUT', items: 'organizations', needs: [['id', 'external_id']], selects: ['ids', 'externalIds'], body: { organization: 'object' }, repeatSafe: true, tie: 'id' },
  'organizations/destroy_many': { method: 'DELETE', selects: ['ids', 'externalIds'], repeatSafe: true, tie: 'id', jobTypes: ['Bulk Delete Organization'] },
  'organization_memberships/create_many': { method: 'POST', items: 'organization_memberships', needs: [['user_id'], ['organization_id']], repeatSafe: false, tie: 'index' },
  'organization_memberships/destroy_many': { method: 'DELETE', selects: ['ids'], repeatSafe: true, tie: 'id' },
  'group_memberships/create_many': { method: 'POST', items: 'group_memberships', needs: [['user_id'], ['group_id']], repeatSafe: false, tie: 'index' },
  'group_memberships/destroy_many': { method: 'DELETE', selects: ['ids'], repeatSafe: true, tie: 'id' },
  'custom_objects/{custom_object_key}/jobs': { method: 'POST', items: 'job.items', actions: CUSTOM_OBJECT_ACTIONS, repeatSafe: 'by action', tie: 'order' },
  'it_asset_management/assets/jobs': { method: 'POST', items: 'job.items', actions: ASSET_ACTIONS, repeatSafe: 'by action', tie: 'order' },
  'routing/agents/instance_values/jobs': { method: 'POST', items: 'job.items', actions: AGENT_ACTIONS, jobFields: ['attributes'], repeatSafe: 'by action', tie: 'id' },
  'resource_collections/create': { method: 'POST', path: 'resource_collections', body: { payload: 'object' }, repeatSafe: false, tie: 'order' },
  'resource_collections/update': { method: 'PUT', path: 'resource_collections/{resource_collection_id}', body: { payload: 'object' }, repeatSafe: true, tie: 'order' },
  'resource_collections/delete': { method: 'DELETE', path: 'resource_collections/{resource_collection_id}', repeatSafe: true, tie: 'order' },
} as const satisfies Record<string, Operation>;

export type ZendeskOperation = keyof typeof OPERATIONS;
