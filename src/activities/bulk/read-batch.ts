import type { BatchTry, BulkRun, BulkStart } from '../../common/bulk';
import { InputProblems } from '../../common/inputs';
import { bulkStartInput } from '../../zendesk/bulk-input';
import type { StartRequest } from '../../zendesk/start-input';
import { startRequest } from '../../zendesk/start-request';
import { readPage } from './read-page';
import { SourceError } from './errors';
import type { SourcesAndSinks } from './sources';

/** The records of one job. `positions` are those in the batch, of the records in `items`. */
export interface BatchRecords {
  positions: number[];
  items: unknown[];
  /** Null where none of the records can be sent. */
  request: StartRequest | null;
  /** Records that Zendesk would refuse, and with them all others of the job. */
  refused: { position: number; item: unknown; problem: string }[];
}

/** A record of a batch, and where it is there. */
interface Placed {
  position: number;
  item: unknown;
}

/**
 * Reads the records of a batch again, or takes the inline ones. Throws `SourceError` when the source gives other ones than were
 * planned, `InputProblems` for what is wrong with the start as a whole.
 */
export async function readBatch(
  plugged: SourcesAndSinks,
  run: BulkRun,
  { batch, only }: BatchTry,
): Promise<BatchRecords> {
  const items = batch.items ?? (await readAgain(plugged, run, batch));
  const placed = items.map((item, position) => ({ position, item }));
  const wanted = only ? placed.filter(({ position }) => only.includes(position)) : placed;
  return recordsOf(run.start, wanted);
}

async function readAgain(plugged: SourcesAndSinks, run: BulkRun, batch: BatchTry['batch']): Promise<unknown[]> {
  const source = run.source!;
  const { items, next } = await readPage(source, batch.cursor, plugged);
  const part = batch.part ? items.slice(batch.part.from, batch.part.to) : items;
  if (part.length === batch.count && next === batch.next) return part;
  const planned = `${batch.count} records and next cursor ${JSON.stringify(batch.next)}`;
  const got = `${part.length} and ${JSON.stringify(next)}`;
  const problem = `gave other records when it was read again at cursor ${JSON.stringify(batch.cursor)}: ${planned}, then ${got}`;
  throw new SourceError(source.name, problem, true);
}

/** Sets records apart that cannot be sent, by trying each on its own where they cannot be sent together. */
export function recordsOf(start: BulkStart, records: Placed[]): BatchRecords {
  const unsendable = new Map<number, string>();
  let request = records.length === 0 ? null : tryRequest(start, records);
  if (request instanceof InputProblems) {
    const whole = request;
    for (const record of records) {
      const problem = tryRequest(start, [record]);
      if (problem instanceof InputProblems) unsendable.set(record.position, told(problem));
    }
    const good = () => records.filter(({ position }) => !unsendable.has(position));
    const retry = () => (good().length === 0 ? null : tryRequest(start, good()));
    request = retry();
    if (request instanceof InputProblems) {
      for (const position of twice(good())) unsendable.set(position, 'the same record comes earlier in its batch');
      request = retry();
    }
    // Wrong for all records alike, as a missing parameter is: not the records' fault.
    if (request instanceof InputProblems || (request === null && !whole.problems.every(isAboutRecords))) throw whole;
  }
  const sendable = records.filter(({ position }) => !unsendable.has(position));
  return {
    positions: sendable.map(({ position }) => position),
    items: sendable.map(({ item }) => item),
    request,
    refused: records.flatMap(({ position, item }) => {
      const problem = unsendable.get(position);
      return problem === undefined ? [] : [{ position, item, problem }];
    }),
  };
}

function tryRequest(start: BulkStart, records: Placed[]): StartRequest | InputProblems {
  try {
    return startRequest(
      bulkStartInput(
        start,
        records.map(({ item }) => item),
      ),
    );
  } catch (error) {
    if (error instanceof InputProblems) return error;
    throw error;
  }
}

/** Positions of the records that were there before. */
function twice(records: Placed[]): number[] {
  const names = records.map(({ item }) => JSON.stringify(item));
  return records.filter((_, i) => names.indexOf(names[i]!) !== i).map(({ position }) => position);
}

function isAboutRecords({ field }: { field: string }): boolean {
  return /^(items|ids|externalIds)\b/.test(field);
}

/** Without the place in the request, which means nothing to who gave the record. */
function told({ problems }: InputProblems): string {
  return problems
    .map(({ field, problem }) => [field.replace(/^(items|ids|externalIds)(\[0\])?\.?/, ''), problem])
    .map(([field, problem]) => (field ? `${field}: ${problem}` : problem))
    .join('; ');
}
