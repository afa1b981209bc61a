/** Reads job statuses out of Zendesk's answers. Every function throws `UnexpectedShape`, which names the field. */
import { any, array, boolean, define, nullable, optional, record, string, type, union } from 'superstruct';
import { BYTE_BUDGETS, cutToBytes } from '../common/byte-budgets';
import type { JobStatus } from '../common/types';
import { checkShape, filledString, UnexpectedShape } from './shape';

const row = record(string(), any());
/** JSON can hold numbers that are infinite: 1e999. */
const count = define<number>('number', Number.isFinite);

// `type`, not `object`: what Zendesk adds tomorrow reaches the caller.
const jobStatusStruct = type({
  id: filledString,
  status: filledString,
  job_type: optional(nullable(string())),
  url: optional(nullable(string())),
  total: optional(nullable(count)),
  progress: optional(nullable(count)),
  message: optional(nullable(string())),
  results: optional(nullable(union([array(row), row]))),
});

const showStruct = type({ job_status: any() });
const showManyStruct = type({ job_statuses: array(any()) });
const listStruct = type({
  job_statuses: array(any()),
  meta: optional(nullable(type({ has_more: optional(boolean()), after_cursor: optional(nullable(string())) }))),
});

/** In bytes of UTF-8 JSON. Zendesk's own texts are far shorter. Every checkpoint records them in the history. */
const MAX_BYTES = { status: 100, job_type: 200, message: BYTE_BUDGETS.message };

const ABSENT = { url: null, total: null, progress: null, message: null, results: null };

/**
 * Accepts every shape that Zendesk has been seen to send: no `job_type`, null or missing counts, `results` an array, one
 * object or null. Missing fields become null, unknown ones are kept, long texts are cut. What is no job status is refused, as in
 * `job_status.progress: expected a number or null, got "12"`.
 */
export function parseJobStatus(value: unknown, path = 'job_status'): JobStatus {
  const { status, job_type, message, ...others } = checkShape(value, jobStatusStruct, path);
  return {
    ...ABSENT,
    ...others,
    status: cutToBytes(status, MAX_BYTES.status),
    ...(job_type !== undefined && { job_type: job_type && cutToBytes(job_type, MAX_BYTES.job_type) }),
    ...(message !== undefined && { message: message && cutToBytes(message, MAX_BYTES.message) }),
  };
}

/** `{job_status}`, beside which a start may answer with more: `ticket`, for one. */
export function parseStart(body: unknown): JobStatus {
  return parseJobStatus(checkShape(body, showStruct).job_status);
}

/** `{job_status}`, which must be the one asked for: the end of another job must not end this wait. */
export function parseShow(body: unknown, jobId: string): JobStatus {
  const jobStatus = parseStart(body);
  if (jobStatus.id !== jobId) throw UnexpectedShape.of('job_status.id', JSON.stringify(jobId), jobStatus.id);
  return jobStatus;
}

/** `{job_statuses}`, in Zendesk's order. */
export function parseShowMany(body: unknown): JobStatus[] {
  return parseAll(checkShape(body, showManyStruct).job_statuses);
}

/**
 * One page of `{job_statuses, meta}`. `next` is the cursor of the next page, null at the end. `links.next` is not used: it
 * is an address, and may point anywhere.
 * Source: https://developer.zendesk.com/api-reference/introduction/pagination/
 */
export function parseList(body: unknown): { jobStatuses: JobStatus[]; next: string | null } {
  const { job_statuses, meta } = checkShape(body, listStruct);
  const jobStatuses = parseAll(job_statuses);
  if (!meta?.has_more) return { jobStatuses, next: null };
  return { jobStatuses, next: checkShape(meta.after_cursor, filledString, 'meta.after_cursor') };
}

function parseAll(values: unknown[]): JobStatus[] {
  return values.map((value, i) => parseJobStatus(value, `job_statuses[${i}]`));
}
