import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { ZendeskErrorType } from '../common/error-types';
import type { FoundJobs, StartSearch } from '../common/starting';
import type { JobStatus } from '../common/types';
import type { ZendeskClient } from '../zendesk/client';
import type { StartJobInput, StartRequest } from '../zendesk/start-input';
import { startRequest } from '../zendesk/start-request';
import type { ZendeskAccounts } from './accounts';
import { candidatesIn } from './candidates';
import { toFailure } from './failures';

/** Pages of 100 jobs. Zendesk may keep no more than the last 100 jobs. */
const PAGES = 3;
const LOOK_EVERY = 5_000;

/** The start that a snapshot or a search is about. */
export interface StartOf {
  account: string;
  start: StartJobInput;
}

export interface SnapshotInput {
  account: string;
  start?: StartJobInput;
}

/** The ids that the account's list of jobs holds now: a snapshot before a start, whose input, if given, is checked first. */
export function createSnapshotZendeskJobs(accounts: ZendeskAccounts) {
  return async function snapshotZendeskJobs({ account, start }: SnapshotInput): Promise<string[]> {
    try {
      if (start) startRequest(start);
      return (await newestJobs(accounts.connect(account).client)).map(({ id }) => id);
    } catch (error) {
      throw toFailure(error, account);
    }
  };
}

/**
 * Looks in the list for what an uncertain start may have made: again and again until `settledAt`, and until `until` while there
 * is nothing.
 */
export function createFindStartedZendeskJobs(accounts: ZendeskAccounts) {
  return async function findStartedZendeskJobs({
    account,
    start,
    ...search
  }: StartOf & StartSearch): Promise<FoundJobs> {
    return await findJobs(accounts, account, () => startRequest(start), search);
  };
}

/** The same for a start whose request has to be made first. */
export async function findJobs(
  accounts: ZendeskAccounts,
  account: string,
  makeRequest: () => StartRequest | Promise<StartRequest>,
  search: StartSearch,
): Promise<FoundJobs> {
  let found: FoundJobs;
  try {
    const request = await makeRequest();
    const list = await newestJobs(accounts.connect(account).client);
    found = { candidates: candidatesIn(list, request, search), records: request.records, tie: request.tie };
  } catch (error) {
    throw toFailure(error, account);
  }
  const now = activityInfo().currentAttemptScheduledTimestampMs;
  if (now >= (found.candidates.length > 0 ? search.settledAt : search.until)) return found;
  throw ApplicationFailure.create({
    type: ZendeskErrorType.JOB_PENDING,
    message: `${found.candidates.length || 'no'} jobs that fit are listed so far`,
    nextRetryDelay: LOOK_EVERY,
    category: ApplicationFailureCategory.BENIGN,
  });
}

async function newestJobs(client: ZendeskClient): Promise<JobStatus[]> {
  const jobs: JobStatus[] = [];
  let cursor: string | null | undefined;
  for (let page = 0; page < PAGES && cursor !== null; page++) {
    const { jobStatuses, next } = await client.list({ cursor: cursor ?? undefined });
    jobs.push(...jobStatuses);
    cursor = next;
  }
  return jobs;
}
