/** What a failed or missing result row means for its record: pure. */
import type { ZendeskItemResult, ZendeskOutcomeStatus } from '../common/types';

/**
 * - `succeeded`, `failed`: Zendesk did it, or refused it.
 * - `retry`: it may succeed when it is sent again, and sending it again cannot do it twice.
 * - `uncertain`: it is unknown whether Zendesk did it, and sending it again might do it twice.
 */
export type RecordFate = 'succeeded' | 'failed' | 'retry' | 'uncertain';

/** Error codes of records that Zendesk did not change, for a reason that passes: something else used the same record. */
const NOT_DONE: readonly (string | undefined)[] = [
  'Conflict',
  'DatabaseConflict',
  'RecordConflict',
  'UpdateConflict',
  'Deadlock',
  'LockTimeout',
  'LockWaitTimeout',
  'RateLimited',
  'TooManyRequests',
];

/** Error codes that say nothing about whether Zendesk did it. */
const UNKNOWN: readonly (string | undefined)[] = [
  'DatabaseError',
  'DatabaseTimeout',
  'InternalError',
  'InternalServerError',
  'RequestTimeout',
  'ServerError',
  'ServiceUnavailable',
  'Timeout',
  'TimeoutError',
  'UnexpectedError',
];

/**
 * The same as whole messages: Zendesk gives most failures one code for each operation (`TicketCreateFailed`) and the reason in
 * `details`. Only the beginning counts: what follows may quote a record's own words, and a message about a field begins with the
 * field's name (`Name: Temporary Works has already been taken`).
 */
const UNKNOWN_MESSAGES = [
  /^(the )?(request|operation|query|connection|job) (has )?timed out\b/i,
  /^timed? ?out\b/i,
  /^execution expired\b/i,
  /^(the )?((service|server|database|system|resource) )?(is )?(currently |temporarily )?unavailable\b/i,
  /^(an )?(unexpected|unknown|internal)( server)? error\b/i,
  /^something went wrong\b/i,
  /^deadlock\b/i,
  /^lock wait timeout\b/i,
  /^too many requests\b/i,
  /^(please )?try again\b/i,
];

/** What Zendesk reports of one record: its row, or none. */
export type ReportedRecord = Pick<ZendeskItemResult, 'ok' | 'error' | 'details'> | undefined;

/**
 * Decides by Zendesk's error code and by the explicit lists above, never by words inside a message, which may quote the record.
 * `lastAttempt`: the record is not sent again. A record without a row is unknown, whichever way its job ended.
 */
export function recordFate(
  record: ReportedRecord,
  { repeatSafe, lastAttempt }: { repeatSafe: boolean; lastAttempt: boolean },
): RecordFate {
  if (record?.ok) return 'succeeded';
  if (record && NOT_DONE.includes(record.error)) return lastAttempt ? 'failed' : 'retry';
  if (record && !isUnknown(record)) return 'failed';
  if (!repeatSafe) return 'uncertain';
  return lastAttempt ? 'failed' : 'retry';
}

function isUnknown({ error, details }: NonNullable<ReportedRecord>): boolean {
  if (UNKNOWN.includes(error)) return true;
  return [error, details].some(
    (text) => text !== undefined && UNKNOWN_MESSAGES.some((message) => message.test(text.trim())),
  );
}

/** The `error` of a record that its job has no row for, by the job's status. */
export function missingRowError(status: ZendeskOutcomeStatus): string {
  return MISSING_ROW_ERRORS[status] ?? 'Unreported';
}

const MISSING_ROW_ERRORS: Partial<Record<ZendeskOutcomeStatus, string>> = {
  failed: 'ZendeskJobFailed',
  killed: 'ZendeskJobKilled',
};
