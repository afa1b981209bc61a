/** What `details[0]` of a failed workflow, or of a helper's error, holds. docs/errors.md says the same in words. */
import type { Trouble } from './polling';
import type { StartCandidate } from './starting';
import type { RemainingRecords, RunZendeskBulkResult } from './bulk-types';
import type { AwaitZendeskJobsResult, ZendeskJobOutcome } from './types';

/** By the `type` of the error. Where there are several, the workflow and how far it had come decide. */
export interface ZendeskErrorDetails {
  ZendeskJobFailed: JobEndedDetails;
  ZendeskJobKilled: JobEndedDetails;
  ZendeskItemsFailed: JobEndedDetails | JobsEndedDetails;
  ZendeskJobLost: WaitGivenUpDetails;
  ZendeskJobTimedOut: WaitGivenUpDetails | StartFailedDetails | BulkEndedDetails;
  ZendeskStartUncertain: StartUncertainDetails | BulkEndedDetails;
  ZendeskRequestRejected: WaitRefusedDetails | StartFailedDetails | BulkEndedDetails;
  ZendeskAuthenticationFailed: WaitRefusedDetails | StartFailedDetails | BulkEndedDetails;
  ZendeskAccountUnknown: WaitRefusedDetails | StartFailedDetails | BulkEndedDetails;
  ZendeskInputInvalid: InputInvalidDetails | StartFailedDetails | BulkEndedDetails;
  ZendeskSourceFailed: BulkEndedDetails;
  ZendeskSinkFailed: BulkEndedDetails;
  ZendeskResponseTooLarge: WaitGivenUpDetails | StartFailedDetails | BulkEndedDetails;
}

/** The job ended, and that is the failure. */
export interface JobEndedDetails {
  account: string;
  jobId: string;
  polls: number;
  /** As `awaitZendeskJob` would have returned it. */
  outcome: ZendeskJobOutcome;
}

/** Of `awaitZendeskJobs`. */
export interface JobsEndedDetails {
  account: string;
  /** Of a wait that was for one job only. */
  jobId?: string;
  /** All ids, each once. */
  jobIds?: string[];
  polls: number;
  /** As `awaitZendeskJobs` would have returned it. */
  outcome: AwaitZendeskJobsResult;
}

/** The wait ended, whatever the job does. */
export interface WaitGivenUpDetails {
  account: string;
  jobId: string;
  polls: number;
  lastSeen: LastSeen | null;
  /** What kept the last look from an answer; null if nothing did. */
  lastTrouble: Trouble | null;
}

/** What the last look saw that the workflow heard of. */
export interface LastSeen {
  status: string;
  progress: number | null;
  total: number | null;
  message: string | null;
  /** ISO 8601. */
  checkedAt: string;
}

/** What an activity knew of what went wrong. */
export interface TroubleDetails {
  /** `ERR_ZENDESK_...`, of a request. */
  code?: string;
  /** HTTP status of the answer, if there was one. */
  status?: number;
  /** Zendesk's `x-request-id`, which its support asks for. */
  requestId?: string;
  /** What Zendesk asked to wait, in ms. */
  retryAfter?: number;
  method?: string;
  path?: string;
  /** Of `ZendeskAccountUnknown`: the accounts that the worker knows. */
  known?: string[];
  /** Of `ZendeskInputInvalid`: every wrong field. */
  problems?: FieldProblem[];
  /** Of `ZendeskSourceFailed`: the source's name. */
  source?: string;
  /** Of `ZendeskSinkFailed`: the sink's name. */
  sink?: string;
}

export interface FieldProblem {
  /** Empty: the input as a whole. */
  field: string;
  problem: string;
}

/** A wait that could not be made: Zendesk, or the worker, does not take it. */
export interface WaitRefusedDetails extends TroubleDetails {
  account: string;
  jobId?: string;
  jobIds?: string[];
  polls: number;
  /** Null if the job was never seen, and for many jobs. */
  lastSeen: LastSeen | null;
  lastTrouble: Trouble;
}

/** `runZendeskJob` ended without a job. */
export interface StartFailedDetails extends TroubleDetails {
  account: string;
  operation: string;
  lastSeen?: null;
  lastTrouble: Trouble;
}

/** It is unknown whether Zendesk received the start. */
export interface StartUncertainDetails extends StartFailedDetails {
  /** When the start was sent: ISO 8601. */
  startedAt: string;
  /** Jobs of Zendesk's list that may be it. */
  candidates: StartCandidate[];
}

/** A bulk run ended early: some records were not sent, or their jobs still ran, or the sink could not be closed. */
export interface BulkEndedDetails extends TroubleDetails {
  account: string;
  operation: string;
  /** Jobs that still ran when the run ended. Their records are in `result.uncertain`. */
  jobIds: string[];
  /** What was done so far. */
  result: RunZendeskBulkResult;
  /** What was not sent. */
  remaining: RemainingRecords;
  /** Why the sink could not be closed, where the run ended for another reason. */
  sinkProblem?: string;
  /** Of a start that made no job. */
  lastTrouble?: Trouble;
}

/** The workflow itself did not take its input. */
export interface InputInvalidDetails {
  problems: FieldProblem[];
}
