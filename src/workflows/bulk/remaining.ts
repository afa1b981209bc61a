/** Which records a bulk run has not sent: pure. */
import type { RemainingRecords } from '../../common/bulk-types';
import type { BatchTry } from '../../common/bulk';
import type { BulkState } from './bulk-state';

type Range = RemainingRecords['ranges'][number];

/** `unsent`: tries that were neither started nor given back to `state.waiting`. */
export function remainingRecords({ plan, waiting }: BulkState, unsent: readonly BatchTry[] = []): RemainingRecords {
  const ranges = [...waiting, ...unsent].flatMap(rangesOf).sort(([a], [b]) => a - b);
  return { ranges: joined(ranges), fromIndex: plan.ended ? null : plan.firstIndex };
}

function rangesOf({ batch, positions }: BatchTry): Range[] {
  const { firstIndex, count } = batch;
  if (!positions) return count === 0 ? [] : [[firstIndex, firstIndex + count - 1]];
  return joined(positions.map((position) => [firstIndex + position, firstIndex + position]));
}

/** Ranges in ascending order, those that touch put together. */
function joined(ranges: Range[]): Range[] {
  const result: Range[] = [];
  for (const [first, last] of ranges) {
    const before = result.at(-1);
    if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else result.push([first, last]);
  }
  return result;
}
