import type { StartCandidate } from '../common/starting';
import { foldLine, table } from './text';

/** Most rows of the table. `--json` has them all. */
const MOST_ROWS = 20;
const MOST_TEXT = 100;

/** The jobs that an uncertain start may have made, and how to look at one of them. */
export function describeCandidates(candidates: StartCandidate[], account: string): string {
  const rows = candidates
    .slice(0, MOST_ROWS)
    .map(({ jobId, jobType, status, progress, total, message }) => [
      jobId,
      foldLine(jobType ?? '', MOST_TEXT),
      foldLine(status, MOST_TEXT),
      total === null ? '' : `${progress ?? 0}/${total}`,
      foldLine(message ?? '', MOST_TEXT),
    ]);
  const more = candidates.length - rows.length;
  return [
    '',
    'Candidates, none of them for certain:',
    table(['job', 'type', 'status', 'progress', 'message'], rows),
    ...(more > 0 ? [`… and ${more} more`] : []),
    '',
    `To see what became of one: temporal-zendesk-jobs await <job> --account ${account}`,
  ].join('\n');
}
