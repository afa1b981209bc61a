import { ApplicationFailure } from '@temporalio/common';
import type { BulkRow, BulkRun, Named, SinkKey } from '../../common/bulk';
import { InputProblems } from '../../common/inputs';
import { cut } from '../../zendesk/text';
import { SinkError } from './errors';
import { sinkNamed, type SourcesAndSinks } from './sources';

const MESSAGE_LENGTH = 500;

/** Hands rows to the run's sink, if it has one. Throws `SinkError`: Temporal tries again until the sink takes them. */
export async function writeRows(
  plugged: SourcesAndSinks,
  { sink }: BulkRun,
  rows: BulkRow[],
  key: SinkKey,
): Promise<void> {
  if (!sink) return;
  const { write } = sinkNamed(sink, plugged);
  await sinkDone(sink, () => write(rows, { args: sink.args, ...key }));
}

/** The end of the run, for a sink that wants to know. */
export async function closeRows(plugged: SourcesAndSinks, { sink, runId }: BulkRun): Promise<void> {
  if (!sink) return;
  const { close } = sinkNamed(sink, plugged);
  await sinkDone(sink, () => close?.({ args: sink.args, runId }));
}

/** An `ApplicationFailure` of the sink's own goes on as it came. */
async function sinkDone(sink: Named, use: () => void | Promise<void>): Promise<void> {
  try {
    await use();
  } catch (error) {
    if (error instanceof ApplicationFailure || error instanceof InputProblems) throw error;
    throw new SinkError(sink.name, cut(error instanceof Error ? error.message : String(error), MESSAGE_LENGTH));
  }
}
