import type { BatchReport, BatchRound } from '../../common/bulk';
import type { PollReport, PollRound } from '../../common/polling';
import { endOf } from '../../zendesk/job-end';
import type { ZendeskAccounts } from '../accounts';
import { batchDone, looked } from '../events';
import { toFailure } from '../failures';
import type { PollRoundOnce } from '../poll-zendesk-jobs';
import { reportOf, verdictsOf, verdictsOfRefusal, type Verdicts } from './batch-rows';
import { readBatch, type BatchRecords } from './read-batch';
import type { SourcesAndSinks } from './pluggable';
import { writeRows } from './write-rows';

const NOTHING_DONE = { succeeded: 0, failed: 0, failures: [], again: [] };

/**
 * One look at the job of a batch, as `pollZendeskJobs` makes it. When the job has ended, the rows of its records go to the
 * sink before this returns, so that a crash in between costs another look and no row; those to be sent again are kept back.
 *
 * Fails as `pollZendeskJobs` does, and with `ZendeskSourceFailed` and `ZendeskSinkFailed`.
 */
export function createPollZendeskBatch(accounts: ZendeskAccounts, plugged: SourcesAndSinks, pollRound: PollRoundOnce) {
  return async function pollZendeskBatch(input: BatchRound): Promise<BatchReport> {
    const { run, batch, round, attempt, itemAttempts, room, refusal } = input;
    const facts = {
      firstIndex: batch.firstIndex,
      repeatSafe: batch.repeatSafe,
      lastTry: attempt >= itemAttempts,
    };
    let polled: PollReport | undefined;
    let records: BatchRecords | undefined;
    const read = async () => (records ??= await readBatch(plugged, run, input));

    let endedAt: number | undefined;
    const verdicts = async (): Promise<Verdicts | BatchReport> => {
      if (refusal) return verdictsOfRefusal(refusal, await read(), facts);
      if (!round) return verdictsOf(null, await read(), facts);
      polled = await pollRound(round, withRecords(read));
      const [job] = polled.jobs;
      if (job!.lost) return { ...NOTHING_DONE, end: 'lost' };
      if (!job!.outcome) return { ...NOTHING_DONE, end: 'timed_out' };
      accounts.connect(run.account).slots.released();
      endedAt = endOf(job!.outcome.message);
      return verdictsOf(job!.outcome, await read(), facts);
    };

    try {
      const found = await verdicts();
      const key = { runId: run.runId, batch: batch.number, jobId: round?.jobs[0]?.jobId ?? null };
      if ('rows' in found && found.rows.length > 0) await writeRows(plugged, run, found.rows, key);
      const report: BatchReport =
        'end' in found ? found : { ...reportOf(found, room), ...(endedAt !== undefined && { endedAt }) };
      if (round && polled) looked(round, polled);
      batchDone(run.account, report);
      return report;
    } catch (error) {
      throw toFailure(error, run.account);
    }
  };
}

/** The names of the records, that a job's rows are matched with. Only read when there are rows. */
function withRecords(read: () => Promise<BatchRecords>) {
  return async (round: PollRound): Promise<PollRound> => {
    const { request } = await read();
    return { ...round, jobs: round.jobs.map((job) => ({ ...job, tie: request?.tie })) };
  };
}
