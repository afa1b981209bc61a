/** Which jobs of the list may be the one that an uncertain start made: pure. */
import { BYTE_BUDGETS, cutToBytes } from '../common/byte-budgets';
import type { StartCandidate, StartSearch } from '../common/starting';
import type { JobStatus } from '../common/types';
import { endOf } from '../zendesk/job-end';
import type { StartRequest } from '../zendesk/start-input';

/** How far Zendesk's clock may be behind ours. */
const SKEW_MS = 60_000;

/** What is known of the job that a start makes. */
export type ExpectedJob = Pick<StartRequest, 'jobTypes' | 'records'>;

/**
 * Jobs that fit, less those that the list held before the start, those that other starts made, and those that had finished before
 * the start. A fit is a candidate, not a proof: the list does not say who started a job, or when.
 */
export function candidatesIn(
  list: JobStatus[],
  expected: ExpectedJob,
  { known, ownJobs, startedAt }: Pick<StartSearch, 'known' | 'ownJobs' | 'startedAt'>,
): JobStatus[] {
  const excluded = new Set([...(known ?? []), ...ownJobs]);
  return list
    .filter(({ id }) => !excluded.has(id))
    .filter((job) => fits(job, expected))
    .filter(({ message }) => !((endOf(message) ?? Infinity) < startedAt - SKEW_MS));
}

/** Type and number of records agree, as far as both are known: older accounts report no type, some jobs no total. */
export function fits({ job_type: type, total }: JobStatus, { jobTypes, records }: ExpectedJob): boolean {
  const sameType = type == null || jobTypes.length === 0 || jobTypes.includes(type);
  return sameType && (total === null || records === null || total === records);
}

/** What people need to recognise a job. */
export function candidateOf({ id, job_type, status, total, progress, message }: JobStatus): StartCandidate {
  const cut = (text: string) => cutToBytes(text, BYTE_BUDGETS.candidateText);
  return {
    jobId: id,
    jobType: job_type == null ? null : cut(job_type),
    status: cut(status),
    total,
    progress,
    message: message === null ? null : cut(message),
  };
}
