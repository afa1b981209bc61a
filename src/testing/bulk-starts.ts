/** Starts of bulk jobs over HTTP: what is accepted, what is refused, and which job comes of it. */
import { badRequest, errorFor, tooManyValues, withRetryAfter } from './errors';
import { recordId, statusAt, type FakeJob } from './fake-job';
import { isObject, type Answer, type Received } from './http';
import type { FakeJobOptions, RecordFailure } from './job-options';
import type { KnownRecords } from './known-records';
import type { JobStore } from './job-store';
import { BULK_OPERATIONS, type BulkOperation } from './operations';
import type { FakeRecord } from './start-records';

const LIMIT = 100;
const USER_IMPORTS = ['users/create_many', 'users/create_or_update_many'];

/** A bulk job that was started over HTTP. */
export interface FakeStart {
  /** By the fake's clock. */
  at: number;
  jobId: string;
  /** The path under /api/v2, e.g. `tickets/create_many`, `tickets/{ticket_id}/merge`; or `tickets/create_async`. */
  operation: string;
  /** The records sent; for `?ids=`, one for each id with the change that was asked for. */
  records: FakeRecord[];
}

export interface BulkStartOptions {
  /** Most jobs that may be queued or at work at once. */
  jobLimit: number;
  /** How a start over that limit is refused. */
  tooManyJobs: { status: number; retryAfter?: number | string };
  bulkUserImport: boolean;
  jobDefaults: FakeJobOptions;
  onRecord: (record: FakeRecord, index: number) => Omit<RecordFailure, 'index'> | undefined;
}

/** An operation, and what the braces of its path stand for in a request. */
export interface FoundOperation {
  operation: BulkOperation;
  params: Record<string, string>;
}

const ROUTES = BULK_OPERATIONS.map((operation) => ({ operation, pattern: patternOf(operation) }));

export function findBulkOperation({ method, url }: Received): FoundOperation | undefined {
  const path = url.pathname.replace(/\.json$/, '');
  for (const { operation, pattern } of ROUTES) {
    if (operation.method !== method) continue;
    if (operation.flag !== undefined && url.searchParams.get(operation.flag) !== 'true') continue;
    const match = pattern.exec(path);
    if (match) return { operation, params: { ...match.groups } };
  }
  return undefined;
}

/** Ids in a path are numbers, so that `destroy_many` is none. */
function patternOf({ path, operation }: BulkOperation): RegExp {
  const pattern = (path ?? operation).replace(/\{(\w+)\}/g, (_, name: string) =>
    name.endsWith('_id') ? `(?<${name}>\\d+)` : `(?<${name}>[^/]+)`,
  );
  return new RegExp(`^/api/v2/${pattern}$`);
}

/** Starts the job and answers with its status; or refuses, and then nothing is queued. */
export function startBulkJob(
  { operation, params }: FoundOperation,
  received: Received,
  jobs: JobStore,
  known: KnownRecords,
  options: BulkStartOptions,
): { answer: Answer; started?: Omit<FakeStart, 'at'> } {
  const { url } = received;
  const body = isObject(received.body) ? received.body : {};
  if (!options.bulkUserImport && USER_IMPORTS.includes(operation.operation)) return { answer: errorFor(403) };
  const records = operation.records({ params, query: url.searchParams, body });
  if (typeof records === 'string') return { answer: badRequest(`${operation.operation}: ${records}.`) };
  if (records.length > LIMIT) return { answer: tooManyRecords(operation) };
  const unfinished = jobs.unfinished();
  if (unfinished.length >= options.jobLimit) {
    return { answer: tooManyJobs(operation, unfinished, options.tooManyJobs) };
  }
  const failures = failuresOf(records, options.onRecord);
  const job = jobs.add({
    jobType: jobTypeOf(operation, body),
    ...options.jobDefaults,
    ...(failures.length > 0 || options.jobDefaults.failures === undefined ? { failures } : {}),
    operation: operation.operation,
    records,
    total: options.jobDefaults.total === null ? null : records.length,
  });
  known.apply(job, params, received);
  return {
    answer: { status: operation.status ?? 200, body: startBody(job, url.origin) },
    started: { jobId: job.id, operation: operation.operation, records },
  };
}

function startBody(job: FakeJob, origin: string): Record<string, unknown> {
  const { answered } = job.operation;
  return {
    ...(answered === undefined ? {} : { [answered]: { id: recordId(job, 0) } }),
    // Queued, however soon it begins: so in every start that was recorded.
    job_status: statusAt(job, -Infinity, origin),
  };
}

/** The action of a job shows in its type. */
function jobTypeOf({ jobType }: BulkOperation, { job }: Record<string, unknown>): string | null {
  const action = isObject(job) ? String(job.action) : '';
  return jobType?.replace('{action}', action) ?? null;
}

function failuresOf(records: FakeRecord[], onRecord: BulkStartOptions['onRecord']): RecordFailure[] {
  return records.flatMap((record, index) => {
    const failure = onRecord(record, index);
    return failure ? [{ index, ...failure }] : [];
  });
}

/** Both forms are recorded; the empty parameter name is Zendesk's. */
function tooManyRecords({ operation }: BulkOperation): Answer {
  return USER_IMPORTS.includes(operation)
    ? tooManyValues(`Maximum ${LIMIT} users may be created per call`)
    : tooManyValues(`Parameter  cannot specify more than ${LIMIT} values`, LIMIT);
}

/** The body is documented, the status code is not. Zendesk names the class of the job. */
function tooManyJobs(
  operation: BulkOperation,
  unfinished: string[],
  { status, retryAfter }: BulkStartOptions['tooManyJobs'],
): Answer {
  const jobClass = `${operation.failure.replace(/(Create|Update|Delete|Merge)Failed$/, 'Bulk$1')}JobV2`;
  const description = `Too many ${jobClass} jobs are currently queued or running. Try again later.`;
  const body = { error: 'TooManyJobs', description, current_job_ids: unfinished };
  return withRetryAfter({ status, body }, retryAfter);
}
