import type { BatchTry, SourceCursor } from '../../common/bulk';
import type { Trouble } from '../../common/polling';
import type { WindowState } from './job-window';
import { emptyTally, type Tally } from './tally';

/** A batch whose start is settled, and whose records have no verdict yet. */
export interface RunningBatch extends BatchTry {
  /** Null where no job was started: none of the records could be sent, or Zendesk refused them. */
  jobId: string | null;
  startedAt: number;
  refusal?: Trouble;
}

/** All that a bulk run knows: carried over each continue-as-new. Plain JSON, no records. Times are epoch ms. */
export interface BulkState {
  /** Of the first workflow run: sinks tell runs apart by it. */
  runId: string;
  startedAt: number;
  deadline: number;
  /** Records in the source; null where it does not tell. */
  total: number | null;
  /** Where to read on, unless the source has ended. */
  plan: { cursor: SourceCursor | null; number: number; firstIndex: number; ended: boolean };
  /** Planned, or to be sent again. */
  waiting: BatchTry[];
  running: RunningBatch[];
  paused: boolean;
  window?: WindowState;
  tally: Tally;
  reportedAt: number | null;
}

export function newState(runId: string, now: number, timeout: number): BulkState {
  return {
    runId,
    startedAt: now,
    deadline: now + timeout,
    total: null,
    plan: { cursor: null, number: 1, firstIndex: 0, ended: false },
    waiting: [],
    running: [],
    paused: false,
    tally: emptyTally(),
    reportedAt: null,
  };
}
