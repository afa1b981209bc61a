const SHORTEST = 2_000;
const LONGEST = 60_000;

/**
 * How long to wait before a refused start is sent again, in ms: what Zendesk asked for, else doubled with each refusal, up
 * to a minute, and up to half of it more by chance, so that pipelines that were refused together do not come back together.
 */
export function startDelay(refusals: number, random: number, retryAfter?: number): number {
  const least = retryAfter ?? Math.min(LONGEST, SHORTEST * 2 ** Math.min(refusals - 1, 10));
  return Math.round(least * (1 + random / 2));
}
