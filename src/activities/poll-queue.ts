import { ZendeskResponseTooLargeError } from '../zendesk/errors';
import type { ReadJobs } from '../zendesk/job-status';
import { BatchSize, type JobBatchLimits } from './batch-size';
import { mayBeAboutOneJob } from './batch-errors';
import type { JobWaiter } from './job-waiter';
import type { RequestQueue } from './request-throttle';

/** Jobs of one request, and who waits for each of them. */
type Batch = Map<string, JobWaiter[]>;

export interface PollQueueOptions {
  /** Where the jobs of a request that failed go. Default: to the end of this queue. */
  smaller?: PollQueue;
  /** A request that asks for no job: it fails while Zendesk answers no one. */
  probe(): Promise<unknown>;
}

/**
 * Jobs to poll, first come, first served, as many in a request as it may ask for. Jobs that no caller waits for any more leave the
 * queue unread.
 *
 * One job must not delay the others. When a response is too large, its jobs go to a queue of smaller requests. So they do when Zendesk
 * answers with an error that may be about one of them, once another request has shown that it answers at all. A job that is not in a
 * response whose elements cannot all be read is asked for alone.
 */
export class PollQueue implements RequestQueue {
  readonly #waiters: Batch = new Map();
  readonly #batchSize = new BatchSize();
  /** Requests that failed, perhaps because of one of their jobs. */
  readonly #doubted: { batch: Batch; error: unknown }[] = [];
  readonly #smaller: PollQueue;
  readonly #probe: () => Promise<unknown>;

  constructor(
    private readonly read: (jobIds: string[]) => Promise<ReadJobs>,
    private readonly limits: JobBatchLimits,
    { smaller, probe }: PollQueueOptions,
  ) {
    this.#smaller = smaller ?? this;
    this.#probe = probe;
  }

  add(jobId: string, waiters: JobWaiter[]): void {
    this.#waiters.set(jobId, [...(this.#waiters.get(jobId) ?? []), ...waiters]);
  }

  hasRequest(): boolean {
    for (const [jobId, waiters] of this.#waiters) {
      const open = waiters.filter(({ isOpen }) => isOpen);
      if (open.length > 0) this.#waiters.set(jobId, open);
      else this.#waiters.delete(jobId);
    }
    return this.#waiters.size > 0 || this.#doubted.length > 0;
  }

  async sendRequest(): Promise<void> {
    const doubted = this.#doubted.shift();
    if (doubted) await this.#examine(doubted);
    else await this.#poll(this.#takeBatch());
  }

  /** Ends all waits. */
  fail(error: unknown): void {
    for (const batch of [this.#waiters, ...this.#doubted.map(({ batch }) => batch)]) failAll(batch, error);
    this.#waiters.clear();
    this.#doubted.length = 0;
  }

  async #poll(batch: Batch): Promise<void> {
    const jobIds = [...batch.keys()];
    try {
      const jobs = await waitersOf(batch)[0]?.run(() => this.read(jobIds));
      this.#batchSize.raise(jobIds.length);
      this.#deliver(batch, jobs ?? { jobStatuses: [], unreadable: [] });
    } catch (error) {
      const [[jobId, waiters] = []] = batch;
      if (batch.size > 1 && error instanceof ZendeskResponseTooLargeError) this.#split(batch);
      else if (batch.size > 1 && mayBeAboutOneJob(error)) this.#doubted.push({ batch, error });
      else if (error instanceof ZendeskResponseTooLargeError) waiters?.forEach((each) => each.receive(jobId!, error));
      else if (mayBeAboutOneJob(error)) waiters?.forEach((each) => each.failJob(jobId!, error));
      else failAll(batch, error);
    }
  }

  #deliver(batch: Batch, { jobStatuses, unreadable }: ReadJobs): void {
    const statuses = new Map(jobStatuses.map((status) => [status.id, status]));
    for (const [jobId, waiters] of batch) {
      const status = statuses.get(jobId);
      // A job that was read alone may be the one that others cannot be asked for with.
      if (batch.size > 1) this.limits.clear(jobId);
      if (!status && batch.size > 1 && (unreadable.includes(jobId) || unreadable.includes(null))) {
        this.limits.reduce([jobId]);
        this.#smaller.add(jobId, waiters);
      } else for (const waiter of waiters) waiter.receive(jobId, status ?? 'missing');
    }
  }

  /** Finds out whether Zendesk answers at all: if not, the error concerns all jobs. */
  async #examine({ batch, error }: { batch: Batch; error: unknown }): Promise<void> {
    const waiter = waitersOf(batch).find(({ isOpen }) => isOpen);
    if (!waiter) return;
    try {
      await waiter.run(this.#probe);
    } catch {
      failAll(batch, error);
      return;
    }
    this.#split(batch);
  }

  #takeBatch(): Batch {
    const batch: Batch = new Map();
    let limit = this.#batchSize.current;
    for (const [jobId, waiters] of this.#waiters) {
      limit = Math.min(limit, this.limits.limitOf(jobId));
      if (batch.size >= limit) break;
      batch.set(jobId, waiters);
    }
    for (const jobId of batch.keys()) this.#waiters.delete(jobId);
    return batch;
  }

  #split(batch: Batch): void {
    this.limits.reduce([...batch.keys()]);
    this.#smaller.#batchSize.reduce(batch.size);
    for (const [jobId, waiters] of batch) this.#smaller.add(jobId, waiters);
  }
}

function waitersOf(batch: Batch): JobWaiter[] {
  return [...new Set([...batch.values()].flat())];
}

function failAll(batch: Batch, error: unknown): void {
  for (const waiter of waitersOf(batch)) waiter.fail(error);
}
