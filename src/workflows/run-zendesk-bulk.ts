import {
  CancellationScope,
  continueAsNew,
  defineSignal,
  isCancellation,
  log,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { BulkRun } from '../common/bulk';
import { checkRunZendeskBulk } from '../common/bulk-input';
import type { RunZendeskBulkInput, RunZendeskBulkResult } from '../common/bulk-types';
import { checkBulk, closeSink } from './bulk/bulk-calls';
import { bulkFailure } from './bulk/bulk-failures';
import { BulkPipeline } from './bulk/bulk-pipeline';
import { exposeBulk } from './bulk/bulk-progress';
import { newState, type BulkState } from './bulk/bulk-state';
import { resultOf } from './bulk/tally';
import { checked } from './failures';
import { findableByEnd, findableWhileRunning } from './search-attributes';

/** Starts no more jobs; those that run go on. */
export const pauseSignal = defineSignal('pause');
export const resumeSignal = defineSignal('resume');

/**
 * Takes any number of records through as many Zendesk jobs as that takes, and blocks until each record is done, has failed, or
 * is set aside since nobody can know. Query `progress`, signals `pause` and `resume`. Continues as new by itself: `carried` is
 * what one run hands over to the next, and nobody else gives it.
 *
 * Throws what concerns all records, with the result so far in its details: `ZendeskInputInvalid`, `ZendeskAccountUnknown`,
 * `ZendeskAuthenticationFailed`, `ZendeskRequestRejected`, `ZendeskSourceFailed`, `ZendeskJobTimedOut`, and
 * `ZendeskStartUncertain` after a hundred batches of which nobody knows.
 */
export async function runZendeskBulk(input: RunZendeskBulkInput, carried?: BulkState): Promise<RunZendeskBulkResult> {
  const settings = checked(() => checkRunZendeskBulk(input));
  const { account, start, source, sink, items } = settings;
  const state = carried ?? newState(workflowInfo().firstExecutionRunId, Date.now(), settings.timeout);
  const run: BulkRun = { account, start, source, sink, runId: state.runId };

  const shown = exposeBulk(settings, state, carried ? 'running' : 'checking');
  const setPaused = (paused: boolean) => {
    state.paused = paused;
    shown.update();
  };
  setHandler(pauseSignal, () => setPaused(true));
  setHandler(resumeSignal, () => setPaused(false));

  // The next run inherits them.
  if (!carried) findableWhileRunning(settings);
  let end: 'done' | 'continue';
  try {
    if (!carried) state.total = (await checkBulk({ run, items }, state.deadline)).total;
    shown.update('running');
    const pipeline = new BulkPipeline(settings, state, {
      mustContinueAsNew: () => workflowInfo().continueAsNewSuggested,
      onChange: (message) => shown.update('running', message),
    });
    end = await pipeline.run();
    if (end === 'done' && sink) await closeSink({ run });
  } catch (error) {
    shown.update(isCancellation(error) ? 'cancelled' : 'failed');
    if (sink) await closeAnyway(run);
    throw bulkFailure(error, account, start.operation, state);
  }
  if (end === 'continue') await continueAsNew<typeof runZendeskBulk>(input, state);
  findableByEnd(settings);
  shown.update('completed');
  return resultOf(state.tally);
}

/** What the sink has is all that is known of the records when a run ends before its time. */
async function closeAnyway(run: BulkRun): Promise<void> {
  try {
    await CancellationScope.nonCancellable(() => closeSink({ run }));
  } catch (error) {
    log.warn('The sink could not be closed', { sink: run.sink?.name, error });
  }
}
