/** Sends requests to Zendesk when it is its turn. */
export interface RequestQueue {
  /** Whether it has a request to send now. */
  hasRequest(): boolean;
  /** Sends one request. Never rejects. */
  sendRequest(): Promise<void>;
}

/**
 * Sends the requests of several queues, at least `minRequestInterval` ms apart. Queues that have a request at the same time take
 * turns. A request that finds the throttle idle waits `batchWindow` ms first, so that others can share it.
 */
export class RequestThrottle {
  readonly #queues: RequestQueue[];
  #timer?: NodeJS.Timeout;
  #nextTurn = 0;

  constructor(
    private readonly minRequestInterval: number,
    private readonly batchWindow: number,
    queues: RequestQueue[],
  ) {
    this.#queues = [...queues];
  }

  /** Call this when a queue has got something to send. */
  wake(): void {
    if (this.#timer || !this.#queues.some((queue) => queue.hasRequest())) return;
    const now = performance.now();
    const delay = Math.max(this.batchWindow, this.#nextTurn - now);
    this.#timer = setTimeout(() => this.#takeTurn(), Math.ceil(delay)).unref();
  }

  #takeTurn(): void {
    this.#timer = undefined;
    const queue = this.#queues.find((each) => each.hasRequest());
    if (!queue) return;
    this.#queues.push(...this.#queues.splice(this.#queues.indexOf(queue), 1));
    this.#nextTurn = performance.now() + this.minRequestInterval;
    void queue.sendRequest().then(() => this.wake());
    this.wake();
  }
}
