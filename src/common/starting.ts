/** What a workflow that starts a job and the activities that do it for it say to each other. */

/**
 * What result rows of an operation were seen to have. Only `id` changes how they are matched: the records exist and are named by id. A
 * record that is created may carry an id of elsewhere.
 */
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

/** Which start of which workflow run it is, and how long it may be sent. */
export interface StartIdentity {
  /** The same in each attempt of the start, and in the search for its job. */
  id: string;
  /** Nothing is sent after that: epoch ms. */
  deadline: number;
  /** The run of the workflow that scheduled the start. Another run that makes it has begun with a reset. */
  runId: string;
  /** Runs of the workflow that began with a reset: the runs before them may have made this start. Absent where there are none. */
  resetRuns?: string[];
}

/** What `startZendeskJob` returns: Zendesk has accepted the job. */
export interface StartedJob {
  jobId: string;
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

/** What is known of an uncertain start when its job is searched for. */
export interface StartSearch {
  /** `id` of the start's `StartIdentity`. */
  startId: string;
  /** The job may be taken over for the start, if it is the only one that fits. */
  adopt: boolean;
  /** Before the start was sent: epoch ms. */
  startedAt: number;
  /** Ids that the list held before the start; null if it was not read. */
  known: string[] | null;
  /** Before the list was read: epoch ms. */
  snapshotAt: number;
  /** Jobs that other starts of the same workflow made. */
  ownJobs: string[];
  /** No finding counts before: a job that is listed late may be a second one that fits. Epoch ms. */
  settledAt: number;
  /** A new job may be listed seconds late: the list is read again until then, as long as nothing fits. Epoch ms. */
  until: number;
}

/** What a search found. */
export interface FoundJobs {
  candidates: StartCandidate[];
  /**
   * The only candidate may be wrong: another start of the same worker, whose job is not known yet, may have made it, or a new job of the
   * list cannot be read.
   */
  contested: boolean;
  /** How many records were sent; null where only Zendesk knows. */
  records: number | null;
  tie: RecordTie;
}
