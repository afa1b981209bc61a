import { condition } from '@temporalio/workflow';
import type { Batch, BatchPlan, BatchPlanning, BulkRun } from '../../common/bulk';
import { isRepeatSafe } from '../../zendesk/repeat-safety';
import type { StartJobInput } from '../../zendesk/start-input';
import { planBatches } from './bulk-calls';
import type { BulkState } from './bulk-state';

/** Most records of a batch: Zendesk takes no more in one call. */
const BATCH = 100;
/** Pages that one planning reads: a windowful. */
const PAGES = 30;
/** With fewer batches waiting than that, the source is read on. */
const LOW = 15;

/** Keeps batches waiting in `state` until the source has ended. Records stay where they are. */
export async function readAhead(
  run: BulkRun,
  items: unknown[] | undefined,
  state: BulkState,
  isStopping: () => boolean,
): Promise<void> {
  while (!state.plan.ended) {
    await condition(() => isStopping() || state.waiting.length < LOW);
    if (isStopping()) return;
    const { cursor, number, firstIndex } = state.plan;
    const planning = { run, cursor, number, firstIndex, pages: PAGES };
    const { batches, next } = items ? planInline(items, planning) : await planBatches(planning);
    state.waiting.push(...batches.map((batch) => ({ batch, attempt: 1 })));
    const records = batches.reduce((sum, { count }) => sum + count, 0);
    state.plan = {
      cursor: next,
      number: number + batches.length,
      firstIndex: firstIndex + records,
      ended: next === null,
    };
  }
}

/** Inline records are cut here: no activity has to read them. */
function planInline(items: unknown[], { run, number, firstIndex, pages }: BatchPlanning): BatchPlan {
  const { operation, body } = run.start;
  const end = Math.min(items.length, firstIndex + pages * BATCH);
  const batches: Batch[] = [];
  for (let at = firstIndex; at < end; at += BATCH) {
    const records = items.slice(at, at + BATCH);
    const repeatSafe = isRepeatSafe({ operation, items: records, body } as StartJobInput);
    batches.push({ number: number + batches.length, firstIndex: at, count: records.length, repeatSafe });
  }
  return { batches, next: end < items.length ? end : null };
}
