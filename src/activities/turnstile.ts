import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Lets one through at a time, turns being at least `gap` milliseconds apart. Whoever finds it idle waits `linger`
 * first, so that those who come at the same instant can share the turn.
 */
export class Turnstile {
  #nextTurn = 0;

  constructor(
    private readonly gap: number,
    private readonly linger: number,
  ) {}

  async turn(): Promise<void> {
    const now = performance.now();
    const turn = Math.max(now + this.linger, this.#nextTurn);
    this.#nextTurn = turn + this.gap;
    await sleep(turn - now, undefined, { ref: false });
  }
}
