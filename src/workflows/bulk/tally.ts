/** What a bulk run has done so far: carried from run to run, and its result in the end. Plain JSON. */
import type { BatchReport, BatchTry, FailureBudget } from '../../common/bulk';
import type { RunZendeskBulkResult, UncertainBatch } from '../../common/bulk-types';
import { BYTE_BUDGETS, cutToBytes, jsonBytes } from '../../common/byte-budgets';
import type { StartCandidate } from '../../common/starting';

const MAX_FAILURES = 1_000;
/** Candidates for the job of uncertain records. */
export const MAX_CANDIDATES = 5;

export type Tally = RunZendeskBulkResult;

export const emptyTally = (): Tally => ({
  total: 0,
  succeeded: 0,
  failed: 0,
  retried: 0,
  superseded: 0,
  jobs: 0,
  failures: [],
  failuresOmitted: 0,
  uncertain: [],
  uncertainRecords: 0,
  uncertainOmitted: 0,
});

/** Adds what became of the records of one job. `total` grows with them: at the end it is that of the source. */
export function addReport(tally: Tally, { succeeded, failed, failures, retryPositions }: BatchReport): void {
  tally.total += succeeded + failed;
  tally.succeeded += succeeded;
  tally.failed += failed;
  tally.retried += retryPositions.length;
  tally.failures.push(...failures);
  tally.failuresOmitted += failed - failures.length;
}

/** Sets records aside: it is unknown whether Zendesk did them. */
export function addUncertain(tally: Tally, batchTry: BatchTry, reason: string, candidates: StartCandidate[]): void {
  const { batch, positions } = batchTry;
  const count = recordCount(batchTry);
  const uncertain: UncertainBatch = {
    batch: batch.number,
    firstIndex: batch.firstIndex,
    count,
    ...(positions && { indexes: positions.map((position) => batch.firstIndex + position) }),
    reason: cutToBytes(reason, BYTE_BUDGETS.message),
    candidates: candidates.slice(0, MAX_CANDIDATES),
  };
  tally.total += count;
  tally.uncertainRecords += count;
  const room = BYTE_BUDGETS.uncertain - jsonBytes(tally.uncertain) - 1; // a comma
  if (jsonBytes(uncertain) <= room) tally.uncertain.push(uncertain);
  else tally.uncertainOmitted += 1;
}

/** A job turned out to be of other records of the run. */
export function removeCandidate(tally: Tally, jobId: string): void {
  for (const batch of tally.uncertain) {
    batch.candidates = batch.candidates.filter((candidate) => candidate.jobId !== jobId);
  }
}

export function recordCount({ batch, positions }: BatchTry): number {
  return positions?.length ?? batch.count;
}

/**
 * Shares the budget of `failures` among reports that may come at the same time: what one of them may use is taken out of the budget
 * until it is there. So `failures` never exceeds it, however many jobs finish at once.
 */
export class FailureShares {
  readonly #reserved = new Map<object, FailureBudget>();

  constructor(private readonly tally: Tally) {}

  get reservations(): number {
    return this.#reserved.size;
  }

  /** `reports`: how many reports, this one included, may come before the budget is known better. */
  reserve(owner: object, reports: number): FailureBudget {
    const free = this.#free();
    const share = (amount: number) => Math.max(0, Math.floor(amount / Math.max(1, reports)));
    const budget = { rows: share(free.rows), bytes: share(free.bytes) };
    this.#reserved.set(owner, budget);
    return budget;
  }

  release(owner: object): void {
    this.#reserved.delete(owner);
  }

  #free(): FailureBudget {
    const { failures } = this.tally;
    const reserved = [...this.#reserved.values()];
    const sum = (amounts: number[]) => amounts.reduce((total, amount) => total + amount, 0);
    return {
      rows: MAX_FAILURES - failures.length - sum(reserved.map(({ rows }) => rows)),
      bytes: BYTE_BUDGETS.failures - jsonBytes(failures) - sum(reserved.map(({ bytes }) => bytes)),
    };
  }
}

/** The result: failures and uncertain batches in the order of the source. */
export function resultOf(tally: Tally): RunZendeskBulkResult {
  return {
    ...tally,
    failures: [...tally.failures].sort((a, b) => a.index - b.index),
    uncertain: [...tally.uncertain].sort((a, b) => a.firstIndex - b.firstIndex),
  };
}
