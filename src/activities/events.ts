/** What happens at an account, as metrics and lines of the log. Each function is one event. */
import type { BatchReport } from '../common/bulk';
import type { JobReport, PollReport, PollRound } from '../common/polling';
import type { ZendeskJobOutcome } from '../common/types';
import type { AnswerInfo } from '../zendesk/client';
import type { ZendeskError } from '../zendesk/errors';
import { endOf } from '../zendesk/job-end';
import { mayPass, startWas } from '../zendesk/start-certainty';
import type { OddElement } from '../zendesk/job-status';
import type { StartRequest } from '../zendesk/start-input';
import { record, say } from './telemetry';

/** Zendesk answered, or did not. A request that its own worker broke off has neither a status nor a code. */
export function answered(account: string, info: AnswerInfo): void {
  const { method, endpoint, status, code, duration, requestId, rateLimit, inflightJobs } = info;
  const error = code ?? (status === undefined ? 'aborted' : 'none');
  record('requests', 1, { account, method, endpoint, status: String(status ?? 'none'), error });
  record('requestDuration', duration / 1000, { account, method, endpoint });
  if (rateLimit) {
    record('rateLimit', rateLimit.limit, { account });
    record('rateLimitRemaining', rateLimit.remaining, { account });
  }
  if (inflightJobs) {
    record('jobSlots', inflightJobs.limit, { account });
    record('jobSlotsUsed', inflightJobs.limit - inflightJobs.remaining, { account });
  }
  say('DEBUG', 'Zendesk answered', { account, method, endpoint, status, error, durationMs: duration, requestId });
}

/** A polling request is sent. */
export function polled(account: string, jobs: number): void {
  record('jobsPerPoll', jobs, { account });
}

/** Polls of the account pause for so many ms more than they did already. `error` is why. */
export function paused(account: string, added: number, { code, status, requestId }: ZendeskError): void {
  record('pauses', added / 1000, { account });
  say('WARN', 'Zendesk asked for a pause', { account, pauseMs: added, code, status, requestId });
}

/** A start brought a job. `batch` is that of a bulk run. */
export function started(
  account: string,
  { operation, records }: StartRequest,
  { jobId, requestId, batch }: { jobId: string; requestId?: string; batch?: number },
): void {
  record('starts', 1, { account, operation, result: 'started' });
  say('INFO', 'Zendesk job started', { account, jobId, operation, records, requestId, batch });
}

/** A start that was sent brought no job, as far as anybody knows. The SDK logs the failure that comes of it. */
export function startFailed(account: string, operation: string, error: ZendeskError): void {
  const refused = mayPass(error) ? 'refused' : 'rejected';
  record('starts', 1, { account, operation, result: startWas(error) === 'uncertain' ? 'unanswered' : refused });
}

/** A start was not sent, since no job slot became free in time. */
export function slotsTaken(account: string, operation: string): void {
  record('starts', 1, { account, operation, result: 'no_slot' });
}

/** A look tells the workflow of a round: the waits that it ended. A look that has to be made again tells again. */
export function looked(round: PollRound, { jobs, checkedAt }: PollReport): void {
  const at = checkedAt ?? round.deadline;
  for (const job of jobs) {
    const end = endOfWait(job, at >= round.deadline);
    if (end) waitEnded(round, job, end, at);
  }
}

/** What became of the records of a job that was waited for. */
export function recordsDone(account: string, { succeeded, failed, unreported }: ZendeskJobOutcome): void {
  count('records', succeeded, { account, result: 'succeeded' });
  count('records', failed, { account, result: 'failed' });
  count('records', unreported, { account, result: 'unreported' });
}

/** What became of the records of a batch. */
export function batchDone(
  account: string,
  { succeeded, failed, retryPositions, uncertainPositions }: BatchReport,
): void {
  count('records', succeeded, { account, result: 'succeeded' });
  count('records', failed, { account, result: 'failed' });
  count('records', retryPositions.length, { account, result: 'retried' });
  count('records', uncertainPositions.length, { account, result: 'uncertain' });
}

/** A sink has taken rows. */
export function rowsWritten(account: string, sink: string, rows: number): void {
  record('rowsWritten', rows, { account, sink });
  say('DEBUG', 'Rows written', { account, sink, rows });
}

/** Zendesk reports a status that it does not document. */
export function unknownStatus(account: string, jobId: string, status: string): void {
  say('WARN', 'Unknown job status, taken for one that goes on', { account, jobId, status });
}

/** A response had an element that cannot be read. The rest of the response was read. */
export function oddElement(account: string, { jobId, problem }: OddElement): void {
  say('WARN', 'Zendesk sent something that cannot be read', { account, jobId, problem });
}

type End = 'completed' | 'failed' | 'killed' | 'lost' | 'unreadable' | 'timed_out';

function endOfWait({ outcome, lost, unreadable }: JobReport, timeIsUp: boolean): End | undefined {
  if (outcome) return outcome.status as End;
  if (lost) return 'lost';
  if (unreadable) return 'unreadable';
  return timeIsUp ? 'timed_out' : undefined;
}

const MESSAGES: Record<End, string> = {
  completed: 'Zendesk job ended',
  failed: 'Zendesk job ended',
  killed: 'Zendesk job ended',
  lost: 'Zendesk does not know the job (any more)',
  unreadable: "The Zendesk job's status is longer than the worker accepts",
  timed_out: 'Zendesk job had not ended in time',
};

function waitEnded({ account, startedAt }: PollRound, { jobId, outcome, seen }: JobReport, end: End, at: number): void {
  const waited = Math.max(0, at - startedAt);
  record('jobWait', waited / 1000, { account, end });
  const endedAt = outcome && endOf(outcome.message);
  if (endedAt !== undefined) record('jobLateness', Math.max(0, at - endedAt) / 1000, { account });

  const status = outcome?.status ?? seen.status;
  const { succeeded, failed, unreported } = outcome ?? {};
  const attributes = { account, jobId, status, succeeded, failed, unreported, waitedMs: waited };
  say(end === 'completed' ? 'INFO' : 'WARN', MESSAGES[end], attributes);
}

/** A result that did not come up makes no series. */
function count(...[key, value, labels]: Parameters<typeof record<'records'>>): void {
  if (value > 0) record(key, value, labels);
}
