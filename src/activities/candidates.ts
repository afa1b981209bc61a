/** Which jobs of the list may be the one that an uncertain start made: pure. */
import type { StartCandidate, StartSearch } from '../common/starting';
import type { JobStatus } from '../common/types';
import { endOf } from '../zendesk/job-end';
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
    .filter(({ message }) => !((endOf(message) ?? Infinity) < startedAt - SKEW))
    .map(({ id, job_type, status, total, progress, message }) => ({
      jobId: id,
      jobType: job_type ?? null,
      status,
      total,
      progress,
      message,
    }));
}
