/** A pipeline that brings all changed users into Zendesk: copies them, runs them through bulk jobs, reports. */
import { executeChild, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type * as zendeskJobs from 'temporal-zendesk-jobs/workflows';
import type { SyncActivities } from './activities';

// The worker can only run workflows that this file exports: the child's type is the exported name.
export { runZendeskBulk } from 'temporal-zendesk-jobs/workflows';

const { takeChangedUsers, countErrors } = proxyActivities<SyncActivities>({ startToCloseTimeout: '5m' });

export interface SyncInput {
  /** As the worker names it. Default `default`. */
  account?: string;
}

export interface SyncReport {
  /** Users that had changed. */
  users: number;
  succeeded: number;
  /** Refused by Zendesk: the table `zendesk_user` has the reason of each. */
  failed: number;
  /** Whether Zendesk has them is unknown: the next sync sends them again, as an upsert may be repeated. */
  uncertain: number;
  /** How many failed, by error. */
  errors: Record<string, number>;
}

/**
 * Blocks until each changed user is in Zendesk or was refused. What ends the bulk run for all users, such as wrong credentials,
 * fails the sync with the typed error as its cause; users without a verdict are taken by the next sync.
 */
export async function syncUsers({ account }: SyncInput = {}): Promise<SyncReport> {
  const syncId = workflowInfo().runId;
  const users = await takeChangedUsers(syncId);
  if (users === 0) return { users, succeeded: 0, failed: 0, uncertain: 0, errors: {} };

  const { succeeded, failed, uncertainRecords } = await executeChild<typeof zendeskJobs.runZendeskBulk>(
    'runZendeskBulk',
    {
      args: [
        {
          operation: 'users/create_or_update_many',
          account,
          source: { name: 'changed-users', args: { syncId } },
          sink: { name: 'changed-users', args: { syncId } },
        },
      ],
      staticSummary: `${users} changed users`,
      // When the sync is cancelled or fails: cancelled, not terminated.
      parentClosePolicy: 'REQUEST_CANCEL',
    },
  );
  const errors = failed === 0 ? {} : await countErrors(syncId);
  return { users, succeeded, failed, uncertain: uncertainRecords, errors };
}
