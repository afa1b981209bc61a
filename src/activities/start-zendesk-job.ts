import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { ZendeskErrorType } from '../common/error-types';
import { DEFAULT_ACCOUNT } from '../common/inputs';
import { startDelay } from '../common/start-delay';
import type { StartedJob } from '../common/starting';
import { ZendeskError } from '../zendesk/errors';
import type { StartJobInput } from '../zendesk/start-input';
import { mayPass, startWas } from '../zendesk/start-certainty';
import { startRequest } from '../zendesk/start-request';
import type { ZendeskAccounts } from './accounts';
import { started, startFailed } from './events';
import { retryIn, toFailure } from './failures';

export type StartZendeskJobInput = StartJobInput & { account?: string };

/**
 * Sends one start, once. `ZendeskStartUncertain` (not retryable) when nobody can know whether it arrived and sending it
 * again might do the work twice. Refusals that may pass, and doubt about a start that is safe to repeat, are retryable.
 *
 * A caller of its own sets `retry: { maximumAttempts: 1 }` for an operation that is not safe to repeat: of a worker that
 * died in mid-start Temporal knows only that it timed out, and would try again.
 */
export function createStartZendeskJob(accounts: ZendeskAccounts): (input: StartZendeskJobInput) => Promise<StartedJob> {
  return async function startZendeskJob({ account = DEFAULT_ACCOUNT, ...input }) {
    let repeatSafe = false;
    try {
      const request = startRequest(input as StartJobInput);
      repeatSafe = request.repeatSafe;
      // Without a signal: a start that is under way is not broken off when the worker shuts down.
      const { jobStatus, requestId } = await accounts.connect(account).client.start(request);
      started(account, request, { jobId: jobStatus.id, requestId });
      return { jobId: jobStatus.id, jobStatus, requestId, tie: request.tie };
    } catch (error) {
      if (!(error instanceof ZendeskError)) throw toFailure(error, account);
      startFailed(account, input.operation, error);
      throw startFailure(error, account, repeatSafe);
    }
  };
}

/** What Temporal is to make of a start that came to nothing, or perhaps not to nothing. */
export function startFailure(error: ZendeskError, account: string, repeatSafe: boolean): ApplicationFailure {
  const failure = toFailure(error, account) as ApplicationFailure;
  const uncertain = startWas(error) === 'uncertain';
  if (uncertain && !repeatSafe) {
    return ApplicationFailure.nonRetryable(error.message, ZendeskErrorType.START_UNCERTAIN, failure.details?.[0]);
  }
  if (!uncertain && !mayPass(error)) return failure;
  return retryIn(failure, startDelay(activityInfo().attempt, Math.random(), error.retryAfter));
}
