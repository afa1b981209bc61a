import type { Batch, BatchPlan, BatchPlanning, BulkRun, BulkStart } from '../../common/bulk';
import { BYTE_BUDGETS, jsonBytes } from '../../common/byte-budgets';
import { bulkStartInput } from '../../zendesk/bulk-input';
import { isRepeatSafe } from '../../zendesk/repeat-safety';
import { partsOf, type Part } from '../../zendesk/start-size';
import { toFailure } from '../failures';
import { supersededInSource } from './duplicate-keys';
import { SourceError } from './errors';
import { fromPlanCursor, toPlanCursor, type PagePlace } from './page-place';
import type { SourcesAndSinks } from './pluggable';
import { at, readPage } from './read-page';
import { cursorDigest, digestOf } from './record-digest';

/** An activity stays short, however slow the source is. */
const READING_TIME_MS = 20_000;
/** Two times the jobs that Zendesk runs at once: more batches would only wait in the workflow. */
const MAX_BATCHES = 60;
/** A batch with the longest cursor, and with the positions of 100 records. */
const MAX_BATCH_BYTES = BYTE_BUDGETS.cursor + 700;
/** What a plan holds in addition to batches and digests: numbers, and the next cursor with the mark of a part of a page. */
const PLAN_REST_BYTES = BYTE_BUDGETS.cursor + 300;

/**
 * Reads on in a source, and returns where its next batches are: no record leaves this function. A page whose request would be too
 * large is cut into several batches. With `duplicateKeys: 'last'`, records that a later one replaces are left out.
 *
 * A plan has at most 60 batches and `BYTE_BUDGETS.plan` bytes, and at least one part of a page. Fails as `ZendeskSourceFailed`.
 */
export function createPlanZendeskBatches(plugged: SourcesAndSinks) {
  return async function planZendeskBatches(planning: BatchPlanning): Promise<BatchPlan> {
    try {
      return await plan(planning, plugged);
    } catch (error) {
      throw toFailure(error, planning.run.account);
    }
  };
}

async function plan({ run, pages, ...from }: BatchPlanning, plugged: SourcesAndSinks): Promise<BatchPlan> {
  const endsAt = performance.now() + READING_TIME_MS;
  const source = run.source!;
  const selected = selection(run, plugged);
  const planned = new PlannedBatches();
  const read = new Set<PagePlace['cursor']>();
  let place: PagePlace | null = fromPlanCursor(from.cursor);
  let { number, firstIndex } = from;

  for (let page = 0; place && page < pages && performance.now() < endsAt && planned.hasRoom(); page++) {
    const { cursor }: PagePlace = place;
    const { items, next } = await readPage(source, cursor, plugged);
    if (place.from > items.length) throw new SourceError(source.name, `${at(cursor)} gave other records`, true);
    if (place.from === 0) planned.addCursor(cursor);
    read.add(cursor);

    let end: number = place.from;
    for (const part of partsOf(run.start, items, end)) {
      const positions = await selected(firstIndex, part.to - part.from);
      if (positions?.length !== 0) {
        const batch = batchOf(run.start, items, part, positions, { number, firstIndex, cursor });
        if (!planned.add({ batch, ...(positions && { positions }) })) break;
        number += 1;
      }
      firstIndex += part.to - part.from;
      end = part.to;
    }
    if (end < items.length) {
      place = { cursor, from: end };
      break;
    }
    if (next !== null && read.has(next)) {
      throw new SourceError(source.name, 'goes back to a cursor that was read before', true);
    }
    place = next === null ? null : { cursor: next, from: 0 };
  }
  return {
    batches: planned.batches,
    records: firstIndex - from.firstIndex,
    nextNumber: number,
    next: place && toPlanCursor(place),
    visited: planned.visited,
  };
}

/** What one planning returns, within its bounds. */
class PlannedBatches {
  readonly batches: BatchPlan['batches'] = [];
  readonly visited: string[] = [];
  #bytes = PLAN_REST_BYTES;

  /** Whether another batch fits, whatever its size. */
  hasRoom(): boolean {
    return this.batches.length < MAX_BATCHES && this.#bytes + MAX_BATCH_BYTES <= BYTE_BUDGETS.plan;
  }

  /** False where it does not fit. */
  add(batch: BatchPlan['batches'][number]): boolean {
    const bytes = jsonBytes(batch) + 1; // with its comma
    if (this.batches.length >= MAX_BATCHES || this.#bytes + bytes > BYTE_BUDGETS.plan) return false;
    this.batches.push(batch);
    this.#bytes += bytes;
    return true;
  }

  addCursor(cursor: PagePlace['cursor']): void {
    const digest = cursorDigest(cursor);
    this.visited.push(digest);
    this.#bytes += jsonBytes(digest) + 1;
  }
}

/** Which records of a part are sent, by their positions in it; undefined where all are. */
function selection(run: BulkRun, plugged: SourcesAndSinks) {
  let superseded: ReturnType<typeof supersededInSource> | undefined;
  return async function selected(firstIndex: number, count: number): Promise<number[] | undefined> {
    if (run.duplicateKeys !== 'last') return undefined;
    // After the page was read: a source that changed in between fails when the batch is read again.
    superseded ??= supersededInSource(run, plugged);
    const { has } = await superseded;
    const positions = Array.from({ length: count }, (_, i) => i).filter((i) => !has(firstIndex + i));
    return positions.length === count ? undefined : positions;
  };
}

/** A part of a page as a batch. The digest is of all its records, those that are left out too. */
function batchOf(
  start: BulkStart,
  items: unknown[],
  part: Part,
  positions: number[] | undefined,
  place: { number: number; firstIndex: number; cursor: PagePlace['cursor'] },
): Batch {
  const { number, firstIndex, cursor } = place;
  const records = items.slice(part.from, part.to);
  const sent = positions?.map((position) => records[position]) ?? records;
  const count = records.length;
  const page = { cursor, ...(count < items.length && { part }), digest: digestOf(records) };
  return { number, firstIndex, count, page, repeatSafe: isRepeatSafe(bulkStartInput(start, sent)) };
}
