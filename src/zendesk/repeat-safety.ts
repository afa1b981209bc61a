/** What is safe to repeat: pure, and small, since the workflow decides by it. */
import { OPERATIONS, type Operation } from './operations';
import type { StartJobInput } from './start-input';

/** Fields that add a comment to a ticket. `voice_comment` is Talk's. */
const COMMENTS = ['comment', 'voice_comment'];

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
  if (repeatSafe === 'uncommented') return ![...listOf(items), fieldsOf(body)['ticket']].some(addsComment);
  const { action } = fieldsOf(fieldsOf(body)['job']);
  return typeof action === 'string' && Object.hasOwn(actions, action) && actions[action]!.repeatSafe;
}

/** Field sets can be repeated, a comment would be there twice. */
function addsComment(ticket: unknown): boolean {
  return COMMENTS.some((field) => fieldsOf(ticket)[field] != null);
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}
