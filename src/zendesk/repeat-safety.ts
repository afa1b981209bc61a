/** What is safe to repeat: pure, and small, since the workflow decides by it. */
import { OPERATIONS, type Operation } from './operations';
import type { StartJobInput } from './start-input';

/** Fields that add a comment to a ticket (`voice_comment` is Talk's): it would be there twice. */
const COMMENTS = ['comment', 'voice_comment'];
/**
 * Fields that bind an update to a version of the ticket: the first update makes another version, so that Zendesk refuses the second one
 * as `UpdateConflict`. Source: https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/#protecting-against-ticket-update-collisions
 */
const VERSIONS = ['safe_update', 'updated_stamp'];

type Fields = Record<string, unknown>;

/**
 * Whether a second job with the same records leaves everything as the first one did. False for an input that makes no sense:
 * nothing is sent of that.
 */
export function isRepeatSafe(input: StartJobInput): boolean {
  const { operation: name, items, body } = input as { operation?: unknown; items?: unknown; body?: unknown };
  if (typeof name !== 'string' || !Object.hasOwn(OPERATIONS, name)) return false;
  const operation: Operation = OPERATIONS[name as keyof typeof OPERATIONS];
  const { repeatSafe, actions = {} } = operation;
  if (typeof repeatSafe === 'boolean') return repeatSafe;
  if (repeatSafe === 'plain updates') return [...listOf(items), fieldsOf(body)['ticket']].every(isPlainUpdate);
  const { action } = fieldsOf(fieldsOf(body)['job']);
  return typeof action === 'string' && Object.hasOwn(actions, action) && actions[action]!.repeatSafe;
}

/** Field values can be set twice. */
function isPlainUpdate(ticket: unknown): boolean {
  const fields = fieldsOf(ticket);
  return [...COMMENTS, ...VERSIONS].every((name) => fields[name] == null || fields[name] === false);
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}
