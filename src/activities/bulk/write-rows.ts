import { ApplicationFailure } from '@temporalio/common';
import type { BulkRow, BulkRun, SinkKey } from '../../common/bulk';
import { InputProblems } from '../../common/inputs';
import { cut } from '../../zendesk/text';
import { rowsWritten } from '../events';
import { SinkError } from './errors';
import { sinkNamed } from './sources';
import type { SinkObject, SourcesAndSinks } from './pluggable';

const MESSAGE_LENGTH = 500;

/** Hands rows to the run's sink, if it has one. Throws `SinkError`: Temporal retries until the sink takes them. */
export async function writeRows(plugged: SourcesAndSinks, run: BulkRun, rows: BulkRow[], key: SinkKey): Promise<void> {
  const { account, sink } = run;
  if (!sink) return;
  await withSink(plugged, run, (named) => named.write(rows, { args: sink.args, ...key }));
  rowsWritten(account, sink.name, rows.length);
}

/** Asks the sink whether it can take rows, before the first job. */
export async function checkRows(plugged: SourcesAndSinks, run: BulkRun): Promise<void> {
  const { sink, source, runId } = run;
  await withSink(plugged, run, (named) => named.check?.(sink!.args, { runId, ...(source && { source }) }));
}

/** Reports that the run begins. */
export async function openRows(plugged: SourcesAndSinks, run: BulkRun): Promise<void> {
  await withSink(plugged, run, (named) => named.open?.({ args: run.sink!.args, runId: run.runId }));
}

/** Reports that the run has ended. */
export async function closeRows(plugged: SourcesAndSinks, run: BulkRun): Promise<void> {
  await withSink(plugged, run, (named) => named.close?.({ args: run.sink!.args, runId: run.runId }));
}

/** An `ApplicationFailure` of the sink is thrown as it is, `InputProblems` too. */
async function withSink(
  plugged: SourcesAndSinks,
  { sink }: BulkRun,
  use: (named: SinkObject) => void | Promise<void>,
): Promise<void> {
  if (!sink) return;
  const named = sinkNamed(sink, plugged);
  try {
    await use(named);
  } catch (error) {
    if (error instanceof ApplicationFailure || error instanceof InputProblems) throw error;
    throw new SinkError(sink.name, cut(error instanceof Error ? error.message : String(error), MESSAGE_LENGTH));
  }
}
