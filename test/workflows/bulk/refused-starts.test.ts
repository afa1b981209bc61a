import { reviewRefusedStart, type RefusedStarts } from '../../../src/workflows/bulk/refused-starts';

const review = (fields: Partial<Parameters<typeof reviewRefusedStart>[0]> = {}) =>
  reviewRefusedStart({ batch: 7, records: 100, isPart: false, ...fields });
const refused = (fields: Partial<RefusedStarts> = {}): RefusedStarts => ({
  records: 0,
  batches: 0,
  dividing: null,
  ...fields,
});

test('a refused batch is divided, and is the only one meanwhile', () => {
  const { decision, refused: after } = review();
  expect(decision).toBe('split');
  expect(after).toEqual(refused({ dividing: 7 }));
  expect(review({ batch: 8, refused: after })).toEqual({ decision: 'wait', refused: after });
  expect(review({ records: 50, isPart: true, refused: after })).toEqual({ decision: 'split', refused: after });
});

test('other records of the batch that is being divided do not wait for it', () => {
  const dividing = refused({ dividing: 7 });
  expect(review({ refused: dividing })).toEqual({ decision: 'split', refused: dividing });
});

test('a record that is refused alone has failed, and counts', () => {
  expect(review({ records: 1 })).toEqual({ decision: 'fail', refused: refused({ records: 1 }) });
  const dividing = refused({ records: 3, dividing: 7 });
  const expected = { decision: 'fail', refused: { ...dividing, records: 4 } };
  expect(review({ records: 1, isPart: true, refused: dividing })).toEqual(expected);
  expect(review({ records: 1, refused: dividing, batch: 8 })).toEqual(expected);
});

test('a part is divided however much was refused before', () => {
  const much = refused({ records: 1_000, batches: 5 });
  expect(review({ isPart: true, records: 2, refused: much })).toEqual({ decision: 'split', refused: much });
});

test('a batch is divided until fifty records were refused alone, with none accepted', () => {
  expect(review({ refused: refused({ records: 49 }) }).decision).toBe('split');
  expect(review({ refused: refused({ records: 50 }) })).toEqual({
    decision: 'fail',
    refused: refused({ records: 50, batches: 1 }),
  });
});

test('after that, the 10th batch is divided, the 100th and the 1000th', () => {
  let state = refused({ records: 100 });
  const divided: number[] = [];
  for (let batch = 1; batch <= 2_000; batch++) {
    const { decision, refused: after } = review({ batch, refused: state });
    if (decision === 'split') divided.push(batch);
    state = { ...after, dividing: null };
  }
  expect(divided).toEqual([10, 100, 1_000]);
});

/** Requests for so many batches of a hundred, of which Zendesk accepts what has no bad record. */
function requestsFor(batches: number, isBad: (record: number) => boolean): { requests: number; failed: number } {
  let state: RefusedStarts | undefined;
  let [requests, failed] = [0, 0];
  const send = (batch: number, first: number, records: number, isPart: boolean): void => {
    requests += 1;
    if (!Array.from({ length: records }, (_, i) => isBad(first + i)).some(Boolean)) return void (state = undefined);
    const { decision, refused: after } = review({ batch, records, isPart, refused: state });
    state = after;
    if (decision === 'fail') return void (failed += records);
    const half = Math.floor(records / 2);
    send(batch, first, half, true);
    send(batch, first + half, records - half, true);
    if (!isPart && state) state = { ...state, dividing: null };
  };
  for (let batch = 0; batch < batches; batch++) send(batch + 1, 100 * batch, 100, false);
  return { requests, failed };
}

test.each([
  ['one bad record of a hundred', 1, (i: number) => i % 100 === 41, 1, 15],
  ['one in each of a hundred batches', 100, (i: number) => i % 100 === Math.floor(i / 100), 100, 1_500],
  ['every tenth record', 10, (i: number) => i % 10 === 3, 100, 1_000],
  ['a wrong operation', 400, () => true, 40_000, 400 + 3 * 200],
  // Nine batches fail as they are, before one shows that Zendesk accepts records after all.
  ['a hundred bad ones, then one in each batch', 50, (i: number) => i < 100 || i % 100 === 0, 10 * 100 + 40, 1_000],
])('%s: only that fails, at a bounded number of requests', (_, batches, isBad, failed, most) => {
  const found = requestsFor(batches, isBad);
  expect(found.failed).toBe(failed);
  expect(found.requests).toBeLessThanOrEqual(most);
});
