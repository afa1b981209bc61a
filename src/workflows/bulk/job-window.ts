/** An account's job slots, all of them: only then can Zendesk's answers say that one is free. */
const ALL_SLOTS = 30;
/** Batches beyond the window that wait in the worker for a slot to become free, while slots do become free... */
const AHEAD = 4;
/** ...as they do when a job of ours ended so many ms ago. */
const RECENTLY = 8_000;

/**
 * How many batches may be under way at once: up to `maxJobs`; when Zendesk refuses a start, no more than it let run; after
 * that one more for each windowful of starts. So pipelines and strangers share an account without knowing of each other.
 *
 * A slot is free before its job is seen to have ended, so a few more starts wait at the gate of the worker (`JobSlots`).
 */
export class JobWindow {
  #size: number;
  #endedAt = -RECENTLY;

  constructor(
    private readonly maxJobs: number,
    size = maxJobs,
  ) {
    this.#size = Math.min(size, maxJobs);
  }

  get size(): number {
    return this.#size;
  }

  /** Whether another batch may begin, with so many under way. */
  hasRoom(underWay: number, now: number): boolean {
    const ahead = this.#size >= ALL_SLOTS && now - this.#endedAt < RECENTLY ? AHEAD : 0;
    return underWay < Math.floor(this.#size) + ahead;
  }

  started(): void {
    this.#size = Math.min(this.maxJobs, this.#size + 1 / this.#size);
  }

  ended(now: number): void {
    this.#endedAt = now;
  }

  refused(running: number): void {
    this.#size = Math.max(1, Math.min(this.#size, running));
  }
}
