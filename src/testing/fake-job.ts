/** A job as a pure function of the time: what Zendesk would say of it at any moment. */
import { randomBytes } from 'node:crypto';
import type { JobResultRow, JobStatus } from '../common/types';
import { checkFakeJobOptions, type FakeJobOptions, type RecordFailure } from './job-options';
import { jobShapes, type ProgressCurve } from './job-shapes';
import { bulkOperation, type BulkOperation, type Row } from './operations';
import type { FakeRecord } from './start-records';

/** Room for the ids of the records that one job makes. */
const IDS_A_JOB = 1_000_000;

export interface FakeJob {
  readonly id: string;
  readonly operation: BulkOperation;
  readonly jobType: string | null;
  readonly total: number | null;
  readonly records: FakeRecord[];
  /** Ids of the records that were there before the job, by position. */
  readonly existing: Map<number, unknown>;
  readonly createdAt: number;
  readonly visibleAt: number;
  readonly onlyInList: boolean;
  readonly duration: number;
  readonly curve: ProgressCurve;
  readonly failures: RecordFailure[];
  readonly statusWhileRunning: string;
  /** Undefined where the rows come of the operation. */
  readonly results: unknown;
  /** 1 for the first job of this fake, 2 for the next. */
  readonly sequence: number;
  readonly workingAt: number;
  /** Infinity for a job that never ends. */
  endsAt: number;
  endsAs: string;
}

/** Throws superstruct's error on an option that is unknown or wrong, a `RangeError` on a failure past the last record. */
export function createFakeJob(options: FakeJobOptions, now: number, sequence: number): FakeJob {
  checkFakeJobOptions(options);
  const operation = bulkOperation(options.operation ?? 'tickets/create_many');
  const count = options.total ?? options.records?.length ?? 10;
  const failures = failureList(options.failures ?? 0, count);
  const createdAt = options.createdAt ?? now;
  const workingAt = createdAt + (options.queuedFor ?? 1000);
  const duration = options.duration ?? 5000;
  const shape = options.shape ?? 'linear';
  const endsAs = options.endsAs ?? (count > 0 && failures.length === count ? 'failed' : 'completed');
  return {
    id: options.id ?? `V3-${randomBytes(16).toString('hex')}`,
    operation,
    jobType:
      options.jobType === undefined ? (operation.jobType?.replace('{action}', 'update') ?? null) : options.jobType,
    total: options.total === null || shape === 'no-total' || operation.row === null ? null : count,
    records: options.records ?? [],
    existing: new Map(options.records?.flatMap(({ id }, index) => (id === undefined ? [] : [[index, id]]))),
    createdAt,
    visibleAt: createdAt + (options.invisibleFor ?? 0),
    onlyInList: options.onlyInList ?? false,
    duration,
    curve: typeof shape === 'function' ? shape : jobShapes[shape],
    failures,
    statusWhileRunning: options.statusWhileRunning ?? 'working',
    results: options.results,
    sequence,
    workingAt,
    endsAt: endsAs === 'never' ? Infinity : workingAt + duration,
    endsAs,
  };
}

/** The job status as Zendesk gives it at that time. Before all time, as in the answer to its start, it is queued. */
export function statusAt(job: FakeJob, now: number, origin: string): JobStatus {
  return {
    id: job.id,
    ...(job.jobType === null ? {} : { job_type: job.jobType }),
    url: `${origin}/api/v2/job_statuses/${job.id}.json`,
    total: job.total,
    ...stateAt(job, now),
  };
}

export function hasEnded(job: FakeJob, now: number): boolean {
  return now >= job.endsAt;
}

function stateAt(job: FakeJob, now: number): Pick<JobStatus, 'progress' | 'status' | 'message' | 'results'> {
  if (hasEnded(job, now)) {
    return {
      progress: finalProgress(job),
      status: job.endsAs,
      message: `${job.endsAs.charAt(0).toUpperCase()}${job.endsAs.slice(1)} at ${timestamp(job.endsAt)}`,
      results: job.results === undefined ? finalResults(job) : (job.results as JobStatus['results']),
    };
  }
  if (now < job.workingAt) return { progress: null, status: 'queued', message: null, results: null };
  const progress = progressAt(job, now);
  const message = progress === null ? job.operation.doing : `${job.operation.doing} #${progress}`;
  return { progress, status: job.statusWhileRunning, message, results: null };
}

/** Counts records attempted, from 1 as in the recordings. */
function progressAt(job: FakeJob, now: number): number | null {
  if (job.total === null || now < job.workingAt) return null;
  const fraction = job.duration === 0 ? 1 : Math.min(1, (now - job.workingAt) / job.duration);
  return Math.min(job.total, Math.max(1, Math.floor(job.curve(fraction) * job.total)));
}

function finalProgress(job: FakeJob): number | null {
  if (job.total === null) return null;
  if (job.endsAs === 'failed') return 0;
  return job.endsAs === 'completed' ? job.total : progressAt(job, job.endsAt);
}

function finalResults(job: FakeJob): JobStatus['results'] {
  if (job.endsAs === 'killed') return null;
  const { row } = job.operation;
  const allFail = job.endsAs === 'failed' && job.failures.length === 0;
  if (job.total === null || row === null) return { success: !allFail && job.failures.length === 0 };
  const failures = allFail ? failureList(job.total, job.total) : job.failures;
  const failureAt = new Map(failures.map((failure) => [failure.index, failure]));
  return Array.from({ length: job.total }, (_, index) => resultRow(job, row, index, failureAt.get(index)));
}

function resultRow(job: FakeJob, row: Row, index: number, failure: RecordFailure | undefined): JobResultRow {
  const record = job.records[index] ?? {};
  if (failure) {
    return {
      index,
      error: failure.error ?? job.operation.failure,
      ...(record.id === undefined ? {} : { id: record.id as number }),
      details: failure.details ?? 'Description: cannot be blank',
    };
  }
  return row({ index, id: recordId(job, index), record, exists: job.existing.has(index) });
}

/** New ids do not ascend with the index, as in the recordings: neighbours are swapped. */
export function recordId(job: FakeJob, index: number): unknown {
  const number = job.sequence * IDS_A_JOB + (index ^ 1);
  return job.existing.get(index) ?? job.operation.newId?.(number) ?? number;
}

function failureList(failures: RecordFailure[] | number, total: number): RecordFailure[] {
  if (typeof failures === 'number') {
    const count = Math.min(failures, total);
    return Array.from({ length: count }, (_, position) => ({ index: Math.floor((position * total) / count) }));
  }
  const outside = failures.find(({ index }) => index >= total);
  if (outside) throw new RangeError(`failures: there is no record ${outside.index}, the job has ${total}`);
  return failures;
}

/** `2024-02-08 09:10:11 +0000`, as in Zendesk's messages. */
function timestamp(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ')} +0000`;
}
