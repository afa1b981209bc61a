import type { BatchRecording, BatchReport, BatchRound } from '../../common/bulk';
import type { PollRound } from '../../common/polling';
import { endOf } from '../../zendesk/job-end';
import type { ZendeskAccounts } from '../accounts';
import { batchDone, looked } from '../events';
import { toFailure } from '../failures';
import type { PollRoundOnce } from '../poll-zendesk-jobs';
import { reportOf, rowsOfJob, rowsWithoutJob } from './batch-rows';
import type { SourcesAndSinks } from './pluggable';
import { readBatch, type BatchRecords } from './read-batch';
import { writeRows } from './write-rows';

/** Of a job that says nothing about its records. */
const NOTHING_REPORTED = { succeeded: 0, failed: 0, failures: [], retryPositions: [], uncertainPositions: [] };

/**
 * One poll of the job of a batch, as `pollZendeskJobs` makes it. When the job has finished, the rows of its records go to the
 * sink before this returns, so that a crash in between costs another poll and no row; records to be sent again have no row yet.
 *
 * Fails as `pollZendeskJobs` does, and as `ZendeskSourceFailed` and `ZendeskSinkFailed`.
 */
export function createPollZendeskBatch(accounts: ZendeskAccounts, plugged: SourcesAndSinks, pollRound: PollRoundOnce) {
  return async function pollZendeskBatch(input: BatchRound): Promise<BatchReport> {
    const { run, batch, round, attempt, itemAttempts, failureBudget } = input;
    let records: BatchRecords | undefined;
    const read = async () => (records ??= await readBatch(plugged, run, input));
    try {
      const polled = await pollRound(round, withRecords(read));
      const { jobId, outcome, lost, unreadable } = polled.jobs[0]!;
      let report: BatchReport;
      if (outcome) {
        accounts.connect(run.account).slots.released();
        const { firstIndex, repeatSafe, number } = batch;
        const found = rowsOfJob(outcome, await read(), {
          firstIndex,
          repeatSafe,
          lastAttempt: attempt >= itemAttempts,
        });
        await writeRows(plugged, run, found.rows, { runId: run.runId, batch: number, jobId });
        report = { ...reportOf(found, firstIndex, failureBudget), endedAt: endOf(outcome.message) };
      } else {
        report = { ...NOTHING_REPORTED, end: lost ? 'lost' : unreadable ? 'unreadable' : 'timed_out' };
      }
      looked(round, polled);
      batchDone(run.account, report);
      return report;
    } catch (error) {
      throw toFailure(error, run.account);
    }
  };
}

/** Hands the rows of records that no job will report to the sink. Fails as `ZendeskSourceFailed` and `ZendeskSinkFailed`. */
export function createRecordZendeskBatch(plugged: SourcesAndSinks) {
  return async function recordZendeskBatch(input: BatchRecording): Promise<BatchReport> {
    const { run, batch, conclusion, failureBudget } = input;
    try {
      const found = rowsWithoutJob(conclusion, await readBatch(plugged, run, input), batch);
      await writeRows(plugged, run, found.rows, { runId: run.runId, batch: batch.number, jobId: null });
      const report = reportOf(found, batch.firstIndex, failureBudget);
      batchDone(run.account, report);
      return report;
    } catch (error) {
      throw toFailure(error, run.account);
    }
  };
}

/** The keys of the records, which the rows of a job are matched with. Only read when there are rows. */
function withRecords(read: () => Promise<BatchRecords>) {
  return async (round: PollRound): Promise<PollRound> => {
    const { request } = await read();
    return { ...round, jobs: round.jobs.map((job) => ({ ...job, tie: request?.tie })) };
  };
}
