import { isDeepStrictEqual } from 'node:util';
import { activityInfo } from '@temporalio/activity';
import { DEFAULT_ACCOUNT } from '../common/inputs';
import type { StartedJob, StartIdentity } from '../common/starting';
import type { StartJobInput } from '../zendesk/start-input';
import { startRequest } from '../zendesk/start-request';
import type { ZendeskAccounts } from './accounts';
import { started } from './events';
import { toFailure } from './failures';
import { sendStart } from './send-start';
import { StartHeartbeats } from './start-heartbeats';

export type StartZendeskJobInput = StartJobInput & {
  account?: string;
  /** Set by `runZendeskJob`. Default: a start of its own, which may be sent as long as the activity's timeouts allow. */
  identity?: StartIdentity;
};

/**
 * Sends one start, once. `ZendeskStartUncertain` (not retryable) when it is unknown whether Zendesk received it and sending it
 * again might do the work twice. Refusals that may pass, and uncertain starts that are safe to repeat, are retryable.
 *
 * A caller of its own sets `retry: { maximumAttempts: 1 }` for an operation that is not safe to repeat: of a worker that
 * died in mid-start Temporal knows only that it timed out, and would try again.
 */
export function createStartZendeskJob(accounts: ZendeskAccounts): (input: StartZendeskJobInput) => Promise<StartedJob> {
  return async function startZendeskJob({ account = DEFAULT_ACCOUNT, identity = ownIdentity(), ...input }) {
    const prepare = () => {
      const request = startRequest(input as StartJobInput);
      return { request, connection: accounts.connect(account) };
    };
    const { request, connection } = failingAs(account, prepare);
    const isSameStart = (sent: unknown) =>
      isDeepStrictEqual(withoutIdentity(sent), withoutIdentity({ account, ...input }));
    const heartbeats = new StartHeartbeats();
    const { jobId, requestId } = await sendStart(request, { account, connection, identity, isSameStart }).finally(() =>
      heartbeats.stop(),
    );
    started(account, request, { jobId, requestId });
    return { jobId, requestId, tie: request.tie };
  };
}

function failingAs<T>(account: string, prepare: () => T): T {
  try {
    return prepare();
  } catch (error) {
    throw toFailure(error, account);
  }
}

function withoutIdentity(input: unknown): object {
  const { identity, account = DEFAULT_ACCOUNT, ...start } = input as StartZendeskJobInput;
  return { account, ...start };
}

function ownIdentity(): StartIdentity {
  const { workflowExecution, activityId, base64TaskToken } = activityInfo();
  const runId = workflowExecution?.runId ?? base64TaskToken;
  return { id: `${runId}/${activityId}`, runId, deadline: Infinity };
}
