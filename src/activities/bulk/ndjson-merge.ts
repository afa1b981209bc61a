/** Rows of files that are sorted by `index`, merged in one pass: only the files that overlap at a place are in memory. */
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { BulkRow } from '../../common/bulk';
import { rawLines } from './ndjson-lines';
import { firstIndexOf } from './ndjson-names';

/** A line of a part, or of the file that the parts become. */
interface Line {
  index: number;
  /** Null for a record whose row is not wanted: an earlier row of it goes. */
  text: string | null;
}

/** In place of a row that is not wanted. */
interface Omitted {
  index: number;
  omitted: true;
}

/** A part that has been read up to `at`. `writtenAt` decides between two rows of one record. */
interface OpenPart {
  lines: Line[];
  at: number;
  writtenAt: bigint;
}

export function rowLine(row: BulkRow): string {
  return `${JSON.stringify(row)}\n`;
}

/** Says that the record has a result, and that its row is not to be in the file. */
export function omittedLine({ index }: BulkRow): string {
  const omitted: Omitted = { index, omitted: true };
  return `${JSON.stringify(omitted)}\n`;
}

/**
 * The lines of the file as it is to become: those of `parts`, and those of `file` for all other records, by `index`. Without
 * `file` those of the parts alone.
 */
export async function* mergedLines(file: string | undefined, folder: string, parts: string[]): AsyncGenerator<string> {
  const older = file === undefined ? noLines() : linesOfFile(file);
  const newer = linesOfParts(folder, parts);
  try {
    let old = await nextOf(older);
    let line = await nextOf(newer);
    while (old || line) {
      const next = !line || (old && old.index < line.index) ? old! : line;
      if (next.text !== null) yield `${next.text}\n`;
      if (old?.index === next.index) old = await nextOf(older);
      if (line?.index === next.index) line = await nextOf(newer);
    }
  } finally {
    await older.return(undefined); // closes the file
  }
}

/** Each record once: the row that was written last, where a reset has run its batch again. */
async function* linesOfParts(folder: string, parts: string[]): AsyncGenerator<Line> {
  const waiting = parts.map((name) => ({ name, first: firstIndexOf(name)! })).sort((a, b) => a.first - b.first);
  let open: OpenPart[] = [];
  for (let next = 0; open.length > 0 || next < waiting.length;) {
    const place = Math.min(...open.map(({ lines, at }) => lines[at]!.index));
    if (next < waiting.length && waiting[next]!.first <= place) {
      open.push(await openPart(path.join(folder, waiting[next]!.name)));
      next += 1;
    } else {
      const here = open.filter(({ lines, at }) => lines[at]!.index === place);
      const last = here.reduce((a, b) => (b.writtenAt >= a.writtenAt ? b : a));
      yield last.lines[last.at]!;
      for (const part of here) part.at += 1;
    }
    open = open.filter(({ lines, at }) => at < lines.length);
  }
}

async function openPart(file: string): Promise<OpenPart> {
  const { mtimeNs: writtenAt } = await stat(file, { bigint: true });
  const text = await readFile(file, 'utf8');
  const lines = text
    .split('\n')
    .filter((line) => line !== '')
    .map(lineOf);
  return { lines: lines.sort((a, b) => a.index - b.index), at: 0, writtenAt };
}

async function* linesOfFile(file: string): AsyncGenerator<Line> {
  for await (const { bytes } of rawLines(file)) yield lineOf(bytes!.toString('utf8').trimEnd());
}

async function* noLines(): AsyncGenerator<Line> {}

function lineOf(text: string): Line {
  const { index, omitted } = JSON.parse(text) as BulkRow & Partial<Omitted>;
  return { index, text: omitted ? null : text };
}

async function nextOf(lines: AsyncGenerator<Line>): Promise<Line | undefined> {
  const { value, done } = await lines.next();
  return done ? undefined : (value as Line);
}
