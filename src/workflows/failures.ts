/** Which failure a wait ends with: the errors of docs/errors.md, thrown by the workflow itself. */
import type { ActivityFailure } from '@temporalio/workflow';
import { ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import { BYTE_BUDGETS, jsonBytes } from '../common/byte-budgets';
import { formatDuration } from '../common/duration';
import type {
  InputInvalidDetails,
  JobEndedDetails,
  JobsEndedDetails,
  LastSeen,
  WaitGivenUpDetails,
  WaitRefusedDetails,
} from '../common/error-details';
import { ZendeskErrorType } from '../common/error-types';
import { inputFailure } from '../common/input-failure';
import { InputProblems, type WaitSettings } from '../common/inputs';
import type { AwaitZendeskJobsResult, ZendeskJobOutcome } from '../common/types';
import { boundResult } from './wait-result';
import type { WaitedJob } from './waited-job';

/** The result of a check of the input, or a `ZendeskInputInvalid` that names the wrong fields. */
export function checked<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof InputProblems)) throw error;
    const { message, problems } = inputFailure(error);
    throw failure<InputInvalidDetails>(ZendeskErrorType.INPUT_INVALID, message, { problems });
  }
}

/** What the last look knew, for the details of a failure. */
export function lastSeen({ seen, checkedAt }: WaitedJob): LastSeen | null {
  if (checkedAt === null || seen.status === null) return null;
  const { status, progress, total, message } = seen;
  return { status, progress, total, message, checkedAt: new Date(checkedAt).toISOString() };
}

/** How a job's end fails the wait for it; undefined where it does not. */
export function errorOf(job: WaitedJob, settings: WaitSettings): { type: string; message: string } | undefined {
  const { jobId, outcome } = job;
  switch (job.end) {
    case 'lost':
      return {
        type: ZendeskErrorType.JOB_LOST,
        message:
          `Zendesk does not know job ${jobId} (any more), neither at its own address nor in its list of jobs; ${sight(job)}. ` +
          'Job statuses are kept for about a day. Check the id and the account, or look at the records themselves',
      };
    case 'unreadable':
      return {
        type: ZendeskErrorType.RESPONSE_TOO_LARGE,
        message:
          `The status of Zendesk job ${jobId} is longer than the worker accepts; ${sight(job)}. The job may have finished. ` +
          'Raise maxBodyBytes of the worker and wait for the same id again, or check the records themselves',
      };
    case 'timed_out':
      return {
        type: ZendeskErrorType.JOB_TIMED_OUT,
        message:
          `Zendesk job ${jobId} had not ended after ${formatDuration(settings.timeout)}; ${sight(job)}. ` +
          'It may still run: wait for the same id again to go on',
      };
    default:
      if (outcome?.status === 'failed') {
        return { type: ZendeskErrorType.JOB_FAILED, message: `Zendesk job ${jobId} failed${tally(outcome)}` };
      }
      if (outcome?.status === 'killed') {
        return { type: ZendeskErrorType.JOB_KILLED, message: `Zendesk job ${jobId} was killed${tally(outcome)}` };
      }
      return undefined;
  }
}

/** The failure of a wait for one job, if its end is one. */
export function failureOf(job: WaitedJob, settings: WaitSettings): ApplicationFailure | undefined {
  const { jobId, outcome, polls, trouble } = job;
  const subject = { account: settings.account, jobId, polls };
  const error = errorOf(job, settings);
  if (error && outcome) return failure<JobEndedDetails>(error.type, error.message, { ...subject, outcome });
  if (error) {
    const cause = trouble && ApplicationFailure.nonRetryable(trouble.message, trouble.type);
    const details = { ...subject, lastSeen: lastSeen(job), lastTrouble: trouble ?? null };
    return failure<WaitGivenUpDetails>(error.type, error.message, details, cause);
  }
  if (settings.failOnItemErrors && outcome && outcome.failed > 0) {
    const message = `Zendesk job ${jobId} completed, but ${outcome.failed} of its records failed`;
    return failure<JobEndedDetails>(ZendeskErrorType.ITEMS_FAILED, message, { ...subject, outcome });
  }
  return undefined;
}

/** The failure of a wait for many jobs that was to fail if anything failed. */
export function itemsFailed(account: string, jobs: WaitedJob[], result: AwaitZendeskJobsResult): ApplicationFailure {
  const bad = result.outcomes.filter(({ error }) => error).length;
  const message = `${result.failed} records failed and ${bad} jobs did not complete, of ${result.outcomes.length} Zendesk jobs`;
  const subject = subjectOf(account, jobs);
  const maxBytes = BYTE_BUDGETS.waitResult - jsonBytes({ ...subject, outcome: null });
  const details = { ...subject, outcome: boundResult(result, maxBytes) };
  return failure<JobsEndedDetails>(ZendeskErrorType.ITEMS_FAILED, message, details);
}

/** An answer that ends the whole wait: the polling activity's own failure, as the workflow's. */
export function refused(error: ActivityFailure, account: string, jobs: WaitedJob[]): Error {
  const { cause } = error;
  if (!(cause instanceof ApplicationFailure) || !cause.nonRetryable || !cause.type) return error;
  const { polls = 0, ...answer } = (cause.details?.[0] ?? {}) as { polls?: number };
  const subject = subjectOf(account, jobs);
  const details = {
    ...subject,
    polls: subject.polls + polls,
    lastSeen: jobs.length === 1 ? lastSeen(jobs[0]!) : null,
    lastTrouble: { type: cause.type, message: cause.message },
    ...answer,
  };
  return failure<WaitRefusedDetails>(cause.type, cause.message, details, cause);
}

/** What stopped the polls when no worker reported in time. */
export function reasonOf({ cause, message }: ActivityFailure): { type: string; message: string } {
  if (cause instanceof ApplicationFailure) return { type: cause.type ?? 'ApplicationFailure', message: cause.message };
  if (cause instanceof TimeoutFailure) return { type: String(cause.timeoutType), message: 'no worker polled in time' };
  return { type: 'ActivityFailure', message };
}

function subjectOf(
  account: string,
  jobs: WaitedJob[],
): { account: string; polls: number } & ({ jobId: string } | { jobIds: string[] }) {
  const polls = Math.max(...jobs.map((job) => job.polls));
  return jobs.length === 1
    ? { account, jobId: jobs[0]!.jobId, polls }
    : { account, jobIds: jobs.map(({ jobId }) => jobId), polls };
}

function sight(job: WaitedJob): string {
  const { status, progress, total } = job.seen;
  if (status === null) return `it was never seen in ${job.polls} polls`;
  return `last seen ${status}${progress === null ? '' : `, ${progress} of ${total ?? 'an unknown number'}`}, in ${job.polls} polls`;
}

function tally({ message, succeeded, failed }: ZendeskJobOutcome): string {
  return `${message ? ` (${message})` : ''}: ${succeeded} records succeeded, ${failed} failed`;
}

function failure<Details extends object>(
  type: string,
  message: string,
  details: Details,
  cause?: Error,
): ApplicationFailure {
  return ApplicationFailure.create({ type, message, nonRetryable: true, details: [details], cause });
}
