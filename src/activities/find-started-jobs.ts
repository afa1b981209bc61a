import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { ZendeskErrorType } from '../common/error-types';
import type { FoundJobs, StartSearch } from '../common/starting';
import type { StartJobInput, StartRequest } from '../zendesk/start-input';
import { startRequest } from '../zendesk/start-request';
import type { ZendeskAccounts } from './accounts';
import { candidateOf, candidatesIn } from './candidates';
import { toFailure } from './failures';
import { listNewestJobs } from './job-list';

const READ_LIST_EVERY_MS = 5_000;
/** More candidates are no help to anybody. */
const MAX_CANDIDATES = 20;

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
      const { jobStatuses, unreadable } = await listNewestJobs(accounts.connect(account).client);
      return [...jobStatuses.map(({ id }) => id), ...unreadable.filter((id) => id !== null)];
    } catch (error) {
      throw toFailure(error, account);
    }
  };
}

/** `findJobs` for a start whose input is at hand. */
export function createFindStartedZendeskJobs(accounts: ZendeskAccounts) {
  return async function findStartedZendeskJobs({
    account,
    start,
    ...search
  }: StartOf & StartSearch): Promise<FoundJobs> {
    return await findJobs(accounts, account, () => startRequest(start), search);
  };
}

/**
 * Searches the list for the job that an uncertain start may have made: again and again until `settledAt`, and until `until` while
 * nothing fits or another start of this worker may have made what fits. A job that is found for adoption is reserved for the start.
 */
export async function findJobs(
  accounts: ZendeskAccounts,
  account: string,
  makeRequest: () => StartRequest | Promise<StartRequest>,
  search: StartSearch,
): Promise<FoundJobs> {
  const { startId, adopt } = search;
  let found: FoundJobs;
  try {
    const request = await makeRequest();
    const { client, starts } = accounts.connect(account);
    const { jobStatuses, unreadable } = await listNewestJobs(client);
    const jobs = candidatesIn(jobStatuses, request, search).filter(({ id }) => !starts.belongsToAnother(startId, id));
    const contested =
      jobs.some((job) => starts.mayBelongToAnother(startId, job, search.snapshotAt)) ||
      unreadable.some((id) => id !== null && isNew(id, search) && !starts.belongsToAnother(startId, id));
    const { records, tie } = request;
    found = { candidates: jobs.slice(0, MAX_CANDIDATES).map(candidateOf), contested, records, tie };
    const now = activityInfo().currentAttemptScheduledTimestampMs;
    const isSettled = jobs.length > 0 && !contested;
    if (now >= (isSettled ? search.settledAt : search.until)) {
      if (adopt && jobs.length === 1 && !contested) starts.settle(startId, jobs[0]!.id);
      return found;
    }
  } catch (error) {
    throw toFailure(error, account);
  }
  throw ApplicationFailure.create({
    type: ZendeskErrorType.JOB_PENDING,
    message: `${found.candidates.length || 'no'} jobs that fit are listed so far`,
    nextRetryDelay: READ_LIST_EVERY_MS,
    category: ApplicationFailureCategory.BENIGN,
  });
}

/** A new job that cannot be read may be the one that the start made. */
function isNew(id: string, { known, ownJobs }: StartSearch): boolean {
  return !known?.includes(id) && !ownJobs.includes(id);
}
