/** Tells a start that fails because of its own records from an outage of Zendesk: pure rules. */
import type { FailingStart } from './bulk-state';

/** Failures in a row between which other starts of the run were accepted. */
const ENOUGH_SUSPICIONS = 2;
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
 * - `split`: some of the records are at fault: the halves are started apart.
 * - `fail`: the one record is at fault.
 *
 * Only for starts that are safe to repeat. Others are uncertain after their first failure.
 */
export function reviewFailingStart(review: StartReview): {
  decision: 'retry' | 'split' | 'fail';
  failing: FailingStart;
} {
  const { now, sentAt, lastAcceptedAt, othersPending, otherCallsSucceed, records } = review;
  const before = review.failing ?? { since: sentAt, reviewedAt: sentAt, reviews: 0, suspicions: 0 };
  const suspicions = lastAcceptedAt > before.reviewedAt ? before.suspicions + 1 : 0;
  const failing = { since: before.since, reviewedAt: now, reviews: before.reviews + 1, suspicions };

  const alone = !othersPending && otherCallsSucceed;
  const failedFor = now - before.since;
  const atFault =
    suspicions >= ENOUGH_SUSPICIONS || (alone && failedFor >= (records > 1 ? SPLIT_AFTER_MS : FAIL_AFTER_MS));
  if (!atFault) return { decision: 'retry', failing };
  return { decision: records > 1 ? 'split' : 'fail', failing };
}

/** What each half of a start that was split inherits: one more failure, while another start is accepted, is enough. */
export function failingHalf({ since, reviewedAt }: FailingStart): FailingStart {
  return { since, reviewedAt, reviews: 0, suspicions: ENOUGH_SUSPICIONS - 1 };
}

/** Attempts that Temporal's server makes before the next review: few at first, then as an outage needs them. */
export function attemptsBeforeReview(failing: FailingStart | undefined): number {
  return failing === undefined || failing.reviews < 3 ? 3 : 15;
}
