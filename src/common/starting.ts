/** What a workflow that starts a job and the activities that do it for it say to each other. */
import type { JobStatus } from './types';

/** How a job's result rows find their records, in falling order of trust: Zendesk's own index always goes first. */
export type Tie = 'index' | 'order' | 'id' | 'key';

/** What result rows are matched with: the names of the records that a job was started with, in their order. */
export interface RecordTie {
  by: Tie;
  records: RecordKeys[];
}

export interface RecordKeys {
  id?: string;
  externalId?: string;
  email?: string;
}

/** What `startZendeskJob` returns: Zendesk has taken the job. */
export interface StartedJob {
  jobId: string;
  /** As answered, usually `queued`. */
  jobStatus: JobStatus;
  /** Zendesk's `x-request-id` of the start. */
  requestId?: string;
  tie: RecordTie;
}

/** A job of the account's list that may be the one that an uncertain start made. */
export interface StartCandidate {
  jobId: string;
  jobType: string | null;
  status: string;
  total: number | null;
  progress: number | null;
  message: string | null;
}

/** What is known of an uncertain start when its job is looked for. */
export interface StartSearch {
  /** Before the start was sent: epoch ms. */
  startedAt: number;
  /** Ids that the list held before the start; null if nobody looked. */
  known: string[] | null;
  /** No finding counts before: a job that is listed late may make a second one that fits. Epoch ms. */
  settledAt: number;
  /** A new job may be listed seconds late: look again until then, as long as there is none. Epoch ms. */
  until: number;
}

/** What a search found. */
export interface FoundJobs {
  candidates: StartCandidate[];
  /** How many records were sent; null where Zendesk alone knows. */
  records: number | null;
  tie: RecordTie;
}
