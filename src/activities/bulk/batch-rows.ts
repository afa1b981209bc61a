/** What became of each record of a batch, from the rows of its job: pure. */
import type { BatchReport, BulkRow, FailureRoom } from '../../common/bulk';
import type { BulkFailure } from '../../common/bulk-types';
import type { Trouble } from '../../common/polling';
import type { ZendeskItemResult, ZendeskJobOutcome } from '../../common/types';
import { isWorthAnotherTry } from '../../zendesk/item-retry';
import type { BatchRecords } from './read-batch';

/** Larger records are left out of the result; the sink has them all. */
const LARGEST_ITEM = 2_000;

/** Of records that Zendesk says nothing about. */
export const UNREPORTED = 'Unreported';

export interface Verdicts {
  /** Rows that are final, in the order of the batch. */
  rows: BulkRow[];
  /** Positions in the batch of records to send again. */
  again: number[];
}

/** Which records may go again, and where the batch is in the source. */
export interface BatchFacts {
  firstIndex: number;
  repeatSafe: boolean;
  /** No further try would be left for records that go again. */
  lastTry: boolean;
}

type Verdict = Pick<ZendeskItemResult, 'ok' | 'error' | 'details'> & Partial<ZendeskItemResult>;

/** Of a job that has ended, and of the records that could not go into it. */
export function verdictsOf(outcome: ZendeskJobOutcome | null, records: BatchRecords, facts: BatchFacts): Verdicts {
  const verdicts = outcome === null ? [] : jobVerdicts(outcome, records.positions.length);
  return settle(records, verdicts, facts);
}

/** Of a start that Zendesk refused for good: no record was done. */
export function verdictsOfRefusal({ type, message }: Trouble, records: BatchRecords, facts: BatchFacts): Verdicts {
  const verdicts = records.positions.map(() => ({ ok: false, error: type, details: message }));
  return settle(records, verdicts, { ...facts, lastTry: true });
}

/** The report of a batch, with as many of its failed rows as there is room for. */
export function reportOf({ rows, again }: Verdicts, room: FailureRoom): BatchReport {
  const failed = rows.filter(({ ok }) => !ok);
  return {
    end: 'finished',
    succeeded: rows.length - failed.length,
    failed: failed.length,
    failures: fitting(failed.map(failureOf), room),
    again,
  };
}

/** One for each record of the request, in its order. */
function jobVerdicts(outcome: ZendeskJobOutcome, count: number): Verdict[] {
  const { results, total, status, message } = outcome;
  // Permanent deletions answer with one object for all records.
  const forAll = total === null && results.length === 1 ? results[0] : undefined;
  const byIndex = new Map<number, ZendeskItemResult>();
  for (const row of results) if (byIndex.get(row.index)?.ok !== false) byIndex.set(row.index, row);
  return Array.from({ length: count }, (_, index) => {
    const row = forAll ?? byIndex.get(index);
    if (row) return row;
    if (status !== 'completed')
      return { ok: false, error: JOB_ERRORS[status] ?? status, details: message ?? undefined };
    return { ok: false, error: UNREPORTED, details: 'the job completed, and its results do not mention this record' };
  });
}

const JOB_ERRORS: Record<string, string> = { failed: 'ZendeskJobFailed', killed: 'ZendeskJobKilled' };

function settle({ positions, items, refused }: BatchRecords, verdicts: Verdict[], facts: BatchFacts): Verdicts {
  const { firstIndex, repeatSafe, lastTry } = facts;
  const again: number[] = [];
  const rows: BulkRow[] = refused.map(({ position, item, problem }) => {
    return { index: firstIndex + position, ok: false, error: 'ZendeskInputInvalid', details: problem, item };
  });
  verdicts.forEach((verdict, i) => {
    const position = positions[i]!;
    if (!lastTry && goesAgain(verdict, repeatSafe)) again.push(position);
    else rows.push({ ...verdict, index: firstIndex + position, item: items[i] });
  });
  return { rows: rows.sort((a, b) => a.index - b.index), again };
}

function goesAgain(verdict: Verdict, repeatSafe: boolean): boolean {
  if (verdict.error === UNREPORTED) return repeatSafe;
  return isWorthAnotherTry(verdict, repeatSafe);
}

function failureOf({ index, id, externalId, error = 'Failed', details, item }: BulkRow): BulkFailure {
  const small = JSON.stringify(item)?.length <= LARGEST_ITEM;
  return {
    index,
    ...(id !== undefined && { id }),
    ...(externalId !== undefined && { externalId }),
    error,
    ...(details !== undefined && { details }),
    ...(small && { item }),
  };
}

function fitting(failures: BulkFailure[], room: FailureRoom): BulkFailure[] {
  const kept: BulkFailure[] = [];
  let { bytes } = room;
  for (const failure of failures.slice(0, Math.max(0, room.rows))) {
    bytes -= Buffer.byteLength(JSON.stringify(failure)) + 1; // and a comma
    if (bytes < 0) break;
    kept.push(failure);
  }
  return kept;
}
