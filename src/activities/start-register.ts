import type { JobStatus } from '../common/types';
import { fits, type ExpectedJob } from './candidates';

/** An uncertain start may still make a job for so long, as far as other starts are concerned. */
const UNSETTLED_MS = 10 * 60_000;
/** Jobs that are remembered: more than an account can run within the time that a search concerns. */
const MAX_JOBS = 5_000;

interface UnsettledStart extends ExpectedJob {
  sentAt: number;
}

/**
 * The starts that this worker makes of one account, whichever workflow asks for them, so that the job of one is never taken for the
 * job of another. A start is unsettled from the moment before it is sent until its response, or for ten minutes without one.
 */
export class StartRegister {
  readonly #unsettled = new Map<string, UnsettledStart>();
  /** Which start made a job, oldest first. */
  readonly #madeBy = new Map<string, string>();

  constructor(private readonly now: () => number = Date.now) {}

  /** A start is about to be sent. */
  add(startId: string, { jobTypes, records }: ExpectedJob): void {
    this.#unsettled.set(startId, { jobTypes, records, sentAt: this.now() });
  }

  /** Zendesk refused the start: it made no job. */
  remove(startId: string): void {
    this.#unsettled.delete(startId);
  }

  /** The start made a job, or was given one. */
  settle(startId: string, jobId: string): void {
    this.#unsettled.delete(startId);
    this.#madeBy.set(jobId, startId);
    for (const oldest of this.#madeBy.keys()) {
      if (this.#madeBy.size <= MAX_JOBS) break;
      this.#madeBy.delete(oldest);
    }
  }

  /** Whether another start of this worker is known to have made the job. */
  belongsToAnother(startId: string, jobId: string): boolean {
    const maker = this.#madeBy.get(jobId);
    return maker !== undefined && maker !== startId;
  }

  /** Whether another start of this worker that is not settled may have made the job. */
  mayBelongToAnother(startId: string, job: JobStatus): boolean {
    this.#forgetOld();
    return [...this.#unsettled].some(([id, start]) => id !== startId && fits(job, start));
  }

  #forgetOld(): void {
    const oldest = this.now() - UNSETTLED_MS;
    for (const [startId, { sentAt }] of this.#unsettled) if (sentAt < oldest) this.#unsettled.delete(startId);
  }
}
