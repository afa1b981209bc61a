import { STATUS_CODES } from 'node:http';
import { formatDuration } from '../common/duration';

/** What was asked. The path has no query. */
export interface ZendeskRequest {
  method: string;
  path: string;
}

/** What an error knows. `text` says what came, and is free of secrets. */
export interface ZendeskErrorFacts {
  text: string;
  status?: number;
  /** Zendesk's `x-request-id`, which its support asks for. */
  requestId?: string;
  /** Milliseconds, at most an hour. */
  retryAfter?: number;
}

/**
 * A request that came to nothing. Safe to log and to serialise: it holds no header, no body and no secret.
 * `temporary` errors may pass when the same request is sent again.
 */
export abstract class ZendeskError extends Error {
  abstract readonly code: `ERR_ZENDESK_${string}`;
  abstract readonly temporary: boolean;
  readonly request: ZendeskRequest;
  readonly status?: number;
  readonly requestId?: string;
  /** How long Zendesk asked to wait: milliseconds, at most an hour. */
  readonly retryAfter?: number;

  constructor({ method, path }: ZendeskRequest, { text, ...facts }: ZendeskErrorFacts) {
    super(`${method} ${path}: ${[statusLine(facts), text].filter((part) => part !== '').join(': ')}`);
    this.request = { method, path };
    this.status = facts.status;
    this.requestId = facts.requestId;
    this.retryAfter = facts.retryAfter;
  }
}

/** Connection refused, DNS, TLS, no connection in time: nothing was sent. */
export class ZendeskUnreachableError extends ZendeskError {
  override readonly name = 'ZendeskUnreachableError';
  readonly code = 'ERR_ZENDESK_UNREACHABLE';
  readonly temporary = true;
}

/** Timeout or reset once the request may have been sent: Zendesk may have acted upon it. */
export class ZendeskNoAnswerError extends ZendeskError {
  override readonly name = 'ZendeskNoAnswerError';
  readonly code = 'ERR_ZENDESK_NO_ANSWER';
  readonly temporary = true;
}

/** 429. */
export class ZendeskRateLimitedError extends ZendeskError {
  override readonly name = 'ZendeskRateLimitedError';
  readonly code = 'ERR_ZENDESK_RATE_LIMITED';
  readonly temporary = true;
}

/**
 * `TooManyJobs`: 30 jobs are queued or running. Nothing was queued.
 * Source: https://developer.zendesk.com/api-reference/introduction/rate-limits/
 */
export class ZendeskTooManyJobsError extends ZendeskError {
  override readonly name = 'ZendeskTooManyJobsError';
  readonly code = 'ERR_ZENDESK_TOO_MANY_JOBS';
  readonly temporary = true;

  constructor(
    request: ZendeskRequest,
    facts: ZendeskErrorFacts,
    /** Ids of the jobs that are queued or running, as Zendesk lists them. */
    readonly currentJobIds: string[],
  ) {
    super(request, facts);
  }
}

/** 408, 5xx, and any other refusal that a proxy in front of Zendesk made by itself (HTML, a challenge). */
export class ZendeskUnavailableError extends ZendeskError {
  override readonly name = 'ZendeskUnavailableError';
  readonly code = 'ERR_ZENDESK_UNAVAILABLE';
  readonly temporary = true;
}

/** A success that is not one of Zendesk's: HTML, `{}`, truncated, another shape. Proxies and maintenance pages pass. */
export class ZendeskAnswerInvalidError extends ZendeskError {
  override readonly name = 'ZendeskAnswerInvalidError';
  readonly code = 'ERR_ZENDESK_ANSWER_INVALID';
  readonly temporary = true;
}

/**
 * A response that is longer than the client accepts. The same request gets it again; one for fewer jobs may not. Of a start it says
 * nothing about whether a job was queued.
 */
export class ZendeskResponseTooLargeError extends ZendeskError {
  override readonly name = 'ZendeskResponseTooLargeError';
  readonly code = 'ERR_ZENDESK_RESPONSE_TOO_LARGE';
  readonly temporary = false;
}

/** 401, or a refused OAuth grant. */
export class ZendeskUnauthorizedError extends ZendeskError {
  override readonly name = 'ZendeskUnauthorizedError';
  readonly code = 'ERR_ZENDESK_UNAUTHORIZED';
  readonly temporary = false;
}

/** 404 about the job itself: not visible yet, or no longer kept. */
export class ZendeskJobNotFoundError extends ZendeskError {
  override readonly name = 'ZendeskJobNotFoundError';
  readonly code = 'ERR_ZENDESK_JOB_NOT_FOUND';
  readonly temporary = false;
}

/** 403, a redirect, a 404 about the address, any other 4xx: refused, and would be refused again. */
export class ZendeskRejectedError extends ZendeskError {
  override readonly name = 'ZendeskRejectedError';
  readonly code = 'ERR_ZENDESK_REJECTED';
  readonly temporary = false;
}

/** An argument that is not of the documented shape. No request was sent. */
export class ZendeskInputError extends Error {
  override readonly name = 'ZendeskInputError';
  readonly code = 'ERR_ZENDESK_INPUT';

  constructor(
    readonly field: string,
    problem: string,
  ) {
    super(`${field}: ${problem}`);
  }
}

function statusLine({ status, requestId, retryAfter }: Omit<ZendeskErrorFacts, 'text'>): string {
  if (status === undefined) return '';
  const asides = [
    requestId === undefined ? '' : `request id ${requestId}`,
    retryAfter === undefined ? '' : `try again in ${formatDuration(retryAfter)}`,
  ].filter((aside) => aside !== '');
  const line = `${status} ${STATUS_CODES[status] ?? ''}`.trim();
  return asides.length === 0 ? line : `${line} (${asides.join(', ')})`;
}
