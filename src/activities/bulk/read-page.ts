import { ApplicationFailure } from '@temporalio/common';
import type { Named, SourceCursor } from '../../common/bulk';
import { InputProblems } from '../../common/inputs';
import { MAX_RECORDS } from '../../zendesk/operations';
import { cut } from '../../zendesk/text';
import { SourceError, UnusableError } from './errors';
import { sourceNamed, type SourcePage, type SourcesAndSinks } from './sources';

const MESSAGE_LENGTH = 500;

export interface Page {
  items: unknown[];
  next: SourceCursor | null;
}

/**
 * Reads a page and holds the source to its contract. Throws `SourceError`, permanent for more than 100 records, for a cursor
 * that does not move on, and for what is no page; an `ApplicationFailure` of the source's own as it came.
 */
export async function readPage(source: Named, cursor: SourceCursor | null, plugged: SourcesAndSinks): Promise<Page> {
  const { read } = sourceNamed(source, plugged);
  let page: SourcePage;
  try {
    page = await read(source.args, cursor);
  } catch (error) {
    throw sourceError(source, cursor, error);
  }
  const broken = (problem: string) => new SourceError(source.name, `${at(cursor)} ${problem}`, true);
  const items: unknown = (page as SourcePage | undefined)?.items;
  if (!Array.isArray(items)) throw broken('gave no { items: [...] }');
  if (items.length > MAX_RECORDS) throw broken(`gave ${items.length} records, ${MAX_RECORDS} are the most`);
  const next = page.next ?? null;
  if (next !== null && typeof next !== 'string' && typeof next !== 'number') {
    throw broken(`gave a next cursor that is neither a text nor a number`);
  }
  if (next !== null && !movesOn(cursor, next)) throw broken(`goes back: the next cursor is ${shown(next)}`);
  return { items, next };
}

/** What a source threw, as one of our errors. Messages are the source's own; its arguments are not quoted. */
export function sourceError(source: Named, cursor: SourceCursor | null, error: unknown): Error {
  if (error instanceof ApplicationFailure || error instanceof InputProblems) return error;
  const message = cut(error instanceof Error ? error.message : String(error), MESSAGE_LENGTH);
  const where = error instanceof UnusableError ? '' : `${at(cursor)} threw `;
  return new SourceError(source.name, `${where}${message}`, error instanceof UnusableError);
}

function movesOn(cursor: SourceCursor | null, next: SourceCursor): boolean {
  if (typeof cursor === 'number' && typeof next === 'number') return next > cursor;
  return next !== cursor;
}

function at(cursor: SourceCursor | null): string {
  return cursor === null ? 'at its beginning' : `at cursor ${shown(cursor)}`;
}

function shown(cursor: SourceCursor): string {
  return cut(JSON.stringify(cursor), 100);
}
