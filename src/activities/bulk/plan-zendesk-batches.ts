import type { Batch, BatchPlan, BatchPlanning, BulkStart } from '../../common/bulk';
import { bulkStartInput } from '../../zendesk/bulk-input';
import { isRepeatSafe } from '../../zendesk/repeat-safety';
import { MAX_BODY_BYTES } from '../../zendesk/start-request';
import { toFailure } from '../failures';
import { SourceError } from './errors';
import { readPage } from './read-page';
import { digestOf } from './record-digest';
import type { SourcesAndSinks } from './pluggable';

/** An activity stays short, however slow the source is. */
const READING_TIME = 20_000;
/** What the body holds beside the records. */
const ROOM_FOR_REST = 10_000;

/**
 * Reads ahead in a source, and says where its next batches are: no record leaves this function. Pages whose request would be too
 * large are cut. Fails as `ZendeskSourceFailed`.
 */
export function createPlanZendeskBatches(plugged: SourcesAndSinks) {
  return async function planZendeskBatches({ run, pages, ...from }: BatchPlanning): Promise<BatchPlan> {
    const endsAt = performance.now() + READING_TIME;
    const batches: Batch[] = [];
    let { cursor, number, firstIndex } = from;
    const read = new Set([cursor]);
    try {
      for (let page = 0; page < pages && performance.now() < endsAt; page++) {
        const { items, next } = await readPage(run.source!, cursor, plugged);
        const sizes = items.map((item) => bytesOf(item) + 1); // with its comma
        for (const part of partsOf(sizes, room(run.start))) {
          const records = items.slice(part.from, part.to);
          const count = records.length;
          const page = { cursor, ...(count < items.length && { part }), digest: digestOf(records) };
          const repeatSafe = isRepeatSafe(bulkStartInput(run.start, records));
          batches.push({ number, firstIndex, count, page, repeatSafe });
          number += 1;
          firstIndex += count;
        }
        if (next === null) return { batches, next };
        if (read.has(next)) throw new SourceError(run.source!.name, 'goes back to a cursor that was read before', true);
        read.add(next);
        cursor = next;
      }
      return { batches, next: cursor };
    } catch (error) {
      throw toFailure(error, run.account);
    }
  };
}

function room({ body }: BulkStart): number {
  return MAX_BODY_BYTES - ROOM_FOR_REST - bytesOf(body ?? {});
}

/** As many records together as there is room for; one that is too large by itself stays alone, and is refused later. */
function partsOf(sizes: number[], most: number): { from: number; to: number }[] {
  const parts: { from: number; to: number }[] = [];
  let bytes = 0;
  sizes.forEach((size, i) => {
    const part = parts.at(-1);
    if (part && bytes + size <= most) part.to = i + 1;
    else {
      parts.push({ from: i, to: i + 1 });
      bytes = 0;
    }
    bytes += size;
  });
  return parts;
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? '');
}
