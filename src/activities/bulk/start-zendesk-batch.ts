import { isDeepStrictEqual } from 'node:util';
import { cancellationSignal } from '@temporalio/activity';
import type { BatchStart, BatchTry, BulkRun, StartedBatch } from '../../common/bulk';
import type { StartIdentity } from '../../common/starting';
import { ZendeskError, ZendeskTooManyJobsError } from '../../zendesk/errors';
import type { ZendeskAccounts } from '../accounts';
import { slotsTaken, started } from '../events';
import { toFailure } from '../failures';
import { NoJobSlotError, type JobSlots } from '../job-slots';
import { sendStart } from '../send-start';
import { StartNotAnnouncedError } from '../start-errors';
import { StartHeartbeats } from '../start-heartbeats';
import type { SourcesAndSinks } from './pluggable';
import { readBatch } from './read-batch';

/** How long a start waits here for a free in-flight job, before the workflow learns that there is none. */
const IN_FLIGHT_PATIENCE_MS = 10_000;

/**
 * Reads the records of a batch from their source, waits until the account has room for a job, and sends the start, once. A start that
 * is not safe to repeat is announced to Temporal beforehand: an attempt that dies without that has sent nothing. Fails as `sendStart`
 * does, and as `ZendeskSourceFailed`.
 */
export function createStartZendeskBatch(accounts: ZendeskAccounts, plugged: SourcesAndSinks) {
  return async function startZendeskBatch({ run, identity, ...batchTry }: BatchStart): Promise<StartedBatch> {
    const heartbeats = new StartHeartbeats();
    try {
      return await startBatch(run, identity, batchTry, heartbeats);
    } finally {
      heartbeats.stop();
    }
  };

  async function startBatch(
    run: BulkRun,
    identity: StartIdentity,
    batchTry: BatchTry,
    heartbeats: StartHeartbeats,
  ): Promise<StartedBatch> {
    const { account, start } = run;
    const prepare = async () => {
      const { request } = await readBatch(plugged, run, batchTry);
      return { request, connection: accounts.connect(account) };
    };
    const { request, connection } = await prepare().catch((error: unknown) => {
      throw toFailure(error, account);
    });
    if (!request) return { jobId: null };

    const whenPossible = <T>(send: () => Promise<T>) =>
      whenInFlightLimitAllows(connection.slots, send, () => {
        slotsTaken(account, start.operation);
      });
    const { jobId, requestId } = await sendStart(request, {
      account,
      connection,
      identity,
      whenPossible,
      announce: () => announceStart(heartbeats),
      isSameStart: (sent) => isSameTry(sent as BatchTry, batchTry),
    });
    started(account, request, { jobId, requestId, batch: batchTry.batch.number });
    return { jobId, requestId };
  }
}

function isSameTry(a: BatchTry, b: BatchTry): boolean {
  const facts = ({ batch, attempt, positions }: BatchTry) => [
    batch.number,
    batch.firstIndex,
    attempt,
    positions ?? null,
  ];
  return isDeepStrictEqual(facts(a), facts(b));
}

/** A heartbeat that Temporal has confirmed. Temporal refuses it for an attempt that it holds for dead, which must not send any more. */
async function announceStart(heartbeats: StartHeartbeats): Promise<void> {
  try {
    await heartbeats.announce();
  } catch (error) {
    throw new StartNotAnnouncedError(error);
  }
}

async function whenInFlightLimitAllows<T>(slots: JobSlots, send: () => Promise<T>, onNone: () => void): Promise<T> {
  try {
    return await slots.use(send, IN_FLIGHT_PATIENCE_MS, cancellationSignal());
  } catch (error) {
    if (error instanceof NoJobSlotError) onNone();
    else if (error instanceof ZendeskTooManyJobsError) slots.refused();
    else if (error instanceof ZendeskError) slots.released();
    throw error;
  }
}
