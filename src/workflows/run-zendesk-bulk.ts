import { continueAsNew, defineSignal, isCancellation, setHandler, workflowInfo } from '@temporalio/workflow';
import { checkRunZendeskBulk } from '../common/bulk-input';
import type { RunZendeskBulkInput, RunZendeskBulkResult } from '../common/bulk-types';
import { checkBulk, closeSink } from './bulk/bulk-activities';
import { bulkFailure, bulkTimedOut } from './bulk/bulk-failures';
import { BulkPipeline } from './bulk/bulk-pipeline';
import { exposeBulk } from './bulk/bulk-progress';
import { bulkRun, newState, stateForNextRun, type BulkState } from './bulk/bulk-state';
import { endEarly } from './bulk/end-early';
import { resultOf } from './bulk/tally';
import { checked } from './failures';
import { findableByEnd, findableWhileRunning } from './search-attributes';
import { resetRun } from './start-job';

/** More resets of one run are not looked into for starts that were made before. */
const MAX_RESET_RUNS = 10;

/** Starts no more jobs; those that run go on. */
export const pauseSignal = defineSignal('pause');
export const resumeSignal = defineSignal('resume');

/**
 * Takes any number of records through as many Zendesk jobs as that takes, and blocks until each record has succeeded, has failed, or
 * is set aside because it is unknown whether Zendesk did it. Query `progress`, signals `pause` and `resume`. Continues as new by
 * itself: `continuedState` is what one run hands over to the next; callers do not give it.
 *
 * Throws what concerns all records, with the result so far, the jobs that still run and what was not sent in its details:
 * `ZendeskInputInvalid`, `ZendeskAccountUnknown`, `ZendeskAuthenticationFailed`, `ZendeskRequestRejected`, `ZendeskSourceFailed`,
 * `ZendeskSinkFailed`, `ZendeskJobTimedOut`, and `ZendeskStartUncertain` after a hundred uncertain batches.
 */
export async function runZendeskBulk(
  input: RunZendeskBulkInput,
  continuedState?: BulkState,
): Promise<RunZendeskBulkResult> {
  const settings = checked(() => checkRunZendeskBulk(input));
  const { items } = settings;
  // The timeout counts from the workflow's start, however late a worker comes.
  const { firstExecutionRunId, startTime } = workflowInfo();
  const state = continuedState ?? newState(firstExecutionRunId, startTime.getTime(), settings.timeout);
  const run = bulkRun(settings, state);
  state.resetRuns = [...state.resetRuns, ...resetRun()].slice(-MAX_RESET_RUNS);

  const view = exposeBulk(settings, state, continuedState ? 'running' : 'checking');
  const setPaused = (paused: boolean) => {
    state.paused = paused;
    view.update();
  };
  setHandler(pauseSignal, () => setPaused(true));
  setHandler(resumeSignal, () => setPaused(false));

  // The next run inherits them.
  if (!continuedState) findableWhileRunning(settings);
  let stage: 'checking' | 'running' | 'closing' = 'checking';
  let end: 'done' | 'continue';
  try {
    if (!continuedState && Date.now() >= state.deadline)
      throw bulkTimedOut(settings.start.operation, state, 'for a worker');
    if (!continuedState) state.total = (await checkBulk({ run, items }, state.deadline)).total;
    stage = 'running';
    view.update('running');
    const pipeline = new BulkPipeline(settings, state, {
      mustContinueAsNew: () => workflowInfo().continueAsNewSuggested,
      onChange: (message) => view.update('running', message),
    });
    end = await pipeline.run();
    stage = 'closing';
    if (end === 'done' && run.sink) await closeSink(run, state.deadline);
  } catch (error) {
    const cancelled = isCancellation(error);
    view.update(cancelled ? 'cancelled' : 'failed');
    // A run that failed its check has written nothing; a sink that could not be closed was tried often enough.
    const cleanUp = stage === 'running' || (stage === 'closing' && cancelled);
    const ended = cleanUp ? await endEarly(run, items, state) : { jobIds: [] };
    view.update();
    throw bulkFailure(error, run, state, ended);
  }
  if (end === 'continue') await continueAsNew<typeof runZendeskBulk>(input, stateForNextRun(state));
  findableByEnd(settings);
  view.update('completed');
  return resultOf(state.tally);
}
