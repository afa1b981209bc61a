import { ApplicationFailure } from '@temporalio/common';
import type { BulkRow, BulkRun, SinkKey } from '../../common/bulk';
import type { Named } from '../../common/bulk-types';
import { InputProblems } from '../../common/inputs';
import { cut } from '../../zendesk/text';
import { rowsWritten } from '../events';
import { SinkError, UnusableError } from './errors';
import { sinkNamed } from './sources';
import type { SourcesAndSinks } from './pluggable';

const MESSAGE_LENGTH = 500;

/** Hands rows to the run's sink, if it has one. Throws `SinkError`: Temporal tries again until the sink takes them. */
export async function writeRows(
  plugged: SourcesAndSinks,
  { account, sink }: BulkRun,
  rows: BulkRow[],
  key: SinkKey,
): Promise<void> {
  if (!sink) return;
  const named = sinkNamed(sink, plugged);
  await sinkDone(sink, () => named.write(rows, { args: sink.args, ...key }));
  rowsWritten(account, sink.name, rows.length);
}

/** The end of the run, for a sink that wants to know. */
export async function closeRows(plugged: SourcesAndSinks, { sink, runId }: BulkRun): Promise<void> {
  if (!sink) return;
  const named = sinkNamed(sink, plugged);
  await sinkDone(sink, () => named.close?.({ args: sink.args, runId }));
}

/** What the sink says before the first job. What stays wrong, as a folder that is not there, is told of its arguments. */
export async function checkRows(plugged: SourcesAndSinks, { sink }: BulkRun): Promise<void> {
  if (!sink) return;
  const named = sinkNamed(sink, plugged);
  await sinkDone(sink, async () => {
    try {
      await named.check?.(sink.args);
    } catch (error) {
      if (!(error instanceof UnusableError)) throw error;
      throw new InputProblems('runZendeskBulk', [{ field: 'sink.args', problem: error.message }]);
    }
  });
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
