import { cancellationSignal } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { toMilliseconds } from '../common/duration';
import { ZendeskErrorType } from '../common/error-types';
import { holdFor, type JobReport, type PollReport, type PollRound } from '../common/polling';
import { isKnownStatus, isTerminal } from '../zendesk/outcome';
import type { ZendeskAccounts } from './accounts';
import { looked, recordsDone, unknownStatus } from './events';
import { retryIn, toFailure, withDetails } from './failures';
import { HeldAttempts } from './held-attempts';
import type { JobReader } from './job-reader';
import { nextLookAfterTrouble } from './pacing';
import { currentAttempt, unlessAborted, type PollAttempt } from './poll-attempt';
import { describeSummary, isWorthReporting, reportOf, summaryOf, type Sight } from './poll-report';

/**
 * One look at the jobs of a round. `withTies` adds to a round what the rows of jobs that have ended are matched with, where the round
 * does not have it yet.
 */
export type PollRoundOnce = (
  round: PollRound,
  withTies?: (round: PollRound) => PollRound | Promise<PollRound>,
) => Promise<PollReport>;

const unchanged = (round: PollRound) => round;

/** A job that Zendesk does not show is taken for too young to show for this long, and for lost after it. */
const YOUNG = 60_000;

/** The activity: `createPollRound`, and what there is to tell of a round's end. */
export function createPollZendeskJobs(pollRound: PollRoundOnce): (round: PollRound) => Promise<PollReport> {
  return async function pollZendeskJobs(round) {
    const report = await pollRound(round);
    looked(round, report);
    for (const { outcome } of report.jobs) if (outcome) recordsDone(round.account, outcome);
    return report;
  };
}

/**
 * One look at the jobs of a round. It ends the round by returning when all jobs have ended, when what it saw is worth a
 * checkpoint, or at the deadline. Else it throws a benign `ZendeskJobPending` whose `nextRetryDelay` says when to look
 * again: Temporal's server keeps that timer, so nothing is held here between two looks. Only a round's first attempt may wait
 * here for its time, some seconds, in place of a timer that would cost an action.
 *
 * Throws `ZendeskAccountUnknown`, `ZendeskAuthenticationFailed` and `ZendeskRequestRejected` (not retried), and
 * `ZendeskRateLimited` and `ZendeskUnavailable` (retried until the deadline).
 */
export function createPollRound(accounts: ZendeskAccounts, maxHeldAttempts: number): PollRoundOnce {
  const unknownStatuses = new Set<string>();
  const held = new HeldAttempts(maxHeldAttempts);

  return async function pollRound(round, withTies = unchanged) {
    const attempt = currentAttempt(round);
    // One whose round was cut short meanwhile does not hear of it, and looks once for nothing.
    await held.wait(holdFor(round.notBefore, attempt.now()), cancellationSignal());
    const early = round.notBefore - attempt.now();
    if (early > 0) throw pending(round, round.jobs, early);

    try {
      const { client, reader } = accounts.connect(round.account);
      const sights = await unlessAborted(look(reader, round, attempt), attempt.signal);
      tellUnknownStatuses(round.account, sights, unknownStatuses);

      const { polls, roundStartedAt } = attempt;
      const facts = { now: attempt.now(), roundStartedAt, polls, rateLimit: client.rateLimit, random: Math.random() };
      const report = reportOf(sights.some(hasEnded) ? await withTies(round) : round, sights, facts);
      if (isWorthReporting(report, round, sights, facts)) return report;
      throw pending(round, report.jobs, Math.min(report.nextLookAt, round.deadline) - facts.now);
    } catch (error) {
      return withoutLook(error, round, attempt);
    }
  };
}

async function look(reader: JobReader, round: PollRound, attempt: PollAttempt): Promise<Sight[]> {
  const jobIds = round.jobs.map(({ jobId }) => jobId);
  const statuses = await reader.look(jobIds);
  const hidden = jobIds.filter((_, i) => statuses[i] === null);
  const young = attempt.now() - round.startedAt < YOUNG;
  if (hidden.length === 0 || young) return statuses.map((status) => status ?? 'hidden');

  const found = await reader.search(hidden);
  return jobIds.map((jobId, i) => statuses[i] ?? found.get(jobId) ?? 'lost');
}

/** Throws what Temporal is to make of an error; at the deadline, trouble that may pass is reported instead. */
function withoutLook(error: unknown, round: PollRound, attempt: PollAttempt): PollReport {
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
  const trouble = { type: failure.type ?? ZendeskErrorType.UNAVAILABLE, message: failure.message };
  return { checkedAt: null, nextLookAt, polls: attempt.polls, jobs: round.jobs, rowBytes: 0, trouble };
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

function hasEnded(sight: Sight): boolean {
  return typeof sight === 'object' && isTerminal(sight.status);
}

/** Zendesk declares a free string: an unknown status is taken for one that goes on, and said once a worker. */
function tellUnknownStatuses(account: string, sights: Sight[], known: Set<string>): void {
  for (const sight of sights) {
    if (typeof sight === 'string' || isKnownStatus(sight.status) || known.has(sight.status)) continue;
    known.add(sight.status);
    unknownStatus(account, sight.id, sight.status);
  }
}
