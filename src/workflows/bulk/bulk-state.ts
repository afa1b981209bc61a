import type { BatchConclusion, BatchTry, BulkRun, SourceCursor } from '../../common/bulk';
import type { BulkSettings } from '../../common/bulk-input';
import { BYTE_BUDGETS, cutToBytes, jsonBytes } from '../../common/byte-budgets';
import type { KnownJob } from '../workflow-starts';
import type { CursorHistoryState } from './cursor-history';
import type { WindowState } from './job-window';
import type { RefusedStarts } from './refused-starts';
import { emptyTally, MAX_CANDIDATES, type Tally } from './tally';

/** Records that wait for their job: planned, to be sent again, or with a start that failed. */
export interface WaitingTry extends BatchTry {
  /** Not to be started before: epoch ms. */
  notBefore?: number;
  /** Starts of these records that made no job, in a row. */
  refusals?: number;
  /** Set while Zendesk's server fails for this start: see poisoned-starts.ts. */
  failing?: FailingStart;
  /** Zendesk refused these records together with others of their batch: see refused-starts.ts. */
  refusedTogether?: true;
}

/** What is known of a start that fails again and again. Times are epoch ms. */
export interface FailingStart {
  /** When the records were first sent, those sent with them before included. */
  since: number;
  /** When exactly these records were first sent. */
  firstSentAt: number;
  /** When its last failure was considered. */
  reviewedAt: number;
  reviews: number;
  /** Reviews in a row between which another start of the run was accepted. */
  suspicions: number;
}

/** Records whose start is settled, and of which no report has come yet. */
export interface RunningTry extends BatchTry {
  /** Null where no job was started, or none is known: `conclusion` says why. */
  jobId: string | null;
  startedAt: number;
  conclusion?: BatchConclusion;
}

/** All that a bulk run knows: carried over each continue-as-new. Plain JSON, no records. Times are epoch ms. */
export interface BulkState {
  /** Runs of the workflow that began with a reset, latest last. */
  resetRuns: string[];
  /** Of the first workflow run: sinks distinguish runs by it. */
  runId: string;
  startedAt: number;
  deadline: number;
  /** Records in the source; null where it does not report it. */
  total: number | null;
  /** Where to read on, unless the source has ended. */
  plan: { cursor: SourceCursor | null; number: number; firstIndex: number; ended: boolean };
  cursors?: CursorHistoryState;
  waiting: WaitingTry[];
  running: RunningTry[];
  paused: boolean;
  /** No start is sent before, since Zendesk asked the account for a pause. */
  notBefore: number;
  window?: WindowState;
  /** Absent while Zendesk accepts starts. */
  refused?: RefusedStarts;
  /** Jobs that this run started within the last minutes. */
  recentJobs: KnownJob[];
  /** Batches whose start or job is uncertain as a whole. */
  uncertainBatches: number;
  tally: Tally;
  reportedAt: number | null;
}

export function newState(runId: string, now: number, timeout: number): BulkState {
  return {
    resetRuns: [],
    runId,
    startedAt: now,
    deadline: now + timeout,
    total: null,
    plan: { cursor: null, number: 1, firstIndex: 0, ended: false },
    waiting: [],
    running: [],
    paused: false,
    notBefore: 0,
    recentJobs: [],
    uncertainBatches: 0,
    tally: emptyTally(),
    reportedAt: null,
  };
}

/** What each activity of the run gets. */
export function bulkRun({ account, start, source, sink, duplicateKeys }: BulkSettings, { runId }: BulkState): BulkRun {
  return { account, start, source, sink, duplicateKeys, runId };
}

/** What an activity gets of a batch. Inline records go with it, since no source has them. */
export function withInlineRecords({ batch, attempt, positions }: BatchTry, items: unknown[] | undefined): BatchTry {
  const all = items?.slice(batch.firstIndex, batch.firstIndex + batch.count);
  const sent = all && positions ? positions.map((position) => all[position]) : all;
  return { batch: { ...batch, ...(sent && { items: sent }) }, attempt, ...(positions && { positions }) };
}

/** The same records as two tries, for one that fails or is refused because of some of them. */
export function halvesOf({ batch, attempt, positions, refusedTogether }: WaitingTry): WaitingTry[] {
  const all = positions ?? Array.from({ length: batch.count }, (_, position) => position);
  const middle = Math.floor(all.length / 2);
  const half = { batch, attempt, ...(refusedTogether && { refusedTogether }) };
  return [all.slice(0, middle), all.slice(middle)].map((part) => ({ ...half, positions: part }));
}

/** Whether these can wait along with the others: the next run gets all of them. */
export function hasRoomFor(others: BatchTry[], added: BatchTry[]): boolean {
  // A conclusion has a bound of its own.
  const tries = [...others, ...added].map(({ conclusion: _, ...rest }: BatchTry & Partial<RunningTry>) => rest);
  return jsonBytes(tries) <= BYTE_BUDGETS.bulkTries;
}

/** As `state.running` keeps it: its texts come from Zendesk, or from a source of the user's own. */
export function boundConclusion(conclusion: BatchConclusion): BatchConclusion {
  switch (conclusion.kind) {
    case 'uncertain': {
      const { reason, candidates } = conclusion;
      const bounded = {
        reason: cutToBytes(reason, BYTE_BUDGETS.message),
        candidates: candidates.slice(0, MAX_CANDIDATES),
      };
      return { ...conclusion, ...bounded };
    }
    case 'refused': {
      const { type, message } = conclusion.failure;
      return { kind: 'refused', failure: { type, message: cutToBytes(message, BYTE_BUDGETS.refusal) } };
    }
    case 'unsendable':
      return conclusion;
  }
}

/** Where all of the state is too long for the next run, failed records are only counted: the sink has them. */
export function stateForNextRun(state: BulkState): BulkState {
  const { tally } = state;
  const failures = [...tally.failures];
  for (let excess = jsonBytes(state) - BYTE_BUDGETS.bulkState; excess > 0 && failures.length > 0;) {
    excess -= jsonBytes(failures.pop()) + 1; // and a comma
  }
  if (failures.length === tally.failures.length) return state;
  const omitted = tally.failures.length - failures.length;
  return { ...state, tally: { ...tally, failures, failuresOmitted: tally.failuresOmitted + omitted } };
}
