/** What a bulk run has brought about so far: carried from run to run, and its result in the end. Plain JSON. */
import type { Batch, BatchReport, BatchTry, FailureRoom } from '../../common/bulk';
import type { RunZendeskBulkResult, UncertainBatch } from '../../common/bulk-types';
import type { StartCandidate } from '../../common/starting';

/** Bounds of `failures`. */
const MOST_FAILURES = 1_000;
const MOST_FAILURE_BYTES = 256_000;
const MOST_CANDIDATES = 5;

export type Tally = RunZendeskBulkResult;

export const emptyTally = (): Tally => ({
  total: 0,
  succeeded: 0,
  failed: 0,
  retried: 0,
  jobs: 0,
  failures: [],
  failuresOmitted: 0,
  uncertain: [],
});

/** What is left of the bounds of `failures`. */
export function failureRoom({ failures }: Tally): FailureRoom {
  const bytes = JSON.stringify(failures).length;
  return { rows: MOST_FAILURES - failures.length, bytes: MOST_FAILURE_BYTES - bytes };
}

/** Adds what became of the records of one job. `total` grows with them: at the end it is that of the source. */
export function addReport(tally: Tally, { succeeded, failed, failures, again }: BatchReport): void {
  const room = failureRoom(tally);
  const kept = failures.slice(0, room.rows);
  tally.total += succeeded + failed;
  tally.succeeded += succeeded;
  tally.failed += failed;
  tally.retried += again.length;
  tally.failures.push(...kept);
  tally.failuresOmitted += failed - kept.length;
}

/** Sets the records of a try aside: nobody can know what became of them. */
export function addUncertain(tally: Tally, batchTry: BatchTry, candidates: StartCandidate[]): void {
  const { batch, only } = batchTry;
  const count = recordsOf(batchTry);
  const uncertain: UncertainBatch = {
    batch: batch.number,
    firstIndex: batch.firstIndex,
    count,
    ...(only && { indexes: only.map((position) => batch.firstIndex + position) }),
    candidates: candidates.slice(0, MOST_CANDIDATES),
  };
  tally.total += count;
  tally.uncertain.push(uncertain);
}

export function recordsOf({ batch, only }: { batch: Batch; only?: number[] }): number {
  return only?.length ?? batch.count;
}

/** The result: failures and uncertain batches in the order of the source. */
export function resultOf(tally: Tally): RunZendeskBulkResult {
  return {
    ...tally,
    failures: [...tally.failures].sort((a, b) => a.index - b.index),
    uncertain: [...tally.uncertain].sort((a, b) => a.firstIndex - b.firstIndex),
  };
}
