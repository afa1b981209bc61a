import { ApplicationFailure } from '@temporalio/common';
import type { SourceCursor } from '../../common/bulk';
import type { Named } from '../../common/bulk-types';
import { BYTE_BUDGETS, jsonBytes } from '../../common/byte-budgets';
import { InputProblems } from '../../common/inputs';
import { MAX_RECORDS } from '../../zendesk/operations';
import { cut } from '../../zendesk/text';
import { SourceError, UnusableError } from './errors';
import { sourceNamed } from './sources';
import type { SourcePage, SourcesAndSinks } from './pluggable';

const MESSAGE_LENGTH = 500;
/** Of the built-in source: twenty bad lines fit. */
const OWN_MESSAGE_LENGTH = 4_000;

export interface Page {
  items: unknown[];
  next: SourceCursor | null;
}

/**
 * Reads a page and checks the source's contract. Throws `SourceError`, permanent for more than 100 records, for a record that is
 * not JSON, for a cursor that is too long or does not move on, and for anything that is not a page; an `ApplicationFailure` of
 * the source as it is.
 */
export async function readPage(source: Named, cursor: SourceCursor | null, plugged: SourcesAndSinks): Promise<Page> {
  const reader = sourceNamed(source, plugged);
  let page: SourcePage;
  try {
    page = await reader.read(source.args, cursor);
  } catch (error) {
    throw sourceError(source, cursor, error);
  }
  const broken = (problem: string) => new SourceError(source.name, `${at(cursor)} ${problem}`, true);
  const items: unknown = (page as SourcePage | undefined)?.items;
  if (!Array.isArray(items)) throw broken('returned no { items: [...] }');
  if (items.length > MAX_RECORDS) throw broken(`returned ${items.length} records, at most ${MAX_RECORDS} are allowed`);
  const notJson = jsonProblem(items);
  if (notJson !== undefined) throw broken(`returned a record that is not JSON: ${notJson}`);
  const next: unknown = page.next ?? null;
  if (!isCursor(next)) {
    throw broken(
      `returned a next cursor that is neither a number nor a text of at most ${BYTE_BUDGETS.cursor} bytes of JSON`,
    );
  }
  if (next !== null && !movesOn(cursor, next)) throw broken(`goes back: the next cursor is ${shown(next)}`);
  return { items, next };
}

/** What a source threw, as one of our errors. Messages are the source's own; its arguments are not quoted. */
export function sourceError(source: Named, cursor: SourceCursor | null, error: unknown): Error {
  if (error instanceof ApplicationFailure || error instanceof InputProblems) return error;
  if (error instanceof UnusableError) return new SourceError(source.name, cut(error.message, OWN_MESSAGE_LENGTH), true);
  const message = cut(error instanceof Error ? error.message : String(error), MESSAGE_LENGTH);
  return new SourceError(source.name, `${at(cursor)} threw ${message}`, false);
}

function isCursor(next: unknown): next is SourceCursor | null {
  if (typeof next === 'string') return jsonBytes(next) <= BYTE_BUDGETS.cursor;
  return next === null || Number.isFinite(next); // JSON makes null of other numbers, which is the end of the source.
}

function movesOn(cursor: SourceCursor | null, next: SourceCursor): boolean {
  if (typeof cursor === 'number' && typeof next === 'number') return next > cursor;
  return next !== cursor;
}

function jsonProblem(items: unknown[]): string | undefined {
  try {
    JSON.stringify(items);
    return undefined;
  } catch (error) {
    return (error as Error).message.split('\n')[0];
  }
}

/** Where in the source, for messages. */
export function at(cursor: SourceCursor | null): string {
  return cursor === null ? 'at its beginning' : `at cursor ${shown(cursor)}`;
}

function shown(cursor: SourceCursor | null): string {
  return cut(JSON.stringify(cursor), 100);
}
