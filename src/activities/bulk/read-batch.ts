import type { BatchPage, BatchTry, BulkRun, BulkStart } from '../../common/bulk';
import type { Named } from '../../common/bulk-types';
import { InputProblems } from '../../common/inputs';
import { bulkStartInput } from '../../zendesk/bulk-input';
import type { StartJobInput, StartRequest } from '../../zendesk/start-input';
import { FEWER_RECORDS, startRequest } from '../../zendesk/start-request';
import { SourceError } from './errors';
import { at, readPage } from './read-page';
import { digestOf } from './record-digest';
import type { SourcesAndSinks } from './pluggable';

/** The field of a problem with one record: its place in the request, and what of it is wrong. */
const ONE_RECORD = /^(?:items|ids|externalIds)\[(\d+)\]\.?(.*)$/;

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
  { batch, positions }: BatchTry,
): Promise<BatchRecords> {
  if (batch.items) {
    const placed = batch.items.map((item, i) => ({ position: positions?.[i] ?? i, item }));
    return recordsOf(run.start, placed);
  }
  const items = await readAgain(plugged, run.source!, batch.page!);
  const placed = items.map((item, position) => ({ position, item }));
  const wanted = positions ? placed.filter(({ position }) => positions.includes(position)) : placed;
  return recordsOf(run.start, wanted);
}

/** Rows of a job are told by their place in its batch: with other records there, they would be given to the wrong ones. */
async function readAgain(plugged: SourcesAndSinks, source: Named, page: BatchPage): Promise<unknown[]> {
  const { cursor, part, digest } = page;
  const { items } = await readPage(source, cursor, plugged);
  const records = part ? items.slice(part.from, part.to) : items;
  if (digestOf(records) === digest) return records;
  throw new SourceError(source.name, `${at(cursor)} gave other records when it was read again`, true);
}

/**
 * Makes the request of the records that can be sent, and sets the others apart. Throws `InputProblems` for what is wrong
 * whichever records there are, such as a missing parameter.
 */
export function recordsOf(start: BulkStart, records: Placed[]): BatchRecords {
  const refused: BatchRecords['refused'] = [];
  let sendable = records;
  let request = tryRequest(start, sendable);
  while (request instanceof InputProblems && sendable.length > 0) {
    const wrong = wrongRecords(request, start, sendable);
    refused.push(...sendable.flatMap((record, i) => (wrong.has(i) ? [{ ...record, problem: wrong.get(i)! }] : [])));
    sendable = sendable.filter((_, i) => !wrong.has(i));
    request = tryRequest(start, sendable);
  }
  if (request instanceof InputProblems && !request.problems.every(isAboutRecords)) throw request;
  return {
    positions: sendable.map(({ position }) => position),
    items: sendable.map(({ item }) => item),
    request: request instanceof InputProblems ? null : request,
    refused: refused.sort((a, b) => a.position - b.position),
  };
}

/** Which records a start is refused for, by their place in it, and why. Throws the refusal where it is no record's fault. */
function wrongRecords(refusal: InputProblems, start: BulkStart, records: Placed[]): Map<number, string> {
  if (!refusal.problems.every(isAboutRecords)) throw refusal;
  const named = refusal.problems.filter(({ field }) => ONE_RECORD.test(field));
  const wrong = new Map<number, string>();
  for (const { field, problem } of named) {
    const [, index, rest] = ONE_RECORD.exec(field)!;
    const told = rest ? `${rest}: ${problem}` : problem;
    const before = wrong.get(Number(index));
    wrong.set(Number(index), before === undefined ? told : `${before}; ${told}`);
  }
  if (wrong.size > 0) return wrong;

  // About all of them together: one that is too large, or one that comes twice.
  for (const i of repeated(start, records)) wrong.set(i, 'the same record comes earlier in its batch');
  records.forEach((record, i) => {
    const alone = tryRequest(start, [record]);
    if (!(alone instanceof InputProblems)) return;
    const problems = alone.problems.map(({ problem }) => problem.replace(FEWER_RECORDS, ''));
    wrong.set(i, problems.join('; '));
  });
  if (wrong.size === 0) throw refusal;
  return wrong;
}

function tryRequest(start: BulkStart, records: Placed[]): StartRequest | InputProblems {
  try {
    return startRequest(inputOf(start, records));
  } catch (error) {
    if (error instanceof InputProblems) return error;
    throw error;
  }
}

function inputOf(start: BulkStart, records: Placed[]): StartJobInput {
  const items = records.map(({ item }) => item);
  return bulkStartInput(start, items);
}

/** Places of the records whose id was there before. */
function repeated(start: BulkStart, records: Placed[]): number[] {
  const { ids, externalIds } = inputOf(start, records) as { ids?: unknown[]; externalIds?: unknown[] };
  const names = (ids ?? externalIds ?? []).map(String);
  return names.flatMap((name, i) => (names.indexOf(name) === i ? [] : [i]));
}

function isAboutRecords({ field }: { field: string }): boolean {
  return /^(items|ids|externalIds)\b/.test(field);
}
