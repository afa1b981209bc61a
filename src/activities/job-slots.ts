import { setTimeout as sleep } from 'node:timers/promises';

/**
 * At most so many jobs of an account may be queued or running.
 * Source: https://developer.zendesk.com/api-reference/introduction/rate-limits/
 */
export const JOB_LIMIT = 30;

/** Slots also become free unseen: jobs of others end. With no news for so long, one start at a time tries its luck. */
const NEWS_AGE = 3_000;
const LOOK_EVERY = 50;
/** Each answer tells how many slots are left: with few on their way, starts of another worker come as no surprise. */
const MOST_SENDING = 5;
/** While a start waits and nothing is heard, Zendesk is asked so often. */
const ASK_EVERY = 500;

/** Said instead of sending a start while all of the account's job slots are taken. */
export class NoJobSlotError extends Error {
  override readonly name = 'NoJobSlotError';
  constructor() {
    super(`none of the account's ${JOB_LIMIT} job slots became free in time`);
  }
}

/**
 * Lets starts of one account wait in this worker until Zendesk has room for a job, first come, first served. What it knows
 * comes from Zendesk's answers: most carry the number of free slots (`zendesk-ratelimit-inflight-jobs`). Where they do not,
 * it counts the jobs that it saw start and end. While a start waits and nothing is heard, it asks.
 */
export class JobSlots {
  readonly #queue: symbol[] = [];
  /** Free slots, those not counted that starts under way have taken. May be below zero. */
  #free = JOB_LIMIT;
  #sending = 0;
  #newsAt: number;
  #told = false;
  #askedAt = 0;

  /** `ask` has Zendesk answer something. */
  constructor(
    private readonly ask: () => Promise<void> = async () => {},
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#newsAt = now();
  }

  /**
   * Sends a start once there is room. Throws `NoJobSlotError` when there is none within `patience` ms, and the signal's reason
   * when it aborts before the start is sent.
   */
  async use<T>(send: () => Promise<T>, patience: number, signal: AbortSignal): Promise<T> {
    await this.#turn(patience, signal);
    try {
      return await send();
    } finally {
      this.#sending -= 1;
    }
  }

  /** An answer said how many slots are free. A start that is under way may be counted there or not: it is taken for not. */
  told(free: number): void {
    this.#told = true;
    this.#learn(free - this.#sending);
  }

  /** Zendesk refused a start: there are too many jobs. */
  refused(): void {
    this.#learn(0);
  }

  /** A start came to nothing, or a job was seen to have ended. Where answers tell, the next one says so. */
  released(): void {
    if (!this.#told) this.#learn(Math.min(JOB_LIMIT, this.#free + 1));
  }

  #learn(free: number): void {
    this.#free = free;
    this.#newsAt = this.now();
  }

  /** Waits in line for a slot, and takes it. */
  async #turn(patience: number, signal: AbortSignal): Promise<void> {
    const me = Symbol('turn');
    const until = this.now() + patience;
    this.#queue.push(me);
    try {
      while (!(this.#queue[0] === me && this.#hasRoom())) {
        if (this.now() >= until) throw new NoJobSlotError();
        if (this.#queue[0] === me) this.#askForNews();
        await sleep(LOOK_EVERY, undefined, { signal });
      }
      this.#free -= 1;
      this.#sending += 1;
    } finally {
      this.#queue.splice(this.#queue.indexOf(me), 1);
    }
  }

  /** Only where answers are known to tell. */
  #askForNews(): void {
    if (!this.#told || this.now() - Math.max(this.#newsAt, this.#askedAt) < ASK_EVERY) return;
    this.#askedAt = this.now();
    this.ask().catch(() => undefined); // Polls that meet the same trouble say so.
  }

  #hasRoom(): boolean {
    if (this.#sending >= MOST_SENDING) return false;
    if (this.#free > 0) return true;
    if (this.#sending > 0 || this.now() - this.#newsAt < NEWS_AGE) return false;
    this.#learn(1);
    return true;
  }
}
