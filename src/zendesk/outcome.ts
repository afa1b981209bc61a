/** What a finished job means, for each record and as a whole: pure. */
import type { RecordKeys, RecordTie } from '../common/starting';
import type {
  JobResultRow,
  JobStatus,
  ResultsMode,
  ZendeskItemResult,
  ZendeskJobOutcome,
  ZendeskOutcomeStatus,
} from '../common/types';
import { cut } from './text';
import { indexOf, namesRecord, recordsOfRows } from './tie-results';

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
 * A record failed if its row has an `error` or `errors` that are not empty, `success: false`, or a status that begins with `Failed`, as in
 * `Failed Creating User`. A row that says none of it succeeded: rows of creations often hold an `id` alone, and `errors: ""` means none.
 */
export function itemFailed(row: JobResultRow): boolean {
  return (
    textOf(row.error) !== undefined ||
    textOf(row.errors) !== undefined ||
    row.success === false ||
    failedStatus(row) !== undefined
  );
}

function failedStatus({ status }: JobResultRow): string | undefined {
  return typeof status === 'string' && /^\s*failed/i.test(status) ? status.trim() : undefined;
}

/** `position` is the row's place in `results`, which stands in where Zendesk gives no index. */
export function itemResult(row: JobResultRow, position: number): ZendeskItemResult {
  const failed = itemFailed(row);
  const externalId = textOf(row.external_id);
  const details = textOf(row.details) ?? (textOf(row.error) === undefined ? undefined : textOf(row.errors));
  return {
    index: indexOf(row) ?? position,
    ...((typeof row.id === 'number' || typeof row.id === 'string') && { id: row.id }),
    ...(externalId !== undefined && { externalId }),
    ...(typeof row.action === 'string' && { action: row.action }),
    ...(typeof row.status === 'string' && { status: row.status }),
    ok: !failed,
    ...(failed && {
      error: cut(textOf(row.error) ?? textOf(row.errors) ?? failedStatus(row) ?? 'Failed', ERROR_LENGTH),
    }),
    ...(details !== undefined && { details: cut(details, DETAILS_LENGTH) }),
  };
}

/**
 * The outcome of a job that has ended. Records are counted from the rows, never from `progress`, which counts attempts. A
 * completed job has `unreported` records if it gives fewer rows than its `total`, or than the records that it was started with. A
 * row that cannot be read reports nothing. `tie` says which records the job was started with.
 */
export function outcomeOf(
  account: string,
  jobStatus: JobStatus,
  { results, polls, tie }: { results: ResultsMode; polls: number; tie?: RecordTie },
): ZendeskJobOutcome {
  const { id: jobId, job_type, status, total, progress, message } = jobStatus;
  const sent = tie?.records.length ? tie : undefined;
  const shared = rowForAll(jobStatus, sent);
  const rows = (shared && sent ? resultsForAll(shared, sent) : resultsOf(jobStatus, sent)).sort(
    (a, b) => a.index - b.index,
  );
  const failed = rows.filter(({ ok }) => !ok);
  const recordsOfRow = shared && !sent && Number.isSafeInteger(total) ? Math.max(1, Number(total)) : 1;
  const reported = rows.length * recordsOfRow;
  const expected = total ?? sent?.records.length ?? 0;
  return {
    jobId,
    account,
    status: status as ZendeskOutcomeStatus,
    jobType: job_type ?? null,
    total,
    progress,
    message,
    succeeded: reported - failed.length * recordsOfRow,
    failed: failed.length * recordsOfRow,
    unreported: status === 'completed' ? Math.max(0, expected - reported) : 0,
    results: { all: rows, failed, none: [] }[results],
    polls,
  };
}

/**
 * The row that speaks for all records of its job: an object in place of rows, as permanent deletions have, unless it names a record. A
 * list of one row that names none is the same where the job has no total, and where the records exist and have ids.
 */
function rowForAll({ results, total }: JobStatus, tie: RecordTie | undefined): JobResultRow | undefined {
  if (results === null) return undefined;
  const isList = Array.isArray(results);
  const [row, ...others] = isList ? results : [results];
  if (!row || others.length > 0 || namesRecord(row)) return undefined;
  return !isList || total === null || tie?.by === 'id' ? row : undefined;
}

function resultsForAll(row: JobResultRow, { records }: RecordTie): ZendeskItemResult[] {
  return records.map((_, index) => ofRecord(itemResult(row, index), index, records));
}

function resultsOf({ results }: JobStatus, tie: RecordTie | undefined): ZendeskItemResult[] {
  const rows = results === null ? [] : Array.isArray(results) ? results : [results];
  const recordOf = tie && recordsOfRows(rows, tie);
  return rows.flatMap((row, position) => {
    if (!row) return [];
    const result = itemResult(row, position);
    if (!tie || !recordOf) return [result];
    const record = recordOf[position];
    return [record === undefined ? { ...result, unmatched: true as const } : ofRecord(result, record, tie.records)];
  });
}

function ofRecord(result: ZendeskItemResult, index: number, records: RecordKeys[]): ZendeskItemResult {
  const { externalId, email } = records[index] ?? {};
  return { ...result, index, ...(externalId !== undefined && { externalId }), ...(email !== undefined && { email }) };
}

/** What a field says, whatever it is made of; undefined if it says nothing: `""`, `[]`, `{}`, null, false. */
function textOf(value: unknown): string | undefined {
  if (value === null || value === undefined || value === false) return undefined;
  const text = typeof value === 'string' ? value.trim() : JSON.stringify(value);
  return ['', '[]', '{}'].includes(text) ? undefined : text;
}
