/** Checks the inputs of the activities that only read. Apart from those of the workflows, whose bundle is kept small. */
import { accountName, check, DEFAULT_ACCOUNT, fields, jobId, jobIds, wholeNumber, type Rule } from './inputs';
import type { ListJobStatusesInput, ShowJobStatusInput, ShowManyJobStatusesInput } from './types';

const cursor: Rule = (value) =>
  typeof value === 'string' && value.length > 0 && value.length <= 2000
    ? undefined
    : 'expected `next` of the page before';

const listRules = fields({ account: accountName, pageSize: wholeNumber(1, 100), cursor });
const showRules = fields({ account: accountName, jobId }, ['jobId']);
const showManyRules = fields({ account: accountName, jobIds }, ['jobIds']);

/** Throws `InputProblems`, as the next two do. */
export function checkListJobStatuses(input: ListJobStatusesInput = {}): ListJobStatusesInput & { account: string } {
  check('listZendeskJobStatuses', input, listRules);
  return withAccount(input);
}

export function checkShowJobStatus(input: ShowJobStatusInput): Required<ShowJobStatusInput> {
  check('showZendeskJobStatus', input, showRules);
  return withAccount(input);
}

export function checkShowManyJobStatuses(input: ShowManyJobStatusesInput): Required<ShowManyJobStatusesInput> {
  check('showManyZendeskJobStatuses', input, showManyRules);
  return withAccount(input);
}

function withAccount<T extends { account?: string }>(input: T): T & { account: string } {
  return { ...input, account: input.account ?? DEFAULT_ACCOUNT };
}
