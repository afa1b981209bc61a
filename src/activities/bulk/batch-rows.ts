/** What became of each record of a batch, from the rows of its job: pure. */
import type { BatchConclusion, BatchReport, BulkRow, FailureBudget } from '../../common/bulk';
import type { BulkFailure } from '../../common/bulk-types';
import { BYTE_BUDGETS, cutToBytes, jsonBytes } from '../../common/byte-budgets';
import { ZendeskErrorType } from '../../common/error-types';
import type { ZendeskJobOutcome } from '../../common/types';
import { missingRowError, recordFate } from '../../zendesk/record-fate';
import type { BatchRecords } from './read-batch';

/** Larger records are left out of the result; the sink has them all. In bytes of JSON. */
const MAX_ITEM_BYTES = 2_000;

/** Of the rows that fit no record, in the details of each record that has no row. */
const MAX_UNMATCHED_BYTES = 500;

export interface BatchRows {
  /** Rows that are final, in the order of the batch. */
  rows: BulkRow[];
  /** Positions in the batch of the records to send again. */
  retryPositions: number[];
}

/** Which records may be sent again, and where the batch is in the source. */
export interface BatchFacts {
  firstIndex: number;
  repeatSafe: boolean;
  /** The records are not sent again. */
  lastAttempt: boolean;
}

/** Of a job that has finished, and of the records that could not go into it. */
export function rowsOfJob(outcome: ZendeskJobOutcome, records: BatchRecords, facts: BatchFacts): BatchRows {
  const { status, message } = outcome;
  const reported = new Map(outcome.results.filter(({ unmatched }) => !unmatched).map((row) => [row.index, row]));
  const noRow = [message ?? NO_ROW, ...describeUnmatched(outcome)].join('; ');
  const retryPositions: number[] = [];
  const rows = unsendableRows(records, facts);
  records.positions.forEach((position, i) => {
    const record = reported.get(i);
    const fate = recordFate(record, facts);
    if (fate === 'retry') return void retryPositions.push(position);
    const missing = { error: missingRowError(status), details: noRow };
    const { ok, ...reportedRow } = record ?? { ok: false, ...missing };
    rows.push({ ...reportedRow, result: fate, index: facts.firstIndex + position, item: records.items[i] });
  });
  return { rows: inOrder(rows), retryPositions };
}

const NO_ROW = "the job's results do not mention this record";

/** Of records that no job will report. */
export function rowsWithoutJob(
  conclusion: BatchConclusion,
  records: BatchRecords,
  facts: Pick<BatchFacts, 'firstIndex'>,
): BatchRows {
  const verdict = verdictOf(conclusion);
  const rows = records.positions.map((position, i): BulkRow => {
    return { index: facts.firstIndex + position, ...verdict, item: records.items[i] };
  });
  return { rows: inOrder([...unsendableRows(records, facts), ...rows]), retryPositions: [] };
}

function verdictOf(conclusion: BatchConclusion): Pick<BulkRow, 'result' | 'error' | 'details'> {
  switch (conclusion.kind) {
    case 'uncertain':
      return { result: 'uncertain', error: ZendeskErrorType.START_UNCERTAIN, details: conclusion.reason };
    case 'refused':
      return { result: 'failed', error: conclusion.failure.type, details: conclusion.failure.message };
    case 'unsendable':
      return { result: 'failed', error: ZendeskErrorType.INPUT_INVALID };
  }
}

/** The report of a batch, with as many of its failed records as the budget allows. */
export function reportOf({ rows, retryPositions }: BatchRows, firstIndex: number, budget: FailureBudget): BatchReport {
  const failed = rows.filter(({ result }) => result === 'failed');
  const uncertain = rows.filter(({ result }) => result === 'uncertain');
  const [first] = uncertain;
  return {
    end: 'finished',
    succeeded: rows.length - failed.length - uncertain.length,
    failed: failed.length,
    failures: fitting(failed, budget),
    retryPositions,
    uncertainPositions: uncertain.map(({ index }) => index - firstIndex),
    ...(first && {
      uncertainReason: cutToBytes([first.error, first.details].filter(Boolean).join(': '), BYTE_BUDGETS.message),
    }),
  };
}

/** The rows of which it is not certain which record they are about, so that people can tell. */
function describeUnmatched({ results }: ZendeskJobOutcome): string[] {
  const unmatched = results.filter((row) => row.unmatched);
  if (unmatched.length === 0) return [];
  const rows = JSON.stringify(unmatched.map(({ unmatched: _, index: _index, ...row }) => row));
  const fit = unmatched.length === 1 ? '1 row fits' : `${unmatched.length} rows fit`;
  return [`${fit} no record for certain: ${cutToBytes(rows, MAX_UNMATCHED_BYTES)}`];
}

function unsendableRows({ refused }: BatchRecords, { firstIndex }: Pick<BatchFacts, 'firstIndex'>): BulkRow[] {
  return refused.map(({ position, item, problem }) => ({
    index: firstIndex + position,
    result: 'failed',
    error: ZendeskErrorType.INPUT_INVALID,
    details: problem,
    item,
  }));
}

function inOrder(rows: BulkRow[]): BulkRow[] {
  return rows.sort((a, b) => a.index - b.index);
}

function fitting(failed: BulkRow[], budget: FailureBudget): BulkFailure[] {
  const kept: BulkFailure[] = [];
  let { bytes } = budget;
  for (const failure of failed.slice(0, Math.max(0, budget.rows)).map(failureOf)) {
    bytes -= jsonBytes(failure) + 1; // and a comma
    if (bytes < 0) break;
    kept.push(failure);
  }
  return kept;
}

function failureOf({ index, id, externalId, error = 'Failed', details, item }: BulkRow): BulkFailure {
  return {
    index,
    ...(id !== undefined && { id }),
    ...(externalId !== undefined && { externalId }),
    error,
    ...(details !== undefined && { details: cutToBytes(details, BYTE_BUDGETS.failureDetails) }),
    ...(jsonBytes(item) <= MAX_ITEM_BYTES && { item }),
  };
}
