/** Keeps result rows within a budget of bytes. Pure: part of the workflow bundle. */
import { jsonBytes } from './byte-budgets';
import type { ZendeskItemResult, ZendeskJobOutcome } from './types';

/**
 * Drops rows from the outcomes, in place, until all that are left take at most `maxBytes` of UTF-8 JSON. Rows that failed stay before
 * rows that did not, rows of earlier outcomes before later ones. An outcome that is there several times counts so often.
 * Returns the bytes that are left.
 */
export function boundRows(outcomes: ZendeskJobOutcome[], maxBytes: number): number {
  const copies = new Map<ZendeskJobOutcome, number>();
  for (const outcome of outcomes) copies.set(outcome, (copies.get(outcome) ?? 0) + 1);
  const rows = [...copies].flatMap(([{ results }, times]) => results.map((row) => ({ row, times })));
  const failedFirst = [...rows.filter(({ row }) => !row.ok), ...rows.filter(({ row }) => row.ok)];

  const kept = new Set<ZendeskItemResult>();
  let bytes = 0;
  for (const { row, times } of failedFirst) {
    const size = (jsonBytes(row) + 1) * times; // and a comma
    if (bytes + size > maxBytes) continue;
    bytes += size;
    kept.add(row);
  }
  for (const outcome of copies.keys()) {
    const before = outcome.results.length;
    outcome.results = outcome.results.filter((row) => kept.has(row));
    const omitted = (outcome.resultsOmitted ?? 0) + before - outcome.results.length;
    if (omitted > 0) outcome.resultsOmitted = omitted;
  }
  return bytes;
}
