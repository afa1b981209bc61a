import type { BatchReport, BatchRound } from '../../common/bulk';
import type { PollRound } from '../../common/polling';
import { endOf } from '../../zendesk/job-end';
import type { ZendeskAccounts } from '../accounts';
import { toFailure } from '../failures';
import type { PollZendeskJobs } from '../poll-zendesk-jobs';
import { reportOf, verdictsOf, verdictsOfRefusal, type Verdicts } from './batch-rows';
import { readBatch, type BatchRecords } from './read-batch';
import type { SourcesAndSinks } from './sources';
import { writeRows } from './write-rows';

const NOTHING_DONE = { succeeded: 0, failed: 0, failures: [], again: [] };

/**
 * One look at the job of a batch, as `pollZendeskJobs` makes it. When the job has ended, the rows of its records go to the
 * sink before this returns, so that a crash in between costs another look and no row; those to be sent again are kept back.
 *
 * Fails as `pollZendeskJobs` does, and with `ZendeskSourceFailed` and `ZendeskSinkFailed`.
 */
export function createPollZendeskBatch(accounts: ZendeskAccounts, plugged: SourcesAndSinks, poll: PollZendeskJobs) {
  return async function pollZendeskBatch(input: BatchRound): Promise<BatchReport> {
    const { run, batch, round, attempt, itemAttempts, room, refusal } = input;
    const facts = {
      firstIndex: batch.firstIndex,
      repeatSafe: batch.repeatSafe,
      lastTry: attempt >= itemAttempts,
    };
    let records: BatchRecords | undefined;
    const read = async () => (records ??= await readBatch(plugged, run, input));

    let endedAt: number | undefined;
    const verdicts = async (): Promise<Verdicts | BatchReport> => {
      if (refusal) return verdictsOfRefusal(refusal, await read(), facts);
      if (!round) return verdictsOf(null, await read(), facts);
      const [job] = (await poll(round, withRecords(read))).jobs;
      if (job!.lost) return { ...NOTHING_DONE, end: 'lost' };
      if (!job!.outcome) return { ...NOTHING_DONE, end: 'timed_out' };
      accounts.connect(run.account).slots.released();
      endedAt = endOf(job!.outcome.message);
      return verdictsOf(job!.outcome, await read(), facts);
    };

    const found = await verdicts().catch((error: unknown) => {
      throw toFailure(error, run.account);
    });
    if ('end' in found) return found;
    try {
      const key = { runId: run.runId, batch: batch.number, jobId: round?.jobs[0]?.jobId ?? null };
      if (found.rows.length > 0) await writeRows(plugged, run, found.rows, key);
    } catch (error) {
      throw toFailure(error, run.account);
    }
    return { ...reportOf(found, room), ...(endedAt !== undefined && { endedAt }) };
  };
}

/** The names of the records, that a job's rows are matched with. Only read when there are rows. */
function withRecords(read: () => Promise<BatchRecords>) {
  return async (round: PollRound): Promise<PollRound> => {
    const { request } = await read();
    return { ...round, jobs: round.jobs.map((job) => ({ ...job, tie: request?.tie })) };
  };
}
