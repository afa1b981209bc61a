import { CancellationScope, log } from '@temporalio/workflow';
import { recordBatch, closeSink } from './bulk-activities';
import { unknownJob } from './bulk-pipeline';
import type { BulkRun } from '../../common/bulk';
import { withInlineRecords, type BulkState, type RunningTry } from './bulk-state';
import { addReport, addUncertain, FailureShares, recordCount } from './tally';

/**
 * Cleans up after a run that ends early, within some minutes whatever happens: the records whose jobs still run become uncertain, in the
 * tally and in the sink, and the sink is closed. Returns the ids of these jobs, and why the sink could not be closed, if so.
 */
export async function endEarly(
  run: BulkRun,
  items: unknown[] | undefined,
  state: BulkState,
): Promise<{ jobIds: string[]; sinkProblem?: string }> {
  const unreported = state.running;
  const jobIds = unreported.flatMap(({ jobId }) => jobId ?? []);
  return await CancellationScope.nonCancellable(async () => {
    const shares = new FailureShares(state.tally);
    await Promise.all(unreported.map((running) => conclude(run, items, state, running, shares)));
    const sinkProblem = run.sink && (await closeProblem(run, state));
    return { jobIds, ...(sinkProblem !== undefined && { sinkProblem }) };
  });
}

async function conclude(
  run: BulkRun,
  items: unknown[] | undefined,
  state: BulkState,
  running: RunningTry,
  shares: FailureShares,
): Promise<void> {
  const { jobId, batch } = running;
  const conclusion = running.conclusion ?? unknownJob(running, jobId!, `the run ended while job ${jobId} was running`);
  const failureBudget = shares.reserve(running, state.running.length);
  const report = run.sink
    ? await recordBatch(
        { run, ...withInlineRecords(running, items), conclusion, failureBudget },
        state.deadline,
        true,
      ).catch((error: unknown) => {
        log.warn('Rows of a run that ended early were not recorded', { batch: batch.number, error });
        return undefined;
      })
    : undefined;
  if (conclusion.kind === 'uncertain')
    return addUncertain(state.tally, running, conclusion.reason, conclusion.candidates);
  const failed = recordCount(running);
  const unrecorded = {
    end: 'finished' as const,
    succeeded: 0,
    failed,
    failures: [],
    retryPositions: [],
    uncertainPositions: [],
  };
  addReport(state.tally, report ?? unrecorded);
}

async function closeProblem(run: BulkRun, state: BulkState): Promise<string | undefined> {
  try {
    await closeSink(run, state.deadline, true);
    return undefined;
  } catch (error) {
    log.warn('The sink could not be closed', { sink: run.sink?.name, error });
    const { cause, message } = error as Error & { cause?: Error };
    return cause?.message ?? message;
  }
}
