/**
 * Reads job statuses out of Zendesk's responses, element by element: one that cannot be read spoils no other. Only without its id or its
 * status a job is unreadable: `UnexpectedShape` names the field.
 */
import { any, array, boolean, nullable, optional, string, type } from 'superstruct';
import { BYTE_BUDGETS, cutToBytes } from '../common/byte-budgets';
import { jobIdProblem } from '../common/job-id';
import type { JobResultRow, JobStatus } from '../common/types';
import { isKnownStatus } from './outcome';
import { checkShape, filledString, UnexpectedShape } from './shape';
import { cut } from './text';

/** Something in a response that cannot be read. */
export interface OddElement {
  /** The job that it belongs to; null where it does not say so. */
  jobId: string | null;
  /** Quotes the first 60 characters, as in `total: expected a number or null, got "many"`. Not redacted. */
  problem: string;
}

export type NoteOdd = (odd: OddElement) => void;

const ignore: NoteOdd = () => {};

/** The jobs of a response that has several. */
export interface ReadJobs {
  jobStatuses: JobStatus[];
  /** One for each job that cannot be read: its id, null where that cannot be read either. */
  unreadable: (string | null)[];
}

const showStruct = type({ job_status: any() });
const showManyStruct = type({ job_statuses: array(any()) });
const listStruct = type({
  job_statuses: array(any()),
  meta: optional(nullable(type({ has_more: optional(boolean()), after_cursor: optional(nullable(string())) }))),
});

/** In bytes of UTF-8 JSON. Zendesk's own texts are far shorter. Every checkpoint records them in the history. */
const MAX_BYTES = { status: 100, job_type: 200, message: BYTE_BUDGETS.message };

type Fields = Record<string, unknown>;

/**
 * Accepts every shape that Zendesk has been seen to send: no `job_type`, null or missing counts, `results` an array, one object or
 * null. Missing fields become null, unknown ones are kept, long texts are cut. A known status is read in any case: `Completed`. What
 * else cannot be read becomes null and is noted: a row keeps its place so.
 */
export function parseJobStatus(value: unknown, note = ignore, path = 'job_status', askedId?: string): JobStatus {
  if (!isObject(value)) throw UnexpectedShape.of(path, 'an object', value);
  const id = idOf(value, path) ?? askedId;
  if (id === undefined) throw UnexpectedShape.of(`${path}.id`, 'a string that is not empty', value.id);
  const status = statusOf(value);
  if (status === undefined) throw UnexpectedShape.of(`${path}.status`, 'a string that is not empty', value.status);
  const odd = (field: string, expected: string) =>
    void note({ jobId: id, problem: UnexpectedShape.of(field, expected, value[field]).message });
  return {
    ...value,
    id,
    status,
    ...(value.job_type !== undefined && { job_type: textIn(value, 'job_type', MAX_BYTES.job_type, odd) }),
    url: textIn(value, 'url', Infinity, odd),
    total: countIn(value, 'total', odd),
    progress: countIn(value, 'progress', odd),
    message: textIn(value, 'message', MAX_BYTES.message, odd),
    results: resultsIn(value, id, note),
  };
}

/** `{job_status}` of a job that was started: its id, whatever else the response says. */
export function parseStart(body: unknown): string {
  const { job_status: started } = checkShape(body, showStruct);
  if (!isObject(started)) throw UnexpectedShape.of('job_status', 'an object', started);
  const id = idOf(started, 'job_status');
  if (id !== undefined) return id;
  throw UnexpectedShape.of('job_status.id', 'a string that is not empty', started.id);
}

/** `{job_status}`, which must be the one asked for: the end of another job must not end this wait. */
export function parseShow(body: unknown, jobId: string, note = ignore): JobStatus {
  const jobStatus = parseJobStatus(checkShape(body, showStruct).job_status, note, 'job_status', jobId);
  if (jobStatus.id !== jobId) throw UnexpectedShape.of('job_status.id', JSON.stringify(jobId), jobStatus.id);
  return jobStatus;
}

/** `{job_statuses}`, in Zendesk's order. */
export function parseShowMany(body: unknown, note = ignore): ReadJobs {
  return parseAll(checkShape(body, showManyStruct).job_statuses, note);
}

/** One page of a list of jobs. `next` is the cursor of the next page, null at the end. */
export interface JobPage extends ReadJobs {
  next: string | null;
}

/**
 * `{job_statuses, meta}`. `links.next` is not used: it is an address, and may point anywhere.
 * Source: https://developer.zendesk.com/api-reference/introduction/pagination/
 */
export function parseList(body: unknown, note = ignore): JobPage {
  const { job_statuses, meta } = checkShape(body, listStruct);
  const jobs = parseAll(job_statuses, note);
  if (!meta?.has_more) return { ...jobs, next: null };
  return { ...jobs, next: checkShape(meta.after_cursor, filledString, 'meta.after_cursor') };
}

function parseAll(values: unknown[], note: NoteOdd): ReadJobs {
  const read: ReadJobs = { jobStatuses: [], unreadable: [] };
  for (const value of values) {
    try {
      read.jobStatuses.push(parseJobStatus(value, note, 'job_statuses[]'));
    } catch (error) {
      if (!(error instanceof UnexpectedShape)) throw error;
      const jobId = readableIdOf(value);
      note({ jobId, problem: error.message });
      read.unreadable.push(jobId);
    }
  }
  return read;
}

/**
 * Undefined where there is none. Throws `UnexpectedShape` for one that no request can be made with: it would fail the requests of all
 * other jobs that are read together with it.
 */
function idOf({ id }: Fields, path: string): string | undefined {
  if (typeof id !== 'number' && (typeof id !== 'string' || id === '')) return undefined;
  if (jobIdProblem(String(id)) !== undefined) throw UnexpectedShape.of(`${path}.id`, 'a job id', id);
  return String(id);
}

function readableIdOf(value: unknown): string | null {
  if (!isObject(value)) return null;
  try {
    return idOf(value, '') ?? null;
  } catch {
    return null;
  }
}

function statusOf({ status }: Fields): string | undefined {
  if (typeof status !== 'string' || status === '') return undefined;
  const known = status.trim().toLowerCase();
  return isKnownStatus(known) ? known : cutToBytes(status, MAX_BYTES.status);
}

type Odd = (field: string, expected: string) => void;

function textIn(fields: Fields, field: string, maxBytes: number, odd: Odd): string | null {
  const value = fields[field] ?? null;
  if (typeof value === 'string') return cutToBytes(value, maxBytes);
  if (value !== null) odd(field, 'a string or null');
  return null;
}

/** Digits in quotes are read as well. */
function countIn(fields: Fields, field: string, odd: Odd): number | null {
  const value = fields[field] ?? null;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value === 'string' && /^\d{1,15}$/.test(value)) return Number(value);
  if (value !== null) odd(field, 'a number or null');
  return null;
}

function resultsIn({ results = null }: Fields, jobId: string, note = ignore): JobStatus['results'] {
  if (results === null || isObject(results)) return results as JobResultRow | null;
  if (!Array.isArray(results)) {
    note({ jobId, problem: UnexpectedShape.of('results', 'an array, an object or null', results).message });
    return null;
  }
  const rows = results.map((row) => (isObject(row) ? (row as JobResultRow) : null));
  const first = rows.indexOf(null);
  if (first >= 0) {
    const count = rows.filter((row) => row === null).length;
    const quoted = cut(JSON.stringify(results[first]), 60);
    note({ jobId, problem: `results: ${count} of ${rows.length} rows are not objects, such as [${first}]: ${quoted}` });
  }
  return rows;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
