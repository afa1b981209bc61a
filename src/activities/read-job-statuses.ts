/** The activities that return job statuses as Zendesk gives them: the three operations of its API. */
import { cancellationSignal } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { BYTE_BUDGETS, jsonBytes } from '../common/byte-budgets';
import { ZendeskErrorType } from '../common/error-types';
import { SHOW_MANY_LIMIT } from '../common/job-id';
import { checkListJobStatuses, checkShowJobStatus, checkShowManyJobStatuses } from '../common/read-inputs';
import type { JobStatus, ListJobStatusesInput, ShowJobStatusInput, ShowManyJobStatusesInput } from '../common/types';
import type { ZendeskClient } from '../zendesk/client';
import { ZendeskJobNotFoundError } from '../zendesk/errors';
import type { ZendeskAccounts } from './accounts';
import { resultTooLarge, toFailure, withAdvice } from './failures';

export interface ReadActivities {
  /**
   * `GET /api/v2/job_statuses`: one page, newest first. `next` is the cursor of the next page, null at the end. Jobs that cannot be read
   * are left out.
   */
  listZendeskJobStatuses(input?: ListJobStatusesInput): Promise<{ jobStatuses: JobStatus[]; next: string | null }>;
  /** `GET /api/v2/job_statuses/{id}`. An unknown id is a `ZendeskRequestRejected` with `status: 404` in its details. */
  showZendeskJobStatus(input: ShowJobStatusInput): Promise<JobStatus>;
  /** `GET /api/v2/job_statuses/show_many`, in the order asked. Ids that Zendesk does not know are left out. */
  showManyZendeskJobStatuses(input: ShowManyJobStatusesInput): Promise<JobStatus[]>;
}

const USE_WAIT = 'use awaitZendeskJob, which bounds its result rows';

/** What to do about job statuses that are longer than the client accepts, or than an activity can return. */
const ADVICE = {
  list: `ask for a smaller pageSize, or ${USE_WAIT}`,
  show: USE_WAIT,
  showMany: `ask for fewer jobIds, or ${USE_WAIT}`,
};

export function createReadActivities(accounts: ZendeskAccounts): ReadActivities {
  /** Checks the input, finds the account, translates the errors. */
  function activity<Input, Checked extends { account: string }, Result>(
    checkInput: (input: Input) => Checked,
    advice: string,
    run: (client: ZendeskClient, input: Checked, signal: AbortSignal) => Promise<Result>,
  ): (input: Input) => Promise<Result> {
    return async (input) => {
      let account = '';
      try {
        const checked = checkInput(input);
        account = checked.account;
        return await run(accounts.connect(account).client, checked, cancellationSignal());
      } catch (error) {
        const failure = toFailure(error, account);
        const tooLarge = failure instanceof ApplicationFailure && failure.type === ZendeskErrorType.RESPONSE_TOO_LARGE;
        throw tooLarge ? withAdvice(failure, advice) : failure;
      }
    };
  }

  return {
    listZendeskJobStatuses: activity(checkListJobStatuses, ADVICE.list, async (client, query, signal) => {
      const { jobStatuses, next } = await client.list(query, signal);
      return withinBudget(query.account, { jobStatuses, next });
    }),
    showZendeskJobStatus: activity(checkShowJobStatus, ADVICE.show, async (client, { account, jobId }, signal) =>
      withinBudget(account, await client.show(jobId, signal)),
    ),
    showManyZendeskJobStatuses: activity(checkShowManyJobStatuses, ADVICE.showMany, showMany),
  };
}

/**
 * Asks for 100 jobs at a time, so that job statuses that are too many for a result are not all read first. Where a response has an
 * element that cannot be read, each job that is not in it is asked for alone.
 */
async function showMany(
  client: ZendeskClient,
  { account, jobIds }: Required<ShowManyJobStatusesInput>,
  signal: AbortSignal,
): Promise<JobStatus[]> {
  const distinct = [...new Set(jobIds)];
  const found = new Map<string, JobStatus>();
  for (let at = 0; at < distinct.length; at += SHOW_MANY_LIMIT) {
    const asked = distinct.slice(at, at + SHOW_MANY_LIMIT);
    const { jobStatuses, unreadable } = await client.showMany(asked, signal);
    for (const jobStatus of jobStatuses) found.set(jobStatus.id, jobStatus);
    const absent = unreadable.length === 0 ? [] : asked.filter((jobId) => !found.has(jobId));
    for (const jobId of absent) {
      const jobStatus = await showOrNull(client, jobId, signal);
      if (jobStatus) found.set(jobId, jobStatus);
    }
    withinBudget(account, [...found.values()]);
  }
  return withinBudget(
    account,
    jobIds.flatMap((jobId) => found.get(jobId) ?? []),
  );
}

async function showOrNull(client: ZendeskClient, jobId: string, signal: AbortSignal): Promise<JobStatus | null> {
  try {
    return await client.show(jobId, signal);
  } catch (error) {
    if (error instanceof ZendeskJobNotFoundError) return null;
    throw error;
  }
}

function withinBudget<T>(account: string, result: T): T {
  const bytes = jsonBytes(result);
  if (bytes > BYTE_BUDGETS.jobStatuses) throw resultTooLarge(account, bytes, BYTE_BUDGETS.jobStatuses);
  return result;
}
