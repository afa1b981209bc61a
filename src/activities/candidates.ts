/** Which jobs of the list may be the one that an uncertain start made: pure. */
import type { StartCandidate, StartSearch } from '../common/starting';
import type { JobStatus } from '../common/types';
import { isTerminal } from '../zendesk/outcome';
import type { StartRequest } from '../zendesk/start-input';

/** How far Zendesk's clock may be behind ours. */
const SKEW = 60_000;

/**
 * A job fits if the list did not hold it before (if that is known), its type is one of those that the operation has (or it
 * tells none, as on older accounts), its total is the number of records sent (if both are known), and it has not ended before the start.
 * A fit is a candidate, not a proof: the list does not say who started a job, or when.
 */
export function candidatesIn(
  list: JobStatus[],
  { jobTypes, records }: Pick<StartRequest, 'jobTypes' | 'records'>,
  { known, startedAt }: Pick<StartSearch, 'known' | 'startedAt'>,
): StartCandidate[] {
  return list
    .filter(({ id }) => !known?.includes(id))
    .filter(({ job_type: type }) => type == null || jobTypes.length === 0 || jobTypes.includes(type))
    .filter(({ total }) => total === null || records === null || total === records)
    .filter((job) => !endedBefore(job, startedAt - SKEW))
    .map(({ id, job_type, status, total, progress, message }) => ({
      jobId: id,
      jobType: job_type ?? null,
      status,
      total,
      progress,
      message,
    }));
}

/** The only time in a job status is inside its message: `Completed at 2024-02-08 09:10:11 +0000`. */
function endedBefore({ status, message }: JobStatus, time: number): boolean {
  if (!isTerminal(status)) return false;
  const [, date, clock] = /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) \+0000/.exec(message ?? '') ?? [];
  return date !== undefined && Date.parse(`${date}T${clock}Z`) < time;
}
