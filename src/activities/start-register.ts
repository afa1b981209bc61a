import type { JobStatus } from '../common/types';
import { fits, type ExpectedJob } from './candidates';

/** A job is in the list so long after its start got no response at most; the clocks of worker and server may differ by some of it. */
const LISTED_WITHIN_MS = 2 * 60_000;
/** An uncertain start cannot concern any other after that. */
const FORGOTTEN_AFTER_MS = 15 * 60_000;
/** Jobs and starts that are remembered: more than an account can run within the time that a search concerns. */
const MAX_JOBS = 5_000;

interface UnsettledStart extends ExpectedJob {
  /** When its response failed to come: epoch ms. Absent while it is awaited. */
  uncertainSince?: number;
}

/**
 * The starts that this worker makes of one account, whichever workflow asks for them, so that the job of one is never taken for the
 * job of another.
 */
export class StartRegister {
  readonly #unsettled = new Map<string, UnsettledStart>();
  /** Which start made a job, oldest first. */
  readonly #madeBy = new Map<string, string>();
  /** Starts that failed and may be sent again: whether an attempt of them may be under way in Zendesk. Oldest first. */
  readonly #unanswered = new Map<string, boolean>();

  constructor(private readonly now: () => number = Date.now) {}

  /** A start is about to be sent. */
  add(startId: string, { jobTypes, records }: ExpectedJob): void {
    this.#unsettled.set(startId, { jobTypes, records });
  }

  /** The start made a job, or was given one. */
  settle(startId: string, jobId: string): void {
    this.#unsettled.delete(startId);
    this.#unanswered.delete(startId);
    this.#madeBy.set(jobId, startId);
    dropOldest(this.#madeBy);
  }

  /** Zendesk refused the start, or it was not sent: it made no job. */
  remove(startId: string): void {
    this.#unsettled.delete(startId);
    this.#noteAttempt(startId, false);
  }

  /** The start may have made a job. `answered`: Zendesk has responded to it, so that it does not make one any more. */
  setUncertain(startId: string, { answered }: { answered: boolean }): void {
    const start = this.#unsettled.get(startId);
    if (start) start.uncertainSince = this.now();
    this.#noteAttempt(startId, !answered);
  }

  /** Whether Zendesk may be at work on an earlier attempt of a start: true for attempts that this worker did not make. */
  mayBeUnderWay(startId: string): boolean {
    return this.#unanswered.get(startId) ?? true;
  }

  #noteAttempt(startId: string, unanswered: boolean): void {
    this.#unanswered.set(startId, unanswered || this.#unanswered.get(startId) === true);
    dropOldest(this.#unanswered);
  }

  /** Whether another start of this worker is known to have made the job. */
  belongsToAnother(startId: string, jobId: string): boolean {
    const maker = this.#madeBy.get(jobId);
    return maker !== undefined && maker !== startId;
  }

  /** Whether another start of this worker may have made a job that was not listed at `snapshotAt`. */
  mayBelongToAnother(startId: string, job: JobStatus, snapshotAt: number): boolean {
    this.#forgetOld();
    return [...this.#unsettled].some(
      ([id, start]) =>
        id !== startId &&
        (start.uncertainSince === undefined || start.uncertainSince + LISTED_WITHIN_MS >= snapshotAt) &&
        fits(job, start),
    );
  }

  #forgetOld(): void {
    const oldest = this.now() - FORGOTTEN_AFTER_MS;
    for (const [startId, { uncertainSince = Infinity }] of this.#unsettled) {
      if (uncertainSince < oldest) this.#unsettled.delete(startId);
    }
  }
}

function dropOldest(map: Map<string, unknown>): void {
  for (const oldest of map.keys()) {
    if (map.size <= MAX_JOBS) return;
    map.delete(oldest);
  }
}
