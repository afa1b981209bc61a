/** Shows how far a wait is, on stderr: a bar on a terminal, else a line for each change, nothing for machines. */
import { Format, MultiBar, type Options, type Params } from 'cli-progress';
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
    show({ text }) {
      if (text !== last) note(foldLine(text));
      last = text;
    },
    note,
    end() {},
  };
}

/** A container of one bar: only containers can write lines above their bars. */
function bar(stream: NodeJS.WritableStream): ProgressView {
  const container = new MultiBar({ stream, format: formatBar, clearOnComplete: true, forceRedraw: true, fps: 4 });
  const view = container.create(0, 0, { text: 'waiting for the first poll' });
  return {
    show({ text, progress, total }) {
      if (total !== null) view.setTotal(total);
      const payload = { text: foldLine(text, 200) };
      if (progress === null) view.update(payload);
      else view.update(progress, payload);
    },
    note: (line) => container.log(`${line}\n`),
    end: () => container.stop(),
  };
}

/** The bar itself only where there is a total to measure by. */
function formatBar(options: Options, { total, progress, startTime }: Params, { text }: { text: string }): string {
  const elapsed = `${Math.round((Date.now() - startTime) / 1000)}s`;
  const drawn = total > 0 ? `${Format.BarFormat(progress, options)} ` : '';
  return `${drawn}${text}  ${elapsed}`;
}
