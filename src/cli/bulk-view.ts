/** A bulk run as text: how far it is, and what became of it. */
import type { RunZendeskBulkResult, ZendeskBulkProgress } from '../common/bulk-types';
import type { WaitProgress } from './wait-progress';
import { foldLine, table } from './text';

const MAX_ROWS = 20;
const MAX_DETAILS = 100;

export interface BulkProgressOptions {
  /** Epoch ms. */
  now: number;
  /** Of the run. Among the jobs that it has not heard the end of may be more, which have ended. */
  maxJobs: number;
  /** Of an activity that is tried again. */
  failure?: string;
}

/** Rate and time left are those of the whole run so far. */
export function bulkProgressOf(progress: ZendeskBulkProgress, options: BulkProgressOptions): WaitProgress {
  const { now, maxJobs, failure } = options;
  const { status, total, failed, uncertain, jobIds, message } = progress;
  const jobs = Math.min(jobIds.length, maxJobs);
  const seconds = Math.max(1, (now - Date.parse(progress.startedAt)) / 1000);
  const rate = progress.progress / seconds;
  const left = total === null || rate === 0 ? null : (total - progress.progress) / rate;
  const parts = [
    `${status}, ${progress.progress} of ${total ?? 'an unknown number of'} records`,
    jobs === 1 ? '1 job' : `${jobs} jobs`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(uncertain > 0 ? [`${uncertain} uncertain`] : []),
  ];
  const pace = [
    ...(rate > 0 ? [`${rate < 10 ? rate.toFixed(1) : Math.round(rate)}/s`] : []),
    ...(left !== null && left > 0 ? [`${timeLeft(left)} to go`] : []),
  ];
  const trouble = [...(message === null ? [] : [`waiting: ${message}`]), ...(failure === undefined ? [] : [failure])];
  return {
    text: parts.join(', '),
    ...(pace.length > 0 && { pace: pace.join(', ') }),
    ...(trouble.length > 0 && { trouble: trouble.join(', ') }),
    progress: progress.progress,
    total,
  };
}

export function isBulkResult(result: object): result is RunZendeskBulkResult {
  return 'failures' in result && 'uncertain' in result;
}

export function describeBulk(result: RunZendeskBulkResult): string {
  const { failed, failures, uncertain, uncertainRecords } = result;
  const shown = failures.slice(0, MAX_ROWS);
  const batches = uncertain.slice(0, MAX_ROWS);
  const more = uncertain.length + result.uncertainOmitted - batches.length;
  return [
    describeBulkCounts({ ...result, uncertain: uncertainRecords }),
    ...(shown.length === 0 ? [] : ['', table(['index', 'id', 'error', 'details'], shown.map(cellsOf))]),
    ...(failed > shown.length ? [`… and ${failed - shown.length} more failed records`] : []),
    ...(uncertainRecords === 0
      ? []
      : ['', 'It is unknown whether Zendesk did these records. Check them before you send them again:']),
    ...batches.map(({ firstIndex, count, reason, candidates }) => {
      const jobIds = candidates.map(({ jobId }) => jobId).join(', ') || 'none';
      return `  ${count} from index ${firstIndex} on: ${foldLine(reason, MAX_DETAILS)}; jobs that may be theirs: ${jobIds}`;
    }),
    ...(more > 0 ? [`… and ${more} more batches with uncertain records`] : []),
  ].join('\n');
}

/** One line. Of a run that has ended early too. */
export function describeBulkCounts(counts: {
  total: number;
  jobs: number;
  succeeded: number;
  failed: number;
  uncertain: number;
  retried: number;
  superseded: number;
}): string {
  const { total, jobs, succeeded, failed, uncertain, retried, superseded } = counts;
  const omitted = superseded > 0 ? `; ${superseded} left out, since a later record has the same key` : '';
  return (
    `${total} records in ${jobs} jobs: ${succeeded} succeeded, ${failed} failed, ${uncertain} uncertain; ` +
    `${retried} sent again${omitted}`
  );
}

function cellsOf({ index, id, externalId, error, details }: RunZendeskBulkResult['failures'][number]) {
  const fold = (text: string | number | undefined) => foldLine(String(text ?? ''), MAX_DETAILS);
  return [index, fold(externalId ?? id), fold(error), fold(details)];
}

function timeLeft(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5_400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`;
}
