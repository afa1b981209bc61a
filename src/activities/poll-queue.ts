import type { JobStatus } from '../common/types';
import { ZendeskResponseTooLargeError } from '../zendesk/errors';
import { BatchSize, type JobBatchLimits } from './batch-size';
import type { JobWaiter } from './job-waiter';
import type { RequestQueue } from './request-throttle';

/**
 * Jobs to poll, first come, first served, as many in a request as it may ask for. Jobs that no caller waits for any more leave the
 * queue unread. When a response is too large, its jobs go to a queue of smaller requests, so that they do not delay others.
 */
export class PollQueue implements RequestQueue {
  readonly #waiters = new Map<string, JobWaiter[]>();
  readonly #batchSize = new BatchSize();

  constructor(
    private readonly read: (jobIds: string[]) => Promise<JobStatus[]>,
    private readonly limits: JobBatchLimits,
    /** Where the jobs of a response that was too large go. Default: to the end of this queue. */
    private readonly smaller?: PollQueue,
  ) {}

  add(jobId: string, waiters: JobWaiter[]): void {
    this.#waiters.set(jobId, [...(this.#waiters.get(jobId) ?? []), ...waiters]);
  }

  hasRequest(): boolean {
    for (const [jobId, waiters] of this.#waiters) {
      const open = waiters.filter(({ isOpen }) => isOpen);
      if (open.length > 0) this.#waiters.set(jobId, open);
      else this.#waiters.delete(jobId);
    }
    return this.#waiters.size > 0;
  }

  async sendRequest(): Promise<void> {
    const batch = this.#takeBatch();
    const jobIds = [...batch.keys()];
    const [first] = [...batch.values()].flat();
    try {
      const jobStatuses = await first?.run(() => this.read(jobIds));
      const statuses = new Map(jobStatuses?.map((status) => [status.id, status]));
      this.#batchSize.raise(jobIds.length);
      for (const [jobId, waiters] of batch) {
        this.limits.clear(jobId);
        for (const waiter of waiters) waiter.receive(jobId, statuses.get(jobId) ?? 'missing');
      }
    } catch (error) {
      if (isAboutBatch(error)) this.#split(batch, error);
      else for (const waiter of new Set([...batch.values()].flat())) waiter.fail(error);
    }
  }

  /** Ends all waits. */
  fail(error: unknown): void {
    for (const waiter of new Set([...this.#waiters.values()].flat())) waiter.fail(error);
    this.#waiters.clear();
  }

  #takeBatch(): Map<string, JobWaiter[]> {
    const batch = new Map<string, JobWaiter[]>();
    let limit = this.#batchSize.current;
    for (const [jobId, waiters] of this.#waiters) {
      limit = Math.min(limit, this.limits.limitOf(jobId));
      if (batch.size >= limit) break;
      batch.set(jobId, waiters);
    }
    for (const jobId of batch.keys()) this.#waiters.delete(jobId);
    return batch;
  }

  #split(batch: Map<string, JobWaiter[]>, error: ZendeskResponseTooLargeError): void {
    const [first] = batch;
    if (batch.size === 1 && first) {
      for (const waiter of first[1]) waiter.receive(first[0], error);
      return;
    }
    const queue = this.smaller ?? this;
    this.limits.reduce([...batch.keys()]);
    queue.#batchSize.reduce(batch.size);
    for (const [jobId, waiters] of batch) queue.add(jobId, waiters);
  }
}

/** Whether a request for fewer jobs may succeed where this one failed. */
function isAboutBatch(error: unknown): error is ZendeskResponseTooLargeError {
  return error instanceof ZendeskResponseTooLargeError;
}
