/** Which of the records of a refused start are at fault, at a bounded number of requests: pure rules. */

/** What Zendesk refused since it last accepted a start. */
export interface RefusedStarts {
  /** Records that were sent alone. */
  records: number;
  /** Batches, from then on that enough records were refused. */
  batches: number;
  /** Number of the batch that is being divided. No other one begins meanwhile. */
  dividing: number | null;
}

/** So many records, each refused by itself and none accepted: it is the operation that Zendesk refuses, it seems. */
const ENOUGH_RECORDS = 50;

export interface RefusedStart {
  refused?: RefusedStarts;
  /** Number of the batch. */
  batch: number;
  /** Records of the start. */
  records: number;
  /** The records are part of a batch that is being divided. */
  isPart: boolean;
}

/**
 * Nothing was queued, so the halves of a refused start are sent apart, down to the records that Zendesk refuses by themselves: one bad
 * record of a hundred costs some 14 requests. It may as well be the operation that Zendesk refuses, whichever records there are; then
 * each batch would cost two hundred. So as long as Zendesk accepts nothing, one batch is divided at a time; and when it has
 * refused fifty records one by one, only the 10th batch from then on, the 100th, the 1000th.
 *
 * - `split`: the halves are sent apart.
 * - `fail`: the record is at fault, or the operation is.
 * - `wait`: to be sent again when the batch that is being divided has been.
 */
export function reviewRefusedStart({ refused = NOTHING, batch, records, isPart }: RefusedStart): {
  decision: 'split' | 'fail' | 'wait';
  refused: RefusedStarts;
} {
  if (records === 1) return { decision: 'fail', refused: { ...refused, records: refused.records + 1 } };
  if (isPart || refused.dividing === batch) return { decision: 'split', refused };
  if (refused.dividing !== null) return { decision: 'wait', refused };
  if (refused.records < ENOUGH_RECORDS) return { decision: 'split', refused: { ...refused, dividing: batch } };
  const batches = refused.batches + 1;
  return /^10+$/.test(String(batches))
    ? { decision: 'split', refused: { ...refused, batches, dividing: batch } }
    : { decision: 'fail', refused: { ...refused, batches } };
}

const NOTHING: RefusedStarts = { records: 0, batches: 0, dividing: null };
