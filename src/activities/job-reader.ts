import DataLoader from 'dataloader';
import { SHOW_MANY_LIMIT } from '../common/job-id';
import type { JobStatus } from '../common/types';
import type { ZendeskClient } from '../zendesk/client';
import { ZendeskError, ZendeskJobNotFoundError } from '../zendesk/errors';
import { Turnstile } from './turnstile';

/** Pages of 100 jobs that a search of the list reads before it gives up. Zendesk may keep no more than the last 100 jobs. */
const LIST_PAGES = 3;

/** Up to this many jobs are looked up one by one when show_many leaves them out; more are asked for together. */
const ALONE_LIMIT = 3;

/** Pause after a 429 that does not say how long: doubled with each one in a row. */
const FIRST_PAUSE = 5_000;
const LONGEST_PAUSE = 60_000;

export interface JobReaderOptions {
  /** Shortest time between two requests, in ms. Default 1 s. */
  gap?: number;
  /** How long the first of a batch waits for others to join it, in ms. Default 50. */
  linger?: number;
  now?: () => number;
}

/** Told of what a reader does. Must not throw. */
export interface JobReaderEvents {
  /** A polling request for so many jobs is sent. */
  onPoll?(jobs: number): void;
  /** The account pauses for so many ms more than it did already, for this error. */
  onPause?(added: number, error: ZendeskError): void;
}

/** Said instead of sending a request while Zendesk has asked the account for a pause. */
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

/**
 * Reads job statuses of one account for all the polls of this worker: what they ask for at the same time goes out in
 * one request, requests are a second apart, and a pause that Zendesk asks for is everybody's.
 */
export class JobReader {
  readonly #turnstile: Turnstile;
  readonly #statuses: DataLoader<string, JobStatus | null>;
  readonly #now: () => number;
  #pause = { until: 0, reason: '', inARow: 0 };

  constructor(
    private readonly client: ZendeskClient,
    options: JobReaderOptions = {},
    private readonly events: JobReaderEvents = {},
  ) {
    this.#now = options.now ?? Date.now;
    this.#turnstile = new Turnstile(options.gap ?? 1000, options.linger ?? 50);
    this.#statuses = new DataLoader((jobIds) => this.#readBatch(jobIds), {
      cache: false,
      maxBatchSize: SHOW_MANY_LIMIT,
      batchScheduleFn: (dispatch) => void this.#turnstile.turn().then(dispatch),
    });
  }

  /** Looks at jobs. Null for one that Zendesk does not show. */
  async look(jobIds: string[]): Promise<(JobStatus | null)[]> {
    this.#refuseWhilePaused();
    const answers = await this.#statuses.loadMany(jobIds);
    return answers.map((answer) => {
      if (answer instanceof Error) throw answer;
      return answer;
    });
  }

  /**
   * Asks again, in other ways, for jobs that a look did not find: without the others, then in the list, newest first.
   * Under load Zendesk has failed to show single jobs that its list still had (zenpy issue 291).
   */
  async search(jobIds: string[]): Promise<Map<string, JobStatus>> {
    const found = new Map<string, JobStatus>();
    const remember = (statuses: JobStatus[]) => {
      for (const status of statuses) if (jobIds.includes(status.id)) found.set(status.id, status);
    };
    const missing = () => jobIds.filter((jobId) => !found.has(jobId));

    if (jobIds.length > ALONE_LIMIT) {
      remember(await this.#request(() => this.client.showMany(jobIds)));
    } else {
      for (const jobId of jobIds) remember(await this.#request(() => this.#show(jobId)));
    }
    let cursor: string | null | undefined;
    for (let page = 0; page < LIST_PAGES && cursor !== null && missing().length > 0; page++) {
      const { jobStatuses, next } = await this.#request(() => this.client.list({ cursor: cursor ?? undefined }));
      remember(jobStatuses);
      cursor = next;
    }
    return found;
  }

  /** Has Zendesk answer something at once: each answer tells of the account's job slots. */
  async ask(): Promise<void> {
    await this.#heedPause(() => this.client.list({ pageSize: 1 }));
  }

  async #readBatch(jobIds: readonly string[]): Promise<(JobStatus | null)[]> {
    const distinct = [...new Set(jobIds)];
    const statuses = await this.#heedPause(() => {
      this.events.onPoll?.(distinct.length);
      return distinct.length === 1 ? this.#show(distinct[0]!) : this.client.showMany(distinct);
    });
    const byId = new Map(statuses.map((status) => [status.id, status]));
    return jobIds.map((jobId) => byId.get(jobId) ?? null);
  }

  async #show(jobId: string): Promise<JobStatus[]> {
    try {
      return [await this.client.show(jobId)];
    } catch (error) {
      if (error instanceof ZendeskJobNotFoundError) return [];
      throw error;
    }
  }

  async #request<T>(send: () => Promise<T>): Promise<T> {
    await this.#turnstile.turn();
    return await this.#heedPause(send);
  }

  async #heedPause<T>(send: () => Promise<T>): Promise<T> {
    this.#refuseWhilePaused();
    try {
      const answer = await send();
      this.#pause.inARow = 0;
      return answer;
    } catch (error) {
      if (error instanceof ZendeskError) this.#pauseAfter(error);
      throw error;
    }
  }

  /** 503 carries Retry-After too; a 429 may come without one. */
  #pauseAfter(error: ZendeskError): void {
    if (error.retryAfter === undefined && error.status !== 429) return;
    const inARow = this.#pause.inARow + 1;
    const length = error.retryAfter ?? Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (inARow - 1));
    const now = this.#now();
    const before = Math.max(this.#pause.until, now);
    const until = Math.max(before, now + length);
    this.#pause = { until, reason: error.message, inARow };
    if (until > before) this.events.onPause?.(until - before, error);
  }

  #refuseWhilePaused(): void {
    const remaining = this.#pause.until - this.#now();
    if (remaining > 0) throw new AccountPausedError(remaining, this.#pause.reason);
  }
}
