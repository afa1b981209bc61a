/** Where the fake takes its time from. Jobs, limits and tokens are functions of it: no timer drives them. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/**
 * A clock that stands still until it is told to move, so that a test can put a job at any age at once.
 *
 *     const clock = new ManualClock();
 *     const zendesk = await FakeZendesk.start({ clock });
 *     clock.advance(20 * 60_000);
 */
export class ManualClock implements Clock {
  #now: number;

  /** @param start Milliseconds since the epoch. Default: now. */
  constructor(start: number = Date.now()) {
    this.#now = checked(start);
  }

  now(): number {
    return this.#now;
  }

  /** Moves on by so many milliseconds. Throws a `RangeError` when that is no number. */
  advance(milliseconds: number): void {
    this.#now = checked(this.#now + milliseconds);
  }

  /** Goes to a time, in milliseconds since the epoch. Throws a `RangeError` when that is no number. */
  set(milliseconds: number): void {
    this.#now = checked(milliseconds);
  }
}

function checked(milliseconds: number): number {
  if (Number.isFinite(milliseconds)) return milliseconds;
  throw new RangeError(`A clock needs milliseconds, got ${milliseconds}`);
}
