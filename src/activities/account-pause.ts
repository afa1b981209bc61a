import { ZendeskError } from '../zendesk/errors';

/** Pause after a 429 that does not say how long: doubled with each one in a row. */
const FIRST_PAUSE_MS = 5_000;
const MAX_PAUSE_MS = 60_000;

/** Thrown instead of sending a request while the account is rate limited. */
export class AccountPausedError extends Error {
  override readonly name = 'AccountPausedError';
  constructor(
    /** Milliseconds from now. */
    readonly remaining: number,
    readonly reason: string,
  ) {
    super(`the account is paused: ${reason}`);
  }
}

/** The pause that Zendesk asked an account for. */
export class AccountPause {
  #until = 0;
  #reason = '';
  #inARow = 0;

  constructor(
    private readonly now: () => number,
    /** Called when a pause begins or is prolonged, with the ms added. */
    private readonly onPause: (added: number, error: ZendeskError) => void,
  ) {}

  /** The error to report instead of sending a request; undefined while the account is not paused. */
  current(): AccountPausedError | undefined {
    const remaining = this.#until - this.now();
    return remaining > 0 ? new AccountPausedError(remaining, this.#reason) : undefined;
  }

  /** Sends a request unless the account is paused, and pauses the account where Zendesk asks for that. */
  async send<T>(request: () => Promise<T>): Promise<T> {
    const paused = this.current();
    if (paused) throw paused;
    try {
      const response = await request();
      this.#inARow = 0;
      return response;
    } catch (error) {
      if (error instanceof ZendeskError) this.#pauseAfter(error);
      throw error;
    }
  }

  /** A 503 carries Retry-After too. A 429 may come without one. */
  #pauseAfter(error: ZendeskError): void {
    if (error.retryAfter === undefined && error.status !== 429) return;
    this.#inARow += 1;
    const length = error.retryAfter ?? Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.#inARow - 1));
    const now = this.now();
    const before = Math.max(this.#until, now);
    this.#until = Math.max(before, now + length);
    this.#reason = error.message;
    if (this.#until > before) this.onPause(this.#until - before, error);
  }
}
