/** The account's requests a minute, and the headers that tell of them. */
import { errorFor, withRetryAfter } from './errors';
import type { Answer } from './http';

const MINUTE = 60_000;

export class RateLimits {
  #window = 0;
  #used = 0;

  constructor(private readonly limit: number) {}

  /** Counts one request; the 429 when it is one too many, else nothing. */
  count(now: number): Answer | undefined {
    const window = Math.floor(now / MINUTE);
    if (window !== this.#window) {
      this.#window = window;
      this.#used = 0;
    }
    if (this.#used >= this.limit) return withRetryAfter(errorFor(429), secondsLeft(now));
    this.#used += 1;
    return undefined;
  }

  /** In the names of 2024 and later. */
  headers(now: number): Record<string, string> {
    const limit = String(this.limit);
    const remaining = String(this.limit - this.#used);
    return {
      'x-rate-limit': limit,
      'x-rate-limit-remaining': remaining,
      'ratelimit-limit': limit,
      'ratelimit-remaining': remaining,
      'ratelimit-reset': String(secondsLeft(now)),
    };
  }
}

/** How many more jobs may be queued or at work. */
export function inflightJobsHeader(jobLimit: number, unfinished: number): Record<string, string> {
  const remaining = Math.max(0, jobLimit - unfinished);
  return { 'zendesk-ratelimit-inflight-jobs': `total=${jobLimit}; remaining=${remaining}; resets=60` };
}

function secondsLeft(now: number): number {
  return Math.ceil((MINUTE - (now % MINUTE)) / 1000);
}
