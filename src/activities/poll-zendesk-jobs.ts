import { cancellationSignal } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { toMilliseconds } from '../common/duration';
import { ZendeskErrorType } from '../common/error-types';
import { holdFor, type JobReport, type PollReport, type PollRound, type Trouble } from '../common/polling';
import type { JobStatus } from '../common/types';
import { isKnownStatus, isTerminal } from '../zendesk/outcome';
import type { ZendeskAccounts } from './accounts';
import { looked, recordsDone, unknownStatus } from './events';
import { responseTooLarge, retryIn, toFailure, withDetails } from './failures';
import { HeldAttempts } from './held-attempts';
import type { JobReader } from './job-reader';
import type { JobReading } from './job-waiter';
import { nextLookAfterTrouble } from './pacing';
import { currentAttempt, type PollAttempt } from './poll-attempt';
import {
  describeSummary,
  hasEnded,
  isStatus,
  isWorthReporting,
  reportOf,
  summaryOf,
  withOutcome,
  type ObservedJob,
  type PollObservation,
} from './poll-report';

/**
 * One poll of the jobs of a round. `withTies` adds to a round what the rows of finished jobs are matched with, where the round does
 * not have it yet.
 */
export type PollRoundOnce = (
  round: PollRound,
  withTies?: (round: PollRound) => PollRound | Promise<PollRound>,
) => Promise<PollReport>;

const unchanged = (round: PollRound) => round;

/** A job that Zendesk does not show in the first minute of a wait may be too young to be shown. Later it is searched for. */
const YOUNG_MS = 60_000;

/** The activity: `createPollRound`, with the metrics and log lines of a round's end. */
export function createPollZendeskJobs(pollRound: PollRoundOnce): (round: PollRound) => Promise<PollReport> {
  return async function pollZendeskJobs(round) {
    const report = await pollRound(round);
    looked(round, report);
    for (const { outcome } of report.jobs) if (outcome) recordsDone(round.account, outcome);
    return report;
  };
}

/**
 * One poll of the jobs of a round. It ends the round by returning when all jobs have finished, when the poll is worth a checkpoint, or at
 * the deadline. Else it throws a benign `ZendeskJobPending` whose `nextRetryDelay` is the time to the next poll: Temporal's
 * server keeps that timer, so nothing is held here between two polls. Only the first attempt of a round may wait here for its
 * time, some seconds, in place of a timer that would cost an action, and so may an attempt that searches for missing jobs. Of each
 * kind, `maxHeldAttempts` wait at a time.
 *
 * Throws `ZendeskAccountUnknown`, `ZendeskAuthenticationFailed` and `ZendeskRequestRejected` (not retried), and
 * `ZendeskRateLimited` and `ZendeskUnavailable` (retried until the deadline).
 */
export function createPollRound(accounts: ZendeskAccounts, maxHeldAttempts: number): PollRoundOnce {
  const unknownStatuses = new Set<string>();
  const early = new HeldAttempts(maxHeldAttempts);
  const searching = new HeldAttempts(Math.max(1, maxHeldAttempts));

  return async function pollRound(round, withTies = unchanged) {
    const attempt = currentAttempt(round);
    // An attempt whose round was cut short in the meantime is not notified, and polls once for nothing.
    await early.wait(holdFor(round.notBefore, attempt.now()), cancellationSignal());
    const timeLeft = round.notBefore - attempt.now();
    if (timeLeft > 0) throw pending(round, round.jobs, timeLeft);

    try {
      const { client, reader } = accounts.connect(round.account);
      const keep = (status: JobStatus) => (withTies === unchanged ? withOutcome(round, status) : status);
      const { observations, failure } = await observeJobs(reader, round, attempt, searching, keep);
      logUnknownStatuses(round.account, observations, unknownStatuses);

      const { polls, roundStartedAt } = attempt;
      const facts = { now: attempt.now(), roundStartedAt, polls, rateLimit: client.rateLimit, random: Math.random() };
      const report = reportOf(observations.some(hasFinished) ? await withTies(round) : round, observations, facts);
      if (failure !== undefined) return withFailure(report, failure, round);
      if (isWorthReporting(report, round, observations, facts)) return report;
      throw pending(round, report.jobs, Math.min(report.nextLookAt, round.deadline) - facts.now);
    } catch (error) {
      return withoutReport(error, round, attempt);
    }
  };
}

/**
 * Reads the jobs, and searches for those that are not found. `failure` is why some were not read, where it concerns more than single jobs,
 * or all of them.
 */
