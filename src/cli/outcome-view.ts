/** What became of a job, or of many, as text. */
import type { AwaitZendeskJobsResult, ZendeskItemResult, ZendeskJobOutcome } from '../common/types';
import { describeBulk, isBulkResult } from './bulk-view';
import { foldLine, table } from './text';

/** Most rows of a table. `--json` has them all. */
const MOST_ROWS = 20;
const MOST_DETAILS = 100;

/** To stdout: text for people, or one JSON document. */
export function printResult(result: unknown, json: boolean): void {
  console.log(json ? JSON.stringify(result, null, 2) : describeResult(result));
}

/** The result of any workflow of this package; JSON for what is none. */
export function describeResult(result: unknown): string {
  if (isObject(result) && Array.isArray(result['outcomes'])) return describeMany(result as never);
  if (isObject(result) && typeof result['jobId'] === 'string') return describeOutcome(result as never);
  if (isObject(result) && isBulkResult(result)) return describeBulk(result);
  return JSON.stringify(result, null, 2) ?? 'The workflow has no result';
}

/** A summary line with the counts, Zendesk's own message, and the failed records. */
export function describeOutcome(outcome: ZendeskJobOutcome): string {
  const { jobId, status, jobType, message, total, succeeded, failed, unreported, polls } = outcome;
  const counts = [`${succeeded} succeeded`, `${failed} failed`, ...(unreported ? [`${unreported} not reported`] : [])];
  const kind = foldLine(jobType ?? '', MOST_DETAILS);
  return [
    `Zendesk job ${jobId} ${status}: ${counts.join(', ')}${total === null ? '' : `, of ${total} records`}`,
    `  ${[kind, foldLine(message ?? '', MOST_DETAILS), `${polls} ${polls === 1 ? 'poll' : 'polls'}`].filter(Boolean).join('; ')}`,
    ...failedRecords(outcome),
  ].join('\n');
}

function describeMany({ outcomes, succeeded, failed }: AwaitZendeskJobsResult): string {
  const rows = outcomes
    .slice(0, MOST_ROWS)
    .map((outcome) => [
      outcome.jobId,
      outcome.status,
      outcome.succeeded,
      outcome.failed,
      foldLine(outcome.error?.message ?? '', MOST_DETAILS),
    ]);
  return [
    `${outcomes.length} Zendesk jobs: ${succeeded} records succeeded, ${failed} failed`,
    '',
    table(['job', 'status', 'succeeded', 'failed', 'error'], rows),
    ...more(outcomes.length - rows.length, 'jobs'),
  ].join('\n');
}

function failedRecords({ results, failed }: ZendeskJobOutcome): string[] {
  const rows = results.filter(({ ok }) => !ok).slice(0, MOST_ROWS);
  if (rows.length === 0) return more(failed, 'failed records, whose rows the wait did not ask for');
  const columns = COLUMNS.filter(([, cellOf]) => rows.some((row) => cellOf(row) !== ''));
  const cells = rows.map((row) => columns.map(([, cellOf]) => cellOf(row)));
  const header = columns.map(([name]) => name);
  return ['', table(header, cells), ...more(failed - rows.length, 'failed records')];
}

/** Those that are empty in every row are left out. */
const COLUMNS: [name: string, cellOf: (row: ZendeskItemResult) => string | number][] = [
  ['index', ({ index }) => index],
  ['id', ({ id }) => id ?? ''],
  ['external id', ({ externalId }) => foldLine(externalId ?? '', MOST_DETAILS)],
  ['e-mail', ({ email }) => foldLine(email ?? '', MOST_DETAILS)],
  ['error', ({ error }) => foldLine(error ?? '', MOST_DETAILS)],
  ['details', ({ details }) => foldLine(details ?? '', MOST_DETAILS)],
];

function more(count: number, of: string): string[] {
  return count > 0 ? [`… and ${count} more ${of}`] : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
