const MIN_DELAY_MS = 2_000;
const MAX_DELAY_MS = 60_000;
/** Starts that were refused together come back within this time of each other. */
const MAX_SPREAD_MS = 5_000;

/**
 * How long to wait before a refused start is sent again, in ms: at least what Zendesk asked for, else doubled with each refusal up
 * to a minute; and up to half of it more by chance, at most 5 s, so that starts which were refused together do not come back together.
 */
export function startDelay(refusals: number, random: number, retryAfter?: number): number {
  const delay = retryAfter ?? Math.min(MAX_DELAY_MS, MIN_DELAY_MS * 2 ** Math.min(refusals - 1, 10));
  return Math.ceil(delay + random * Math.min(delay / 2, MAX_SPREAD_MS));
}
