import { setTimeout as sleep } from 'node:timers/promises';

/** A worker runs 100 activities at a time by default: most of these slots stay free. */
const MOST = 20;

/** Attempts that wait in this worker until it is time for their look. */
export class HeldAttempts {
  #count = 0;

  /** Waits so many ms; shorter, perhaps not at all, where too many wait already or the signal aborts. Never throws. */
  async wait(time: number, signal: AbortSignal): Promise<void> {
    if (time <= 0 || this.#count >= MOST) return;
    this.#count += 1;
    // The timer may fire a little before its time.
    await sleep(Math.ceil(time) + 1, undefined, { signal }).catch(() => {});
    this.#count -= 1;
  }
}
