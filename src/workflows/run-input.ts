import { numberProblems } from '../common/exact-numbers';
import { checkRunOptions, InputProblems, type WaitSettings } from '../common/inputs';
import type { ResultsMode, WaitOptions } from '../common/types';
import type { StartJobInput } from '../zendesk/start-input';

/** Input of `runZendeskJob`: what starts the job, and how to wait for it. */
export type RunZendeskJobInput = StartJobInput &
  WaitOptions & {
    /** Which result rows to return. Default `all`. */
    results?: ResultsMode;
    /** Throw `ZendeskItemsFailed` when the job completed but some records failed. Default false. */
    failOnItemErrors?: boolean;
    /**
     * When nobody can know whether a start that is not safe to repeat has arrived: `fail` with `ZendeskStartUncertain`
     * (default), or `adopt` the job of the list that fits, if it is the only one that was not there before.
     */
    onUncertainStart?: 'fail' | 'adopt';
  };

export interface RunSettings extends WaitSettings {
  /** Checked by the activity that sends it. */
  start: StartJobInput;
  onUncertainStart: 'fail' | 'adopt';
}

/**
 * Throws `InputProblems`. What starts the job is not looked at here: the checks of 26 operations would double the size of
 * the workflow bundle, and `startZendeskJob` makes them before any request. Only numbers are checked here: JSON turns those that are
 * not finite into null on the way there.
 */
export function checkRunZendeskJob(input: RunZendeskJobInput): RunSettings {
  if (typeof input !== 'object' || input === null) {
    throw new InputProblems('runZendeskJob', [{ field: '', problem: 'expected an object with an operation' }]);
  }
  const { account, timeout, polling, searchAttributes, results, failOnItemErrors, onUncertainStart, ...start } = input;
  const inexact = numberProblems({ ...start });
  if (inexact.length > 0) throw new InputProblems('runZendeskJob', inexact);
  return {
    ...checkRunOptions({ account, timeout, polling, searchAttributes, results, failOnItemErrors, onUncertainStart }),
    onUncertainStart: onUncertainStart ?? 'fail',
    start: start as StartJobInput,
  };
}
