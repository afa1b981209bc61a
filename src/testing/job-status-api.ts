/** The three operations that read job statuses. */
import { invalidEndpoint, invalidPagination, badRequest, recordNotFound, tooManyValues } from './errors';
import type { Answer, Received } from './http';
import { comparePositions, type JobStore, type ListPosition } from './job-store';

const PATH = '/api/v2/job_statuses';
const LIMIT = 100;

export function answerJobStatuses(jobs: JobStore, { method, url }: Received): Answer {
  const path = url.pathname.replace(/\.json$/, '');
  if (method !== 'GET') return invalidEndpoint;
  if (path === PATH) return list(jobs, url);
  if (path === `${PATH}/show_many`) return showMany(jobs, url);
  const id = path.slice(PATH.length + 1);
  const job = jobs.find(id);
  return job ? { status: 200, body: { job_status: jobs.statusOf(job, url.origin) } } : recordNotFound;
}

/** Ids that are unknown are left out, and the order is not that of the request. Neither is documented. */
function showMany(jobs: JobStore, url: URL): Answer {
  const ids = (url.searchParams.get('ids') ?? '').split(',').filter((id) => id !== '');
  if (ids.length === 0) return badRequest('You passed an invalid value for the ids attribute.');
  if (ids.length > LIMIT) return tooManyValues(`Parameter ids cannot specify more than ${LIMIT} values`, LIMIT);
  const found = [...new Set(ids)].map((id) => jobs.find(id)).filter((job) => job !== undefined);
  return { status: 200, body: { job_statuses: found.reverse().map((job) => jobs.statusOf(job, url.origin)) } };
}

function list(jobs: JobStore, url: URL): Answer {
  const size = Number(url.searchParams.get('page[size]') ?? LIMIT);
  if (!Number.isInteger(size) || size < 1 || size > LIMIT) {
    return invalidPagination(`page[size] must be a number from 1 to ${LIMIT}`);
  }
  if (url.searchParams.has('page[before]')) return invalidPagination('page[before] is not played by this fake');
  const after = url.searchParams.get('page[after]');
  const position = after === null ? undefined : readCursor(after);
  if (position === null) return invalidPagination('page[after] is not a valid cursor');

  const rest = jobs.list().filter((job) => !position || comparePositions(position, jobs.positionOf(job)) < 0);
  const page = rest.slice(0, size);
  const last = page.at(-1);
  const next = last && writeCursor(jobs.positionOf(last));
  const hasMore = rest.length > page.length;
  return {
    status: 200,
    body: {
      job_statuses: page.map((job) => jobs.statusOf(job, url.origin)),
      // The cursor is there even after the last page: only has_more tells the end.
      meta: { has_more: hasMore, after_cursor: next ?? null, before_cursor: null },
      links: { prev: null, next: next && hasMore ? nextLink(url, size, next) : null },
    },
  };
}

/** A cursor holds a position, not an offset: new jobs in front shift no page. */
function writeCursor({ endedAt, createdAt, sequence }: ListPosition): string {
  return Buffer.from(`${endedAt} ${createdAt} ${sequence}`).toString('base64url');
}

function readCursor(cursor: string): ListPosition | null {
  const numbers = Buffer.from(cursor, 'base64url').toString('utf8').split(' ').map(Number);
  const [endedAt, createdAt, sequence] = numbers;
  if (endedAt === undefined || createdAt === undefined || sequence === undefined) return null;
  return numbers.some(Number.isNaN) ? null : { endedAt, createdAt, sequence };
}

function nextLink(url: URL, size: number, cursor: string): string {
  return `${url.origin}${url.pathname}?page%5Bafter%5D=${cursor}&page%5Bsize%5D=${size}`;
}
