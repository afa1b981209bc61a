/** A sync that blocks on Zendesk jobs in every way there is, and says what has to be sent again. */
import { ApplicationFailure, ChildWorkflowFailure, executeChild } from '@temporalio/workflow';
import { awaitZendeskJob, awaitZendeskJobs, ZendeskErrorType } from 'temporal-zendesk-jobs/workflow';
import type { ZendeskItemResult, ZendeskJobOutcome } from 'temporal-zendesk-jobs/workflow';
import type * as zendeskJobs from 'temporal-zendesk-jobs/workflows';

// The worker can only run workflows that this file exports: the child's type is the exported name.
export { awaitZendeskJob } from 'temporal-zendesk-jobs/workflows';

export interface SyncInput {
  /** As the worker names it. Default `default`. */
  account?: string;
  /** Ids of the jobs that were started for users, for organizations, and for tickets. */
  usersJob: string;
  organizationsJob: string;
  ticketJobs: string[];
}

export interface SyncReport {
  users: Part;
  organizations: Part;
  tickets: Part;
}

export interface Part {
  succeeded: number;
  /** Records that Zendesk refused, and why. */
  refused: Refusal[];
  /** Jobs of which nothing or not everything is known, and why: their records have to be looked at. */
  unclear: string[];
}

type Refusal = { jobId: string } & Pick<ZendeskItemResult, 'index' | 'id' | 'error' | 'details'>;

/** Blocks on all jobs at once. Cancelling it cancels every wait; the jobs themselves go on in Zendesk. */
export async function syncToZendesk({ account, ...jobs }: SyncInput): Promise<SyncReport> {
  const [users, organizations, tickets] = await Promise.all([
    usersByChild(jobs.usersJob, account),
    organizationsByHelper(jobs.organizationsJob, account),
    ticketsByHelper(jobs.ticketJobs, account),
  ]);
  return { users, organizations, tickets };
}

/** A child workflow: with a history, a place in the UI and a retention of its own. */
async function usersByChild(jobId: string, account?: string): Promise<Part> {
  try {
    const outcome = await executeChild<typeof zendeskJobs.awaitZendeskJob>('awaitZendeskJob', {
      args: [{ jobId, account, results: 'failed' }],
      staticSummary: `Zendesk job ${jobId}`,
      // When the parent ends first, as when another part of it fails: cancelled, not terminated.
      parentClosePolicy: 'REQUEST_CANCEL',
    });
    return partOf(outcome);
  } catch (error) {
    // What a child threw comes as the cause.
    return unclearPart(error instanceof ChildWorkflowFailure ? error.cause : error, error);
  }
}

/** The same wait inside this workflow: 6 events of its history a round, instead of a child. */
async function organizationsByHelper(jobId: string, account?: string): Promise<Part> {
  try {
    return partOf(await awaitZendeskJob({ jobId, account, results: 'failed' }));
  } catch (error) {
    return unclearPart(error, error);
  }
}

/** Many jobs: nothing is thrown for one of them, its outcome says what was wrong. */
async function ticketsByHelper(jobIds: string[], account?: string): Promise<Part> {
  const { outcomes } = await awaitZendeskJobs({ jobIds, account });
  return outcomes.map(partOf).reduce(together, { succeeded: 0, refused: [], unclear: [] });
}

/** `completed` does not mean that all went well: 99 of 100 records can have failed. */
function partOf({ jobId, succeeded, unreported, results, error }: ZendeskJobOutcome): Part {
  const missing = unreported > 0 ? [`${jobId}: ${unreported} records without a result`] : [];
  return {
    succeeded,
    refused: results
      .filter(({ ok }) => !ok)
      .map(({ index, id, error, details }) => ({ jobId, index, id, error, details })),
    unclear: error ? [error.message] : missing,
  };
}

/** What a sync can go on without is reported; the rest, as wrong credentials or a cancellation, ends it. */
function unclearPart(reason: unknown, thrown: unknown): Part {
  if (!(reason instanceof ApplicationFailure)) throw thrown;
  switch (reason.type) {
    case ZendeskErrorType.JOB_FAILED:
    case ZendeskErrorType.JOB_KILLED: {
      const { outcome } = reason.details![0] as { outcome: ZendeskJobOutcome };
      return { ...partOf(outcome), unclear: [reason.message] };
    }
    case ZendeskErrorType.JOB_LOST:
    case ZendeskErrorType.JOB_TIMED_OUT:
      return { succeeded: 0, refused: [], unclear: [reason.message] };
    default:
      throw thrown;
  }
}

function together(a: Part, b: Part): Part {
  return {
    succeeded: a.succeeded + b.succeeded,
    refused: [...a.refused, ...b.refused],
    unclear: [...a.unclear, ...b.unclear],
  };
}
