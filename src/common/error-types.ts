/**
 * The `type`s of the `ApplicationFailure`s that this package throws. They are part of its public surface: callers in any
 * language tell failures apart by them. docs/errors.md says who throws which, and what its details hold.
 */
export const ZendeskErrorType = {
  /** The job ended with status `failed`. Its outcome is in the details. */
  JOB_FAILED: 'ZendeskJobFailed',
  /** The job ended with status `killed`. Its outcome is in the details. */
  JOB_KILLED: 'ZendeskJobKilled',
  /** Neither the job's own address nor the list of jobs knows it (any more). */
  JOB_LOST: 'ZendeskJobLost',
  /** The job had not ended when the wait's `timeout` was over. It may still run; wait again with the same id. */
  JOB_TIMED_OUT: 'ZendeskJobTimedOut',
  /** The job completed, some of its records failed, and `failOnItemErrors` was set. */
  ITEMS_FAILED: 'ZendeskItemsFailed',
  /** It is unknown whether Zendesk received a start that is not safe to repeat. Candidates are in the details. */
  START_UNCERTAIN: 'ZendeskStartUncertain',
  /** Zendesk refused the request, and would refuse it again. */
  REQUEST_REJECTED: 'ZendeskRequestRejected',
  /** Zendesk does not accept the account's credentials. */
  AUTHENTICATION_FAILED: 'ZendeskAuthenticationFailed',
  /** The input is not of the documented shape. No request was sent. */
  INPUT_INVALID: 'ZendeskInputInvalid',
  /** The worker knows no account of that name. No request was sent. */
  ACCOUNT_UNKNOWN: 'ZendeskAccountUnknown',
  /** A source of records failed, or broke its contract. Retried for a while where that may help. */
  SOURCE_FAILED: 'ZendeskSourceFailed',
  /**
   * A sink did not take rows, or could not be closed. Temporal retries; a sink that cannot be closed fails the run, with the whole
   * result in the details.
   */
  SINK_FAILED: 'ZendeskSinkFailed',
  /** A response is longer than the client accepts, or longer than Temporal can carry. A wait's details have no outcome. */
  RESPONSE_TOO_LARGE: 'ZendeskResponseTooLarge',
  /** Benign: a poll saw that the job has not ended. Temporal retries the poll. */
  JOB_PENDING: 'ZendeskJobPending',
  /** Zendesk asked for a pause (429). Temporal retries. */
  RATE_LIMITED: 'ZendeskRateLimited',
  /** No usable answer: network trouble, 408, 5xx, or an answer that is not one of Zendesk's. Temporal retries. */
  UNAVAILABLE: 'ZendeskUnavailable',
} as const;

export type ZendeskErrorType = (typeof ZendeskErrorType)[keyof typeof ZendeskErrorType];
