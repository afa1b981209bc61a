import { condition } from '@temporalio/workflow';
import type { Batch, BatchPlan, BatchPlanning, BulkRun } from '../../common/bulk';
import { supersededIndexes } from '../../zendesk/record-keys';
import { isRepeatSafe } from '../../zendesk/repeat-safety';
import type { StartJobInput } from '../../zendesk/start-input';
import { partsOf } from '../../zendesk/start-size';
import { MAX_RECORDS } from '../../zendesk/operations';
import { planBatches } from './bulk-activities';
import type { BulkState } from './bulk-state';

/** Pages that one planning reads: as many as there can be jobs at once. */
const PAGES = 30;
/** With fewer batches waiting than that, the source is read on. */
const MIN_WAITING = 15;

export interface ReadAheadOptions {
  isStopping(): boolean;
  /** Gets the digests of the cursors that were read, in order, before their batches wait. What it throws ends the reading. */
  onRead(visited: string[]): void;
}

/** Keeps batches waiting in `state` until the source has ended. Records stay where they are. */
export async function readAhead(
  run: BulkRun,
  items: unknown[] | undefined,
  state: BulkState,
  { isStopping, onRead }: ReadAheadOptions,
): Promise<void> {
  const inline = items && {
    items,
    superseded: new Set(run.duplicateKeys === 'last' ? supersededIndexes(run.start, items) : []),
  };
  while (!state.plan.ended) {
    await condition(() => isStopping() || state.waiting.length < MIN_WAITING);
    if (isStopping()) return;
    const { cursor, number, firstIndex } = state.plan;
    const planning = { run, cursor, number, firstIndex, pages: PAGES };
    const plan = inline ? planInline(inline, planning) : await planBatches(planning);
    onRead(plan.visited);
    state.waiting.push(...plan.batches.map((planned) => ({ ...planned, attempt: 1 })));
    const sent = plan.batches.reduce((sum, { batch, positions }) => sum + (positions?.length ?? batch.count), 0);
    state.tally.superseded += plan.records - sent;
    state.plan = {
      cursor: plan.next,
      number: plan.nextNumber,
      firstIndex: firstIndex + plan.records,
      ended: plan.next === null,
    };
  }
}

/** Inline records are divided here: no activity has to read them. */
function planInline(
  { items, superseded }: { items: unknown[]; superseded: Set<number> },
  { run, number, firstIndex, pages }: BatchPlanning,
): BatchPlan {
  const { operation, body } = run.start;
  const batches: BatchPlan['batches'] = [];
  const parts = partsOf(run.start, items.slice(0, firstIndex + pages * MAX_RECORDS), firstIndex).slice(0, pages);
  const end = parts.at(-1)?.to ?? items.length;
  for (const { from: at, to } of parts) {
    const records = items.slice(at, to);
    const positions = [...records.keys()].filter((position) => !superseded.has(at + position));
    if (positions.length === 0) continue;
    const sent = positions.map((position) => records[position]);
    const repeatSafe = isRepeatSafe({ operation, items: sent, body } as StartJobInput);
    const batch: Batch = { number: number + batches.length, firstIndex: at, count: records.length, repeatSafe };
    batches.push({ batch, ...(sent.length < records.length && { positions }) });
  }
  const next = end < items.length ? end : null;
  return { batches, records: end - firstIndex, nextNumber: number + batches.length, next, visited: [] };
}
