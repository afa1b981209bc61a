/** The result of a wait for many jobs, within its budget of bytes. */
import { cutToBytes, jsonBytes } from '../common/byte-budgets';
import { boundRows } from '../common/result-rows';
import type { AwaitZendeskJobsResult, ZendeskJobOutcome } from '../common/types';

/**
 * Makes a result fit `maxBytes` of UTF-8 JSON, in place. Drops rows first, those that succeeded before those that failed, and counts them
 * in `resultsOmitted`; then cuts messages. A job whose id was given several times takes its bytes so often. What is left of 1,000
 * outcomes without rows and messages takes less than 1 MB.
 */
export function boundResult(result: AwaitZendeskJobsResult, maxBytes: number): AwaitZendeskJobsResult {
  if (bytesWith(result) <= maxBytes) return result;
  const { outcomes } = result;
  const noRows = { results: [], resultsOmitted: Number.MAX_SAFE_INTEGER };
  const withoutRows = bytesWith(result, () => noRows);
  boundRows(outcomes, maxBytes - withoutRows);
  if (withoutRows <= maxBytes) return result;

  const withoutTexts = bytesWith(result, ({ message, error }) => ({
    ...noRows,
    message: message === null ? null : '',
    ...(error && { error: { type: error.type, message: '' } }),
  }));
  const room = Math.floor((maxBytes - withoutTexts) / outcomes.length / 2);
  for (const outcome of new Set(outcomes)) {
    if (outcome.message !== null) outcome.message = cutToBytes(outcome.message, room);
    if (outcome.error) outcome.error = { type: outcome.error.type, message: cutToBytes(outcome.error.message, room) };
  }
  return result;
}

/** Bytes of the result with these fields in its outcomes. Each job is measured once: all together may be too long for a string. */
function bytesWith(
  result: AwaitZendeskJobsResult,
  fields: (outcome: ZendeskJobOutcome) => Partial<ZendeskJobOutcome> = () => ({}),
): number {
  const bytes = new Map<ZendeskJobOutcome, number>();
  for (const outcome of new Set(result.outcomes)) {
    bytes.set(outcome, jsonBytes({ ...outcome, ...fields(outcome) }) + 1); // and a comma
  }
  return result.outcomes.reduce((sum, outcome) => sum + bytes.get(outcome)!, jsonBytes({ ...result, outcomes: [] }));
}
