/** A pipeline that brings changed users into Zendesk, batch by batch, and blocks on each bulk job as if it were a call. */
import {
  ApplicationFailure,
  ChildWorkflowFailure,
  continueAsNew,
  executeChild,
  proxyActivities,
  workflowInfo,
} from '@temporalio/workflow';
import { ZendeskErrorType, type ZendeskJobOutcome } from 'temporal-zendesk-jobs/workflow';
import type * as zendeskJobs from 'temporal-zendesk-jobs/workflows';
import type { SyncActivities, SyncedUser, User } from './activities';

// The worker can only run workflows that this file exports: the child's type is the exported name.
export { runZendeskJob } from 'temporal-zendesk-jobs/workflows';

const { readChangedUsers, saveBatch } = proxyActivities<SyncActivities>({ startToCloseTimeout: '1m' });

/** Zendesk takes no more in one job. */
const BATCH = 100;

export interface SyncInput {
  /** As the worker names it. Default `default`. */
  account?: string;
  /** Of the runs before, where the history had become long. */
  soFar?: SyncReport;
}

export interface SyncReport {
  batches: number;
  succeeded: number;
  /** Users that are not in Zendesk as they should be, or may not be: the table `zendesk_failure` says why. */
  failed: number;
}

/** Goes on until there are no more changes. What Zendesk refuses is written down; it holds up nobody else. */
export async function syncUsers({ account, soFar }: SyncInput = {}): Promise<SyncReport> {
  const report = { batches: 0, succeeded: 0, failed: 0, ...soFar };
  for (;;) {
    const { users, cursor } = await readChangedUsers(BATCH);
    if (users.length === 0) return report;
    const synced = await upsert(users, account);
    // The cursor moves only now: a sync that ends before begins again with this batch, which an upsert bears.
    await saveBatch(cursor, synced);

    const failed = synced.filter(({ error }) => error !== null).length;
    report.batches += 1;
    report.failed += failed;
    report.succeeded += users.length - failed;
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof syncUsers>({ account, soFar: report });
  }
}

/** Starts the job and blocks until it has ended, however long that takes. One entry a user, in their order. */
async function upsert(users: User[], account?: string): Promise<SyncedUser[]> {
  try {
    const outcome = await executeChild<typeof zendeskJobs.runZendeskJob>('runZendeskJob', {
      args: [
        {
          operation: 'users/create_or_update_many',
          items: users.map(({ externalId, name, email }) => ({ external_id: externalId, name, email })),
          account,
          // A batch of which a record failed is red in the UI; what became of each record is in the details.
          failOnItemErrors: true,
        },
      ],
      staticSummary: `${users.length} users from ${users[0]!.externalId} on`,
      // When the sync is cancelled or fails: cancelled, not terminated.
      parentClosePolicy: 'REQUEST_CANCEL',
    });
    return syncedUsers(users, outcome);
  } catch (error) {
    // What a child threw comes as the cause.
    const reason = error instanceof ChildWorkflowFailure ? error.cause : error;
    if (!(reason instanceof ApplicationFailure)) throw error;
    switch (reason.type) {
      case ZendeskErrorType.ITEMS_FAILED:
      case ZendeskErrorType.JOB_FAILED:
      case ZendeskErrorType.JOB_KILLED: {
        const { outcome } = reason.details![0] as { outcome: ZendeskJobOutcome };
        return syncedUsers(users, outcome, reason);
      }
      // Nobody knows what became of the batch: each of its users has to be looked at. `ZendeskStartUncertain` is for
      // operations that are not safe to repeat, as users/create_many would be; starting such a batch anew might double it.
      case ZendeskErrorType.START_UNCERTAIN:
      case ZendeskErrorType.JOB_LOST:
      case ZendeskErrorType.JOB_TIMED_OUT:
        return syncedUsers(users, undefined, reason);
      // Wrong credentials, a cancellation: the sync ends, and its next run begins with this batch.
      default:
        throw error;
    }
  }
}

/** Only a row that says so makes a success: not every record has one when a job was killed. */
function syncedUsers(users: User[], outcome?: ZendeskJobOutcome, reason?: ApplicationFailure): SyncedUser[] {
  const rows = new Map(outcome?.results.map((row) => [row.index, row]));
  return users.map(({ externalId }, index) => {
    const row = rows.get(index);
    if (row?.ok) return { externalId, error: null, details: null };
    if (row) return { externalId, error: row.error ?? 'unknown', details: row.details ?? null };
    return { externalId, error: reason?.type ?? 'unreported', details: reason?.message ?? null };
  });
}