async function observeJobs(
  reader: JobReader,
  round: PollRound,
  attempt: PollAttempt,
  searching: HeldAttempts,
  keep: (status: JobStatus) => ObservedJob,
): Promise<{ observations: PollObservation[]; failure?: unknown }> {
  const jobIds = round.jobs.map(({ jobId }) => jobId);
  const polled = await reader.readJobs(jobIds, attempt.signal, keep);
  const missing = jobIds.filter((jobId) => polled.readings.get(jobId) === 'missing');
  const young = attempt.now() - round.startedAt < YOUNG_MS;
  const isSearched = missing.length > 0 && !young && polled.failure === undefined;
  const search = (signal: AbortSignal) => reader.findMissing(missing, signal, keep);
  const found = isSearched ? await searching.during(search, attempt.signal) : undefined;

  const failures = new Map([...polled.failures, ...(found?.failures ?? [])]);
  const observations = jobIds.map((jobId) => {
    if (failures.has(jobId)) return failedObservation(failures.get(jobId), round.account);
    const reading = polled.readings.get(jobId);
    return reading === 'missing' && found
      ? observationOf(found.readings.get(jobId), 'lost')
      : observationOf(reading, 'hidden');
  });
  const failure = polled.failure ?? (isTimeUp(found?.failure) ? undefined : found?.failure);
  const [ofOneJob] = failures.values();
  return { observations, failure: failure ?? (failures.size === jobIds.length ? ofOneJob : undefined) };
}

function observationOf(reading: JobReading<ObservedJob> | undefined, whenMissing: 'hidden' | 'lost'): PollObservation {
  if (reading === undefined) return 'unread';
  if (reading === 'missing') return whenMissing;
  return reading instanceof Error ? { unreadable: responseTooLarge(reading) } : reading;
}

/** Throws what no failure of Zendesk is. */
function failedObservation(error: unknown, account: string): PollObservation {
  const failure = toFailure(error, account);
  if (!(failure instanceof ApplicationFailure)) throw failure;
  return { failed: troubleOf(failure) };
}

/** The attempt's time is up, or it did not wait at all: the search goes on with the next attempt. */
function isTimeUp(failure: unknown): boolean {
  return failure instanceof DOMException && ['TimeoutError', 'AbortError'].includes(failure.name);
}

/** A report of jobs that have finished is made although others were not read: it may take long to read them again. */
function withFailure(report: PollReport, failure: unknown, round: PollRound): PollReport {
  const cause = toFailure(failure, round.account);
  if (!(cause instanceof ApplicationFailure) || !report.jobs.some(hasEnded)) throw failure;
  return { ...report, trouble: troubleOf(cause) };
}

/** Throws what Temporal is to make of an error. At the deadline, a failure that may pass is reported instead. */
function withoutReport(error: unknown, round: PollRound, attempt: PollAttempt): PollReport {
  const failure = toFailure(error, round.account);
  if (!(failure instanceof ApplicationFailure) || failure === error) throw failure;
  if (failure.nonRetryable) throw withDetails(failure, { polls: attempt.polls });

  const now = attempt.now();
  const nextLookAt = nextLookAfterTrouble({
    now,
    waitStartedAt: round.startedAt,
    attempt: attempt.number,
    minInterval: round.minInterval,
    maxInterval: round.maxInterval,
    random: Math.random(),
    retryAfter: failure.nextRetryDelay == null ? undefined : toMilliseconds(failure.nextRetryDelay),
  });
  if (now < round.deadline) throw retryIn(failure, Math.min(nextLookAt, round.deadline) - now);
  return {
    checkedAt: null,
    nextLookAt,
    polls: attempt.polls,
    jobs: round.jobs.map(({ jobId, seen }) => ({ jobId, seen })),
    rowBytes: 0,
    trouble: troubleOf(failure),
  };
}

function troubleOf({ type, message }: ApplicationFailure): Trouble {
  return { type: type ?? ZendeskErrorType.UNAVAILABLE, message };
}

function pending(round: PollRound, jobs: JobReport[], nextRetryDelay: number): ApplicationFailure {
  const summary = summaryOf(round, jobs);
  return ApplicationFailure.create({
    type: ZendeskErrorType.JOB_PENDING,
    message: describeSummary(summary),
    details: [summary],
    nextRetryDelay,
    category: ApplicationFailureCategory.BENIGN,
  });
}

function hasFinished(observation: PollObservation): boolean {
  return isStatus(observation) && isTerminal(observation.status);
}

/** Zendesk declares a free string: a job with an unknown status is taken for a running one. Each is logged once a worker. */
function logUnknownStatuses(account: string, observations: PollObservation[], known: Set<string>): void {
  for (const observation of observations) {
    if (!isStatus(observation) || isKnownStatus(observation.status) || known.has(observation.status)) continue;
    known.add(observation.status);
    unknownStatus(account, observation.id, observation.status);
  }
}
