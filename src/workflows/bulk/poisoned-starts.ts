/** Tells a start that fails because of its own records from an outage of Zendesk: pure rules. */
import type { FailingStart } from './bulk-state';

/** Reviews in a row between which another start of the run was accepted. */
const ENOUGH_SUSPICIONS = 2;
/** Reviews of a start that was sent at about the time at which another one was accepted. */
const ENOUGH_REVIEWS = 2;
/** Without other starts to compare with: how long a start has to fail while other calls succeed. */
const SPLIT_AFTER_MS = 10 * 60_000;
const FAIL_AFTER_MS = 30 * 60_000;

export interface StartReview {
  now: number;
  failing?: FailingStart;
  /** When the failed start was sent first. */
  sentAt: number;
  /** When the run's latest other start was accepted: epoch ms. */
  lastAcceptedAt: number;
  /** Records of other batches wait for their job, or their start is under way. */
  othersPending: boolean;
  /** Zendesk responded to another call after the failure. */
  otherCallsSucceed: boolean;
  /** Records of the start. */
  records: number;
}

/**
 * - `retry`: this may be an outage, or it is too early to say.
 * - `split`: some of the records are at fault: the halves are started apart. If this was an outage, that does no harm.
 * - `fail`: the one record is at fault.
 *
 * Only for starts that are safe to repeat. Others are uncertain after their first failure.
 */
export function reviewFailingStart(review: StartReview): {
  decision: 'retry' | 'split' | 'fail';
  failing: FailingStart;
} {
  const { now, sentAt, lastAcceptedAt, othersPending, otherCallsSucceed, records } = review;
  const before = review.failing ?? {
    since: sentAt,
    firstSentAt: sentAt,
    reviewedAt: sentAt,
    reviews: 0,
    suspicions: 0,
  };
  const failing: FailingStart = {
    ...before,
    reviewedAt: now,
    reviews: before.reviews + 1,
    suspicions: lastAcceptedAt > before.reviewedAt ? before.suspicions + 1 : 0,
  };
  const failedFor = now - failing.since;
  const othersWereAccepted = lastAcceptedAt > failing.firstSentAt && failing.reviews >= ENOUGH_REVIEWS;
  const alone = !othersPending;

  const suspect = otherCallsSucceed && (othersWereAccepted || (alone && failedFor >= SPLIT_AFTER_MS));
  const atFault = failing.suspicions >= ENOUGH_SUSPICIONS || (otherCallsSucceed && alone && failedFor >= FAIL_AFTER_MS);
  if (records > 1) return { decision: suspect || atFault ? 'split' : 'retry', failing };
  return { decision: atFault ? 'fail' : 'retry', failing };
}

/** What each half of a start that was split inherits: one more failure, while the other half or another start is accepted, is enough. */
export function failingHalf({ since, reviewedAt }: FailingStart): FailingStart {
  return { since, firstSentAt: reviewedAt, reviewedAt, reviews: 0, suspicions: ENOUGH_SUSPICIONS - 1 };
}

/** Attempts that Temporal's server makes before the next review: few at first, then as an outage needs them. */
export function attemptsBeforeReview(failing: FailingStart | undefined): number {
  if (failing?.reviews === 0) return 2; // a half
  return failing === undefined || failing.reviews < 3 ? 3 : 15;
}
