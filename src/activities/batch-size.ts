import { SHOW_MANY_LIMIT } from '../common/job-id';

/** How long it is remembered that a job was in a response that was too large. */
const MEMORY_MS = 120_000;

/** How many jobs a request asks for: halved after a response that was too large, raised by half after one that was not. */
export class BatchSize {
  #size = SHOW_MANY_LIMIT;

  get current(): number {
    return this.#size;
  }

  /** A response for so many jobs was too large. */
  reduce(jobs: number): void {
    this.#size = halfOf(jobs);
  }

  /** A response for so many jobs was accepted. */
  raise(jobs: number): void {
    if (jobs >= this.#size) this.#size = Math.min(SHOW_MANY_LIMIT, this.#size + Math.ceil(this.#size / 2));
  }
}

/**
 * How many jobs a request may ask for that includes a certain job. Each response that is too large halves that for its jobs, until
 * the job that makes it so large is asked for alone. It is remembered beyond the attempt, which may have no time to get there.
 */
export class JobBatchLimits {
  readonly #limits = new Map<string, { limit: number; expiresAt: number }>();

  /** 100 for a job that was in no such response. */
  limitOf(jobId: string): number {
    const known = this.#limits.get(jobId);
    return known && known.expiresAt > performance.now() ? known.limit : SHOW_MANY_LIMIT;
  }

  isReduced(jobId: string): boolean {
    return this.limitOf(jobId) < SHOW_MANY_LIMIT;
  }

  /** A response for these jobs was too large. */
  reduce(jobIds: string[]): void {
    const now = performance.now();
    for (const [jobId, { expiresAt }] of this.#limits) if (expiresAt <= now) this.#limits.delete(jobId);
    const limit = halfOf(jobIds.length);
    for (const jobId of jobIds) this.#limits.set(jobId, { limit, expiresAt: now + MEMORY_MS });
  }

  /** The job was read. */
  clear(jobId: string): void {
    this.#limits.delete(jobId);
  }
}

function halfOf(jobs: number): number {
  return Math.max(1, Math.ceil(jobs / 2));
}
