/**
 * Makes a workflow findable by what it waits for, where its input asks for that. Each upsert is an action, so there are two: one when
 * the jobs are known, one when they have ended. docs/observability.md says how to create the attributes: where the namespace
 * does not have them, the workflow's task fails until it has.
 */
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { upsertSearchAttributes } from '@temporalio/workflow';
import type { WaitedJob } from './waited-job';

const ACCOUNT = defineSearchAttributeKey('ZendeskAccount', SearchAttributeType.KEYWORD);
const JOB_ID = defineSearchAttributeKey('ZendeskJobId', SearchAttributeType.KEYWORD_LIST);
const JOB_STATUS = defineSearchAttributeKey('ZendeskJobStatus', SearchAttributeType.KEYWORD);

/** Of one attribute Temporal takes 2,048 bytes (`limit.searchAttributesSizeOfValue`), and fails the workflow for more. */
const MOST_BYTES = 2_000;

export interface Findable {
  account: string;
  searchAttributes: boolean;
}

/** `jobIds` as many as there is room for; none for a bulk run, whose jobs come and go. */
export function findableWhileRunning({ account, searchAttributes }: Findable, jobIds: string[] = []): void {
  if (!searchAttributes) return;
  const ids = fitting(jobIds);
  upsertSearchAttributes([
    { key: ACCOUNT, value: account },
    { key: JOB_STATUS, value: 'running' },
    ...(ids.length > 0 ? [{ key: JOB_ID, value: ids }] : []),
  ]);
}

/** `completed` once all jobs have, else how the worst of them ended. */
export function findableByEnd({ searchAttributes }: Findable, jobs: WaitedJob[] = []): void {
  if (searchAttributes) upsertSearchAttributes([{ key: JOB_STATUS, value: worstEnd(jobs) }]);
}

const FROM_WORST = ['lost', 'unreadable', 'timed_out', 'killed', 'failed'];

function worstEnd(jobs: WaitedJob[]): string {
  const ends = jobs.map(({ end, outcome }) => outcome?.status ?? end);
  return FROM_WORST.find((end) => ends.includes(end as (typeof ends)[number])) ?? 'completed';
}

/** Ids are ASCII. */
function fitting(jobIds: string[]): string[] {
  let bytes = 2; // the brackets
  const end = jobIds.findIndex((jobId) => (bytes += jobId.length + 3) > MOST_BYTES); // and quotes and a comma
  return end < 0 ? jobIds : jobIds.slice(0, end);
}
