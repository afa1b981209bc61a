/** Shows how far a wait is, on stderr: a bar on a terminal, else a line for each change, nothing for machines. */
import { MultiBar, type Options, type Params } from 'cli-progress';
import { cut } from '../zendesk/text';
import type { WaitProgress } from './wait-progress';
import { foldLine } from './text';

export interface ProgressView {
  show(progress: WaitProgress): void;
  /** Something that the user should know, whatever the form of the view. */
  note(line: string): void;
  end(): void;
}

export function progressView(
  { json }: { json: boolean },
  stream: NodeJS.WritableStream & { isTTY?: boolean } = process.stderr,
): ProgressView {
  if (json) return silent(stream);
  return stream.isTTY ? bar(stream) : lines(stream);
}

function silent(stream: NodeJS.WritableStream): ProgressView {
  return { show() {}, note: (line) => void stream.write(`${line}\n`), end() {} };
}

function lines(stream: NodeJS.WritableStream): ProgressView {
  let last = '';
  const note = (line: string) => void stream.write(`${line}\n`);
  return {
    show({ text, pace, trouble }) {
      const line = [text, pace, trouble].filter(Boolean).join(', ');
      if (line !== last) note(foldLine(line));
      last = line;
    },
    note,
    end() {},
  };
}

/** A container of one bar: only containers can write lines above their bars. */
function bar(stream: NodeJS.WritableStream & { columns?: number }): ProgressView {
  const format = (_: Options, { total, progress, startTime }: Params, parts: BarParts) =>
    barLine(
      { ...parts, share: total > 0 ? progress : null, elapsed: Date.now() - startTime },
      stream.columns ?? COLUMNS,
    );
  const container = new MultiBar({ stream, format, clearOnComplete: true, forceRedraw: true, fps: 4 });
  const view = container.create(0, 0, { text: 'waiting for the first poll' });
  return {
    show({ text, pace = '', trouble = '', progress, total }) {
      if (total !== null) view.setTotal(total);
      const payload: BarParts = { text: foldLine(text, 200), pace, trouble: foldLine(trouble, 200) };
      if (progress === null) view.update(payload);
      else view.update(progress, payload);
    },
    note: (line) => container.log(`${line}\n`),
    end: () => container.stop(),
  };
}

interface BarParts {
  text: string;
  pace?: string;
  trouble?: string;
}

const COLUMNS = 80;
const MAX_BAR = 40;
/** A shorter bar shows nothing. */
const MIN_BAR = 10;
const GAP = '  ';

/**
 * One line of the terminal. Pace and elapsed time (ms) are always whole: the bar gets shorter first, then the trouble is cut, then the
 * text. `share` is 0 to 1; null where there is no total to measure by.
 */
export function barLine(
  { text, pace = '', trouble = '', share, elapsed }: BarParts & { share: number | null; elapsed: number },
  columns: number,
): string {
  const tail = [pace, `${Math.round(elapsed / 1000)}s`].filter(Boolean).join(GAP);
  // The last column is left free: some terminals break the line there.
  const room = columns - 1 - tail.length - GAP.length;
  const said = cutTo([text, trouble].filter(Boolean).join(', '), room);
  const barRoom = Math.min(MAX_BAR, room - said.length - 1);
  const drawn = share !== null && barRoom >= MIN_BAR ? `${drawBar(share, barRoom)} ` : '';
  return `${drawn}${said}${GAP}${tail}`;
}

function drawBar(share: number, width: number): string {
  const done = Math.round(Math.min(1, Math.max(0, share)) * width);
  return '='.repeat(done) + '-'.repeat(width - done);
}

function cutTo(text: string, length: number): string {
  return text.length <= length ? text : cut(text, Math.max(0, length - 1));
}
