import { activityInfo, cancellationSignal, Context } from '@temporalio/activity';
import type { BatchStart, StartedBatch } from '../../common/bulk';
import { ZendeskError, ZendeskTooManyJobsError } from '../../zendesk/errors';
import type { ZendeskAccounts } from '../accounts';
import { slotsTaken, started, startFailed } from '../events';
import { toFailure } from '../failures';
import { NoJobSlotError, type JobSlots } from '../job-slots';
import { startFailure } from '../start-zendesk-job';
import { StartNotAnnouncedError, StartTooLateError } from './errors';
import { readBatch } from './read-batch';
import type { SourcesAndSinks } from './pluggable';

/** How long a start waits here for a job slot, before the workflow is told that there is none. */
const SLOT_PATIENCE = 10_000;
/** Time that a start and its answer may take, a renewed token included: no start is sent with less than that left. */
const SEND_TIME = 32_000;

/**
 * Reads the records of a batch from their source, waits until the account has room for a job, and sends the start, once.
 * Of one that is not safe to repeat Temporal hears beforehand: an attempt that dies without that has sent nothing. Fails as `startZendeskJob` does, and retryable as `ZendeskSourceFailed` or `ZendeskRateLimited` where nothing was sent.
 */
export function createStartZendeskBatch(accounts: ZendeskAccounts, plugged: SourcesAndSinks) {
  return async function startZendeskBatch(input: BatchStart): Promise<StartedBatch> {
    const { run, batch } = input;
    const { account, start } = run;
    const lastMoment = performance.now() + activityInfo().startToCloseTimeoutMs - SEND_TIME;
    try {
      const { client, slots } = accounts.connect(account);
      const { request } = await readBatch(plugged, run, input);
      if (!request) return { jobId: null };

      const send = async () => {
        if (!batch.repeatSafe) await announceStart();
        if (performance.now() > lastMoment) throw new StartTooLateError();
        // Without a signal: a start that is under way is not broken off when the worker shuts down.
        return await client.start(request);
      };
      const { jobStatus, requestId } = await inASlot(slots, send);
      started(account, request, { jobId: jobStatus.id, requestId, batch: batch.number });
      return { jobId: jobStatus.id, requestId };
    } catch (error) {
      if (error instanceof NoJobSlotError) slotsTaken(account, start.operation);
      if (!(error instanceof ZendeskError)) throw toFailure(error, account);
      startFailed(account, start.operation, error);
      throw startFailure(error, account, batch.repeatSafe);
    }
  };
}

/** A heartbeat that Temporal has confirmed. It has none for an attempt that it holds for dead, which must not send any more. */
async function announceStart(): Promise<void> {
  const { client, info } = Context.current();
  try {
    await client.activity.heartbeat(info.taskToken, 'sending');
  } catch (error) {
    throw new StartNotAnnouncedError(error);
  }
}

async function inASlot<T>(slots: JobSlots, send: () => Promise<T>): Promise<T> {
  try {
    return await slots.use(send, SLOT_PATIENCE, cancellationSignal());
  } catch (error) {
    if (error instanceof ZendeskTooManyJobsError) slots.refused();
    else if (error instanceof ZendeskError) slots.released();
    throw error;
  }
}
