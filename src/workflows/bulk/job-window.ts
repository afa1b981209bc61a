/** An account's job slots, all of them: only then can Zendesk's answers say that one is free. */
const ALL_SLOTS = 30;
/** Batches beyond the window that wait in the worker for a slot: as many as jobs of ours ended in the last so many ms... */
const RECENTLY = 8_000;
/** ...and no more than that, since each holds an activity slot. */
const MOST_AHEAD = 8;

/**
 * How many batches may be under way at once: up to `maxJobs`; when Zendesk refuses a start, no more than it let run; after
 * that one more for each windowful of starts. So pipelines and strangers share an account without knowing of each other.
 *
 * A slot is free before its job is seen to have ended, so a few more starts wait at the gate of the worker (`JobSlots`).
 */
export class JobWindow {
  #size: number;
  /** When the last jobs ended. */
  #ends: number[] = [];

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
    const recent = this.#ends.filter((at) => now - at < RECENTLY).length;
    return underWay < Math.floor(this.#size) + (this.#size >= ALL_SLOTS ? recent : 0);
  }

  started(): void {
    this.#size = Math.min(this.maxJobs, this.#size + 1 / this.#size);
  }

  ended(now: number): void {
    this.#ends = [...this.#ends, now].slice(-MOST_AHEAD);
  }

  refused(running: number): void {
    this.#size = Math.max(1, Math.min(this.#size, running));
  }
}
