/** What Zendesk's headers say of limits. Pure, and careful: headers are believed within bounds only. */
import type { IncomingHttpHeaders } from 'node:http';

const LONGEST_RETRY_AFTER = 3_600_000;
const LONGEST_RESET = 3_600_000;

/** How much is left of a limit. `resetsIn` is in milliseconds from when the answer came. */
export interface RateLimit {
  limit: number;
  remaining: number;
  resetsIn?: number;
}

/** Newest first. The last one has no reset. Seen in recordings of 2023 and 2024, and documented (`ratelimit-*`). */
const HEADERS = [
  { limit: 'ratelimit-limit', remaining: 'ratelimit-remaining', reset: 'ratelimit-reset' },
  { limit: 'rate-limit', remaining: 'rate-limit-remaining', reset: 'rate-limit-reset' },
  { limit: 'x-rate-limit', remaining: 'x-rate-limit-remaining', reset: 'x-rate-limit-reset' },
];

/**
 * Milliseconds that `Retry-After` asks for, given in seconds or as an HTTP date; an hour at most. A date is measured against the
 * response's own `Date`, if that is readable, since the clocks of server and worker may differ; else against `now`. Undefined for what
 * asks for nothing usable (0, negative, "abc", a date in the past): the caller's own back-off is better than a hot loop.
 */
export function retryAfterMs(headers: IncomingHttpHeaders, now: number): number | undefined {
  const value = headers['retry-after']?.trim() ?? '';
  const date = httpDate(value);
  const seconds = /^\d+(\.\d+)?$/.test(value) ? Number(value) : NaN;
  const ms = date === undefined ? seconds * 1000 : date - (httpDate(headers.date) ?? now);
  return ms > 0 ? Math.min(LONGEST_RETRY_AFTER, Math.ceil(ms)) : undefined;
}

/** Epoch ms. `Date.parse` alone reads nearly everything as a date, "-5" for one. */
function httpDate(value: string = ''): number | undefined {
  const ms = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*, .* GMT$/.test(value.trim()) ? Date.parse(value) : NaN;
  return Number.isNaN(ms) ? undefined : ms;
}

/**
 * The account's requests a minute.
 * Source: https://developer.zendesk.com/api-reference/introduction/rate-limits/
 */
export function rateLimitOf(headers: IncomingHttpHeaders): RateLimit | undefined {
  for (const names of HEADERS) {
    const [limit, remaining, reset] = [names.limit, names.remaining, names.reset].map((name) => first(headers[name]));
    const rateLimit = checked(limit, remaining, reset);
    if (rateLimit) return rateLimit;
  }
  return undefined;
}

/** Of the 30 jobs that may be queued or running at once. As in `total=30; remaining=29; resets=60`. */
export function inflightJobsOf(headers: IncomingHttpHeaders): RateLimit | undefined {
  const value = first(headers['zendesk-ratelimit-inflight-jobs']) ?? '';
  const field = (name: string) => new RegExp(`(?:^|;)\\s*${name}=(\\d+)`).exec(value)?.[1];
  return checked(field('total'), field('remaining'), field('resets'));
}

/** Node joins headers that came twice with a comma. */
export function first(header: string | string[] | undefined): string | undefined {
  return (Array.isArray(header) ? header[0] : header)?.split(',')[0]?.trim();
}

function checked(limit?: string, remaining?: string, reset?: string): RateLimit | undefined {
  const [limitNumber, remainingNumber, resetsIn] = [count(limit), count(remaining), count(reset) * 1000];
  if (!(limitNumber > 0 && remainingNumber <= limitNumber)) return undefined;
  return {
    limit: limitNumber,
    remaining: remainingNumber,
    ...(resetsIn <= LONGEST_RESET && { resetsIn }),
  };
}

function count(value: string | undefined): number {
  return value !== undefined && /^\d{1,9}$/.test(value) ? Number(value) : NaN;
}
