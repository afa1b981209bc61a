/** A bulk run as text: how far it is, and what became of it. */
import type { RunZendeskBulkResult, ZendeskBulkProgress } from '../common/bulk-types';
import type { WaitProgress } from './wait-progress';
import { foldLine, table } from './text';

const MOST_ROWS = 20;
const MOST_DETAILS = 100;

/** `now`: epoch ms. Rate and time left are those of the whole run so far. */
export function bulkProgressOf(progress: ZendeskBulkProgress, now: number): WaitProgress {
  const { status, total, failed, uncertain, jobIds, message } = progress;
  const seconds = Math.max(1, (now - Date.parse(progress.startedAt)) / 1000);
  const rate = progress.progress / seconds;
  const left = total === null || rate === 0 ? null : (total - progress.progress) / rate;
  const parts = [
    `${status}, ${progress.progress} of ${total ?? 'an unknown number of'} records`,
    `${jobIds.length} jobs run`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(uncertain > 0 ? [`${uncertain} uncertain`] : []),
    ...(rate > 0 ? [`${rate < 10 ? rate.toFixed(1) : Math.round(rate)}/s`] : []),
    ...(left !== null && left > 0 ? [`${timeLeft(left)} to go`] : []),
    ...(message === null ? [] : [message]),
  ];
  return { text: parts.join(', '), progress: progress.progress, total };
}

export function isBulkResult(result: object): result is RunZendeskBulkResult {
  return 'failures' in result && 'uncertain' in result;
}

export function describeBulk(result: RunZendeskBulkResult): string {
  const { total, succeeded, failed, retried, jobs, failures, uncertain } = result;
  const shown = failures.slice(0, MOST_ROWS);
  const unknown = uncertain.reduce((sum, { count }) => sum + count, 0);
  return [
    `${total} records in ${jobs} jobs: ${succeeded} succeeded, ${failed} failed, ${unknown} uncertain; ${retried} sent again`,
    ...(shown.length === 0 ? [] : ['', table(['index', 'id', 'error', 'details'], shown.map(cellsOf))]),
    ...(failed > shown.length ? [`… and ${failed - shown.length} more failed records`] : []),
    ...(unknown === 0
      ? []
      : ['', 'Nobody can know what became of these records. Look at them before sending them anew:']),
    ...uncertain.slice(0, MOST_ROWS).map(({ firstIndex, count, candidates }) => {
      const jobIds = candidates.map(({ jobId }) => jobId).join(', ') || 'none';
      return `  ${count} records from index ${firstIndex} on; jobs that may be theirs: ${jobIds}`;
    }),
  ].join('\n');
}

function cellsOf({ index, id, externalId, error, details }: RunZendeskBulkResult['failures'][number]) {
  const fold = (text: string | number | undefined) => foldLine(String(text ?? ''), MOST_DETAILS);
  return [index, fold(externalId ?? id), fold(error), fold(details)];
}

function timeLeft(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5_400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`;
}
