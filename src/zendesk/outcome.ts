/** What a finished job means, for each record and as a whole: pure. */
import type { RecordTie } from '../common/starting';
import type {
  JobResultRow,
  JobStatus,
  ResultsMode,
  ZendeskItemResult,
  ZendeskJobOutcome,
  ZendeskOutcomeStatus,
} from '../common/types';
import { cut } from './text';
import { tieResults } from './tie-results';

const DETAILS_LENGTH = 2000;
const ERROR_LENGTH = 200;

/** `killed` has left Zendesk's docs, not every account. */
const TERMINAL = ['completed', 'failed', 'killed'];
const RUNNING = ['queued', 'working'];

/** No other status will follow. An unknown status is not terminal. */
export function isTerminal(status: string): boolean {
  return TERMINAL.includes(status);
}

export function isKnownStatus(status: string): boolean {
  return isTerminal(status) || RUNNING.includes(status);
}

/**
 * A record failed if its row has an `error` or `errors` that are not empty, `success: false`, or the status `Failed`. A row
 * that says none of it succeeded: rows of creations often hold an `id` alone, and `errors: ""` means none.
 */
export function itemFailed(row: JobResultRow): boolean {
  return (
    textOf(row.error) !== undefined ||
    textOf(row.errors) !== undefined ||
    row.success === false ||
    (typeof row.status === 'string' && /^failed$/i.test(row.status))
  );
}

/** `position` is the row's place in `results`, which stands in where Zendesk gives no index. */
export function itemResult(row: JobResultRow, position: number): ZendeskItemResult {
  const failed = itemFailed(row);
  const externalId = textOf(row.external_id);
  const details = textOf(row.details) ?? (textOf(row.error) === undefined ? undefined : textOf(row.errors));
  return {
    index: Number.isInteger(row.index) && Number(row.index) >= 0 ? Number(row.index) : position,
    ...((typeof row.id === 'number' || typeof row.id === 'string') && { id: row.id }),
    ...(externalId !== undefined && { externalId }),
    ...(typeof row.action === 'string' && { action: row.action }),
    ...(typeof row.status === 'string' && { status: row.status }),
    ok: !failed,
    ...(failed && { error: cut(textOf(row.error) ?? textOf(row.errors) ?? 'Failed', ERROR_LENGTH) }),
    ...(details !== undefined && { details: cut(details, DETAILS_LENGTH) }),
  };
}

/**
 * The outcome of a job that has ended. Records are counted from the rows, never from `progress`, which counts attempts. A
 * completed job that gives fewer rows than its `total` has `unreported` ones; one without a `total` has none. `tie` says which
 * records the job was started with.
 */
export function outcomeOf(
  account: string,
  jobStatus: JobStatus,
  { results, polls, tie }: { results: ResultsMode; polls: number; tie?: RecordTie },
): ZendeskJobOutcome {
  const reported = rowsOf(jobStatus);
  const items = reported.map(itemResult);
  const rows = (tie ? tieResults(items, reported, tie) : items).sort((a, b) => a.index - b.index);
  const failed = rows.filter(({ ok }) => !ok);
  const { id: jobId, job_type, status, total, progress, message } = jobStatus;
  return {
    jobId,
    account,
    status: status as ZendeskOutcomeStatus,
    jobType: job_type ?? null,
    total,
    progress,
    message,
    succeeded: rows.length - failed.length,
    failed: failed.length,
    unreported: status === 'completed' && total !== null ? Math.max(0, total - rows.length) : 0,
    results: { all: rows, failed, none: [] }[results],
    polls,
  };
}

/** An array, a single object (permanent deletions) or null (before the end, and sometimes after it). */
function rowsOf({ results }: JobStatus): JobResultRow[] {
  if (results === null) return [];
  return Array.isArray(results) ? results : [results];
}

/** What a field says, whatever it is made of; undefined if it says nothing: `""`, `[]`, `{}`, null, false. */
function textOf(value: unknown): string | undefined {
  if (value === null || value === undefined || value === false) return undefined;
  const text = typeof value === 'string' ? value.trim() : JSON.stringify(value);
  return ['', '[]', '{}'].includes(text) ? undefined : text;
}
