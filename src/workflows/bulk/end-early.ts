import { CancellationScope, log } from '@temporalio/workflow';
import { recordBatch, closeSink } from './bulk-activities';
import { unknownJob } from './bulk-pipeline';
import type { BulkRun } from '../../common/bulk';
import { withInlineRecords, type BulkState, type RunningTry } from './bulk-state';
import { addReport, addUncertain, FailureShares, recordCount } from './tally';

/**
 * Cleans up after a run that ends early, within some minutes whatever happens: the records of jobs that were not reported become
 * uncertain, in the tally and in the sink, and the sink is closed. Returns the ids of these jobs, and why rows could not be written or
 * the sink could not be closed, if so.
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
    const rowProblems = await Promise.all(unreported.map((running) => conclude(run, items, state, running, shares)));
    const closingProblem = run.sink && (await closeProblem(run, state));
    const sinkProblem = closingProblem ?? rowProblems.find((problem) => problem !== undefined);
    return { jobIds, ...(sinkProblem !== undefined && { sinkProblem }) };
  });
}

/** Returns why the rows could not be written, if so. */
async function conclude(
  run: BulkRun,
  items: unknown[] | undefined,
  state: BulkState,
  running: RunningTry,
  shares: FailureShares,
): Promise<string | undefined> {
  const { jobId, batch } = running;
  const conclusion =
    running.conclusion ?? unknownJob(running, jobId!, `the run ended before job ${jobId} was reported`);
  const failureBudget = shares.reserve(running, state.running.length);
  let problem: string | undefined;
  const report = run.sink
    ? await recordBatch(
        { run, ...withInlineRecords(running, items), conclusion, failureBudget },
        state.deadline,
        true,
      ).catch((error: unknown) => {
        log.warn('Rows of a run that ended early were not recorded', { batch: batch.number, error });
        problem = reasonOf(error);
        return undefined;
      })
    : undefined;
  if (conclusion.kind === 'uncertain') {
    addUncertain(state.tally, running, conclusion.reason, conclusion.candidates);
    return problem;
  }
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
  return problem;
}

async function closeProblem(run: BulkRun, state: BulkState): Promise<string | undefined> {
  try {
    await closeSink(run, state.deadline, true);
    return undefined;
  } catch (error) {
    log.warn('The sink could not be closed', { sink: run.sink?.name, error });
    return reasonOf(error);
  }
}

/** The message of what an activity failed with. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as Error & { cause?: Error };
  return cause?.message ?? message;
}
