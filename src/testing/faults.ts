/** What can go wrong with an answer, and which requests it happens to. */
import {
  assert,
  boolean,
  enums,
  func,
  integer,
  instance,
  min,
  number,
  object,
  optional,
  string,
  union,
  any,
} from 'superstruct';
import { errorFor, proxyPage, recordNotFound, withRetryAfter } from './errors';
import { isObject, type Answer, type FakeRequest } from './http';

/**
 * Another answer than the right one:
 * - `rate-limit`: 429. - `unavailable`: 503. - `not-found`: 404 `RecordNotFound`.
 * - `status`: any `status` (default 500), with Zendesk's body for it, or with `body`.
 * - `html`: a page where JSON belongs (`status` default 200). - `empty-object`: `{}` with 200.
 * - `redirect`: to `location` (`status` default 302).
 * - `challenge`: the page by which a proxy in front of Zendesk refuses a client (`status` default 403), without Zendesk's headers.
 * - `huge`: JSON of `size` bytes, without a Content-Length.
 *
 * The right answer, with more:
 * - `padded`: with a field of `size` bytes (default 3,000,000) in the body and in each object of it.
 *
 * The right answer, badly delivered:
 * - `slow`: after `delay`. - `drip`: the headers at once, the body in ten pieces over `delay`.
 * - `truncated`: half of the body, then the connection is cut. - `gzip`: compressed; no fault at all to a good client.
 *
 * No answer: - `reset`: the connection is reset. - `hang`: nothing comes, until the client or the fake gives up.
 */
const KINDS = [
  'rate-limit',
  'unavailable',
  'not-found',
  'status',
  'html',
  'empty-object',
  'redirect',
  'challenge',
  'huge',
  'padded',
  'slow',
  'drip',
  'truncated',
  'gzip',
  'reset',
  'hang',
] as const;

export type FaultKind = (typeof KINDS)[number];

export interface FaultOptions {
  kind: FaultKind;
  /** Of `status`, `html`, `challenge`, `redirect`, `rate-limit`, `unavailable`. */
  status?: number;
  /** The Retry-After header, sent as given: seconds, an HTTP date, nonsense. Default: no such header. */
  retryAfter?: number | string;
  /** In place of the body of `status`, `rate-limit`, `unavailable`, `html`. A string is sent as it is, else JSON. */
  body?: unknown;
  /** Milliseconds before anything is sent (or cut), of any kind. Default 0; `slow` and `drip`: 1,000. */
  delay?: number;
  /** Where a `redirect` points. Default `https://elsewhere.invalid/`. */
  location?: string;
  /** Bytes of a `huge` body, default 64 MiB, or of the field that makes a body `padded`. */
  size?: number;
  /** How many requests it happens to. Default 1; Infinity until it is removed. */
  times?: number;
  /** The request is carried out all the same: a job is started, and its answer lost. Default false. */
  takesEffect?: boolean;
  /**
   * The requests it happens to. Default: all under /api/v2/; `{}` stands for all, those for tokens too. A string is looked for
   * anywhere in the path with its query, or in the JSON of the body: so one record can spoil every call that has it.
   */
  match?: { method?: string; path?: RegExp | string; body?: string } | ((request: FakeRequest) => boolean);
}

const faultOptions = object({
  kind: enums(KINDS),
  status: optional(integer()),
  retryAfter: optional(union([number(), string()])),
  body: any(),
  delay: optional(min(number(), 0)),
  location: optional(string()),
  size: optional(min(integer(), 1)),
  times: optional(min(number(), 1)),
  takesEffect: optional(boolean()),
  match: optional(
    union([
      object({
        method: optional(string()),
        path: optional(union([instance(RegExp), string()])),
        body: optional(string()),
      }),
      func(),
    ]),
  ),
});

/** Throws superstruct's error on an option that is unknown or wrong. */
export function checkFault(fault: FaultOptions): void {
  assert(fault, faultOptions);
}

/** The faults that wait for a request, first come first served. */
export class Faults {
  #waiting: { fault: FaultOptions; left: number }[] = [];

  /** Throws superstruct's error on an option that is unknown or wrong. */
  add(fault: FaultOptions): { remove(): void } {
    checkFault(fault);
    const entry = { fault, left: fault.times ?? 1 };
    this.#waiting.push(entry);
    return { remove: () => this.#remove(entry) };
  }

  clear(): void {
    this.#waiting = [];
  }

  /** The fault that happens to this request, used up by one. */
  take(request: FakeRequest): FaultOptions | undefined {
    const entry = this.#waiting.find(({ fault }) => matches(fault.match, request));
    if (!entry) return undefined;
    entry.left -= 1;
    if (entry.left < 1) this.#remove(entry);
    return entry.fault;
  }

  #remove(entry: { fault: FaultOptions }): void {
    this.#waiting = this.#waiting.filter((other) => other !== entry);
  }
}

/** The answer that a fault puts in place of the right one, or nothing where it spoils only the delivery. */
export function faultAnswer(fault: FaultOptions): Answer | undefined {
  switch (fault.kind) {
    case 'rate-limit':
      return errorAnswer(fault, 429);
    case 'unavailable':
      return errorAnswer(fault, 503);
    case 'status':
      return errorAnswer(fault, 500);
    case 'not-found':
      return recordNotFound;
    case 'html':
      return htmlAnswer(fault);
    case 'challenge':
      return challengeAnswer(fault);
    case 'redirect': {
      const location = fault.location ?? 'https://elsewhere.invalid/';
      return { status: fault.status ?? 302, headers: { location }, body: '' };
    }
    case 'empty-object':
    case 'huge': // its body is made while it is sent
    case 'reset':
    case 'hang':
      return { status: 200, body: {} };
    default:
      return undefined;
  }
}

/** What a fault adds to the right answer. */
export function withPadding(answer: Answer, fault: FaultOptions | undefined): Answer {
  if (fault?.kind !== 'padded' || !isObject(answer.body)) return answer;
  const padding = 'x'.repeat(fault.size ?? 3_000_000);
  const inner = Object.entries(answer.body).map(([field, value]) => [
    field,
    isObject(value) ? { ...value, padding } : value,
  ]);
  return { ...answer, body: { ...Object.fromEntries(inner), padding } };
}

function errorAnswer(fault: FaultOptions, defaultStatus: number): Answer {
  const answer = errorFor(fault.status ?? defaultStatus);
  return withRetryAfter({ ...answer, body: fault.body ?? answer.body }, fault.retryAfter);
}

function htmlAnswer(fault: FaultOptions): Answer {
  const body = fault.body ?? '<!DOCTYPE html>\n<html><body><h1>Something went wrong</h1></body></html>\n';
  const answer = { status: fault.status ?? 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
  return withRetryAfter(answer, fault.retryAfter);
}

/** As Cloudflare sends it. */
function challengeAnswer({ status = 403, body, retryAfter }: FaultOptions): Answer {
  const page = proxyPage(status, 'Just a moment...', { server: 'cloudflare', 'cf-mitigated': 'challenge' });
  return withRetryAfter({ ...page, body: body ?? page.body }, retryAfter);
}

function matches(match: FaultOptions['match'], request: FakeRequest): boolean {
  if (match === undefined) return request.path.startsWith('/api/v2/');
  if (typeof match === 'function') return match(request);
  if (match.method !== undefined && match.method.toUpperCase() !== request.method) return false;
  if (match.body !== undefined && !JSON.stringify(request.body ?? null).includes(match.body)) return false;
  if (match.path === undefined) return true;
  return typeof match.path === 'string' ? request.path.includes(match.path) : request.path.search(match.path) >= 0;
}
