import { setTimeout as sleep } from 'node:timers/promises';

/** Attempts that wait in this worker until it is time for their look. */
export class HeldAttempts {
  #count = 0;

  constructor(private readonly most: number) {}

  /** Waits so many ms; shorter, perhaps not at all, where too many wait already or the signal aborts. Never throws. */
  async wait(time: number, signal: AbortSignal): Promise<void> {
    if (time <= 0 || this.#count >= this.most) return;
    this.#count += 1;
    // The timer may fire a little before its time.
    await sleep(Math.ceil(time) + 1, undefined, { signal }).catch(() => {});
    this.#count -= 1;
  }
}
