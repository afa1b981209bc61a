/**
 * Where a planning goes on: at a page of the source, or within a page whose batches did not all fit into the planning before.
 * The workflow carries it as one cursor. Pure.
 */
import type { SourceCursor } from '../../common/bulk';

const MARK = '\u0001part';
const PARTIAL = /^\u0001part (\d+) (?:null|([ns])([^]*))$/;

export interface PagePlace {
  /** The source's own cursor of the page. */
  cursor: SourceCursor | null;
  /** Records of the page that are planned already. */
  from: number;
}

/** The source's own cursor, wherever a whole page comes next. */
export function toPlanCursor({ cursor, from }: PagePlace): SourceCursor | null {
  const isTaken = typeof cursor === 'string' && cursor.startsWith(MARK);
  if (from === 0 && !isTaken) return cursor;
  const own = cursor === null ? 'null' : `${typeof cursor === 'number' ? 'n' : 's'}${cursor}`;
  return `${MARK} ${from} ${own}`;
}

export function fromPlanCursor(planned: SourceCursor | null): PagePlace {
  const [, from, kind, own = ''] = typeof planned === 'string' ? (PARTIAL.exec(planned) ?? []) : [];
  if (from === undefined) return { cursor: planned, from: 0 };
  if (kind === undefined) return { cursor: null, from: Number(from) };
  return { cursor: kind === 'n' ? Number(own) : own, from: Number(from) };
}
