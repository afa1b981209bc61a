/**
 * How far a wait is, without asking it: between two polls the server keeps the last poll's failure, which says what that
 * poll saw. Describing a workflow costs no action in Temporal Cloud and no workflow task; its `progress` query costs both.
 */
import type { WorkflowExecutionDescription } from '@temporalio/client';
import { ApplicationFailure, type LoadedDataConverter } from '@temporalio/common';
import { decodeOptionalFailureToOptionalError } from '@temporalio/common/lib/internal-non-workflow';
import { describeSummary, type PollSummary } from '../activities/poll-report';
import { ZendeskErrorType } from '../common/error-types';
import type { RunZendeskBulkInput, ZendeskBulkProgress } from '../common/bulk-types';
import type { ZendeskJobProgress, ZendeskJobsProgress, ZendeskRunProgress } from '../common/types';
import { bulkProgressOf } from './bulk-view';
import type { Temporal } from './connection';
import { inputOf } from './workflow-input';
import type { WaitProgress } from './wait-progress';

/** How long a worker may take to answer a query. */
const QUERY_TIMEOUT = 3_000;
/** A bulk run has no single poll to tell of it, and each query costs an action. */
const ASK_EVERY = 5_000;
const MAX_JOBS = 30;

/**
 * Reads the progress of one workflow again and again. After a checkpoint the next poll has said nothing yet: then the workflow
 * itself is asked, once a poll.
 */
export function progressReader({ client, namespace }: Pick<Temporal, 'client' | 'namespace'>) {
  let maxJobs: number | undefined;
  const asked = new Set<string>();
  let askedAt = 0;
  const ask = async <Answer>({ workflowId }: WorkflowExecutionDescription): Promise<Answer | undefined> => {
    const handle = client.workflow.getHandle(workflowId);
    const query = () => handle.query<Answer>('progress');
    // No worker to answer: the next look says more.
    return await client.withDeadline(Date.now() + QUERY_TIMEOUT, query).catch(() => undefined);
  };
  return async (description: WorkflowExecutionDescription): Promise<WaitProgress | undefined> => {
    if (description.type === 'runZendeskBulk') {
      if (Date.now() - askedAt < ASK_EVERY) return undefined;
      askedAt = Date.now();
      const answer = await ask<ZendeskBulkProgress>(description);
      const failure = await failureOfBulk(description, client.options.loadedDataConverter);
      maxJobs ??= await maxJobsOf({ client, namespace }, description);
      if (answer) return bulkProgressOf(answer, { now: Date.now(), maxJobs, failure });
      return failure === undefined ? undefined : { text: failure, progress: null, total: null };
    }
    const progress = await progressOf(description, client.options.loadedDataConverter);
    const silent = description.raw.pendingActivities?.find(({ lastFailure }) => !lastFailure)?.activityId;
    if (progress || !silent || asked.has(silent)) return progress;
    asked.add(silent);
    const answer = await ask<WorkflowProgress>(description);
    return answer && answer.checkedAt !== null ? fromQuery(answer) : undefined;
  };
}

/** Zendesk's own limit where the input cannot be read. */
async function maxJobsOf(temporal: Pick<Temporal, 'client' | 'namespace'>, description: WorkflowExecutionDescription) {
  const input = await inputOf<Partial<RunZendeskBulkInput>>(temporal, description).catch(() => undefined);
  return input?.maxJobs ?? MAX_JOBS;
}

/** Why the first activity of a bulk run that failed is tried again. Polls that found their job running did not fail. */
async function failureOfBulk(
  { raw }: WorkflowExecutionDescription,
  converter: LoadedDataConverter,
): Promise<string | undefined> {
  for (const { activityType, lastFailure } of raw.pendingActivities ?? []) {
    const failure = await decodeOptionalFailureToOptionalError(converter, lastFailure);
    if (failure && !summaryIn(failure)) return `${activityType?.name}: ${failure.message}; Temporal tries again`;
  }
  return undefined;
}

type WorkflowProgress = ZendeskJobProgress | ZendeskRunProgress | ZendeskJobsProgress;

function fromQuery(answer: WorkflowProgress): WaitProgress {
  const { status, progress, total } = answer;
  const ended = 'finished' in answer ? answer.finished : 0;
  const jobs = 'jobIds' in answer ? answer.jobIds.length : 1;
  return { text: describeSummary({ status, progress, total, ended, jobs }), progress, total };
}

/** What the last attempt of every pending activity said; undefined while one of them has said nothing. */
async function progressOf(
  { raw }: WorkflowExecutionDescription,
  converter: LoadedDataConverter,
): Promise<WaitProgress | undefined> {
  const pending = raw.pendingActivities ?? [];
  const failures = await Promise.all(
    pending.map(({ lastFailure }) => decodeOptionalFailureToOptionalError(converter, lastFailure)),
  );
  const progress = progressFrom(failures);
  const stage = STAGES[pending[0]?.activityType?.name ?? ''];
  return progress && stage ? { ...progress, text: `${stage}: ${progress.text}` } : progress;
}

/** What a run does before there is a job to poll, by activity. */
const STAGES: Record<string, string> = {
  startZendeskJob: 'starting',
  snapshotZendeskJobs: 'before the start, reading the list of jobs',
  findStartedZendeskJobs: 'the start is uncertain, looking for its job',
};

/** One failure for each group of up to 100 jobs. */
export function progressFrom(failures: (Error | undefined)[]): WaitProgress | undefined {
  if (failures.length === 0 || failures.some((failure) => failure === undefined)) return undefined;
  const trouble = failures.find((failure) => summaryIn(failure) === undefined);
  if (trouble) return { text: `${trouble.message}; Temporal tries again`, progress: null, total: null };

  const summaries = failures.map((failure) => summaryIn(failure)!);
  const summary = summaries.length === 1 ? summaries[0]! : together(summaries);
  return { text: describeSummary(summary), progress: summary.progress, total: summary.total };
}

function summaryIn(failure: Error | undefined): PollSummary | undefined {
  const pending = failure instanceof ApplicationFailure && failure.type === ZendeskErrorType.JOB_PENDING;
  return pending ? (failure.details?.[0] as PollSummary | undefined) : undefined;
}

function together(summaries: PollSummary[]): PollSummary {
  return {
    status: summaries.every(({ status }) => status === 'queued') ? 'queued' : 'working',
    progress: sum(summaries.map(({ progress }) => progress)),
    total: sum(summaries.map(({ total }) => total)),
    ended: sum(summaries.map(({ ended }) => ended)) ?? 0,
    jobs: sum(summaries.map(({ jobs }) => jobs)) ?? 0,
  };
}

function sum(values: (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
}
