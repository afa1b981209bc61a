import { NOT_SEEN, type JobSeen, type Trouble } from '../common/polling';
import type { RecordTie } from '../common/starting';
import type { ZendeskJobOutcome } from '../common/types';

/** A job that is being waited for. */
export interface WaitedJob {
  jobId: string;
  seen: JobSeen;
  /** How its rows belong to the records it was started with, where that is known. */
  tie?: RecordTie;
  /** When Zendesk was last asked, as of the last report: epoch ms. */
  checkedAt: number | null;
  polls: number;
  /** Why the last poll did not read the job, if it did not. */
  trouble?: Trouble;
  /** How the wait for it ended; undefined while it goes on. */
  end?: 'finished' | 'lost' | 'unreadable' | 'timed_out';
  /** Of a job that has finished. */
  outcome?: ZendeskJobOutcome;
}

export function waitedJob(jobId: string): WaitedJob {
  return { jobId, seen: NOT_SEEN, checkedAt: null, polls: 0 };
}
