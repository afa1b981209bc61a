import { setTimeout as sleep } from 'node:timers/promises';

/** Limits how many attempts wait in this worker at a time: each holds one of its activity slots. */
export class HeldAttempts {
  #count = 0;

  constructor(private readonly max: number) {}

  /** Waits so many ms; shorter, perhaps not at all, where too many wait already or the signal aborts. Never throws. */
  async wait(time: number, signal: AbortSignal): Promise<void> {
    if (time <= 0) return;
    // The timer may fire a little before its time.
    const timeUp = (held: AbortSignal) => sleep(Math.ceil(time) + 1, undefined, { signal: held });
    await this.during(timeUp, signal).catch(() => {});
  }

  /** Runs work that waits. Where too many attempts wait already it gets a signal that has aborted. */
  async during<T>(work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    if (this.#count >= this.max) return await work(AbortSignal.abort());
    this.#count += 1;
    try {
      return await work(signal);
    } finally {
      this.#count -= 1;
    }
  }
}
