import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { holdFor, type PollRound } from '../common/polling';

/** Left of an attempt's startToClose timeout for reporting its result. */
const MARGIN = 2_000;
/** How long the last poll may go on past the wait's deadline. */
const GRACE = 1_500;

/** One attempt at a round, and its clock. */
export interface PollAttempt {
  /** 1 for the first attempt of the round. */
  number: number;
  /** Polls made in this round, this one included, as far as an attempt knows. */
  polls: number;
  /** When the round began. */
  roundStartedAt: number;
  /** Epoch ms by the server's clock: with time skipping it runs far ahead of this process's. */
  now(): number;
  /** Aborts when the worker shuts down or this attempt's time is up. */
  signal: AbortSignal;
}

/** The attempt that the running activity is. */
export function currentAttempt(round: PollRound): PollAttempt {
  const info = activityInfo();
  const began = performance.now();
  const now = () => info.currentAttemptScheduledTimestampMs + Math.round(performance.now() - began);
  const untilDeadline = Math.max(0, round.deadline - now()) + GRACE;
  const timeLimit = Math.min(info.startToCloseTimeoutMs - MARGIN, untilDeadline);
  // A first attempt that came long before `notBefore` has polled nothing.
  const { scheduledTimestampMs: scheduledAt } = info;
  const idleAttempts = scheduledAt < round.notBefore && holdFor(round.notBefore, scheduledAt) === 0 ? 1 : 0;
  return {
    number: info.attempt,
    polls: info.attempt - idleAttempts,
    roundStartedAt: scheduledAt,
    now,
    signal: AbortSignal.any([cancellationSignal(), AbortSignal.timeout(timeLimit)]),
  };
}
