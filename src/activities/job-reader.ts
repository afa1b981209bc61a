import type { JobStatus } from '../common/types';
import type { ZendeskClient } from '../zendesk/client';
import { ZendeskJobNotFoundError, type ZendeskError } from '../zendesk/errors';
import type { ReadJobs } from '../zendesk/job-status';
import { AccountPause } from './account-pause';
import { JobBatchLimits } from './batch-size';
import { JobWaiter, type JobReadings } from './job-waiter';
import { MissingJobs } from './missing-jobs';
import { PollQueue } from './poll-queue';
import { RequestThrottle } from './request-throttle';

export interface JobReaderOptions {
  /**
   * Shortest time between two polling requests, in ms.
   * @defaultValue 1,000
   */
  minRequestInterval?: number;
  /**
   * How long the first poll of a batch waits for others to join it, in ms.
   * @defaultValue 50
   */
  batchWindow?: number;
  now?: () => number;
}

/** Called with what a reader does. Must not throw. */
export interface JobReaderEvents {
  /** A polling request for so many jobs is sent. */
  onPoll?(jobs: number): void;
  /** The account pauses for so many ms more than it did already, because of this error. */
  onPause?(added: number, error: ZendeskError): void;
}

/**
 * Reads job statuses of one account for all polls of this worker. Polls of the same moment share a request, requests are at least
 * `minRequestInterval` apart, and a pause that Zendesk asks for holds for all of them.
 */
export class JobReader {
  readonly #pause: AccountPause;
  readonly #limits = new JobBatchLimits();
  readonly #smallPolls: PollQueue;
  readonly #polls: PollQueue;
  readonly #missing: MissingJobs;
  readonly #throttle: RequestThrottle;

  constructor(
    private readonly client: ZendeskClient,
    { minRequestInterval = 1000, batchWindow = 50, now = Date.now }: JobReaderOptions = {},
    private readonly events: JobReaderEvents = {},
  ) {
    this.#pause = new AccountPause(now, (added, error) => this.#beginPause(added, error));
    const poll = (jobIds: string[]) => this.#poll(jobIds);
    const probe = () => this.ask();
    this.#smallPolls = new PollQueue(poll, this.#limits, { probe });
    this.#polls = new PollQueue(poll, this.#limits, { smaller: this.#smallPolls, probe });
    this.#missing = new MissingJobs(
      (jobIds) => this.#pause.send(() => this.#read(jobIds)),
      (page) => this.#pause.send(() => this.client.list(page)),
    );
    const queues = [this.#polls, this.#smallPolls, this.#missing];
    this.#throttle = new RequestThrottle(minRequestInterval, batchWindow, queues);
  }

  /** Polls jobs. Jobs that no caller waits for any more are not asked for. */
  async readJobs<T>(jobIds: string[], signal: AbortSignal, keep: (status: JobStatus) => T): Promise<JobReadings<T>> {
    return await this.#wait(jobIds, signal, keep, (jobId, waiter) => {
      const queue = this.#limits.isReduced(jobId) ? this.#smallPolls : this.#polls;
      queue.add(jobId, [waiter]);
    });
  }

  /**
   * Searches for jobs that `readJobs` did not find, by id and in the list. A reading `missing` says that Zendesk shows a job in neither.
   * An aborted signal registers the jobs, and returns at once what is known of them: they are searched for together with those of
   * other callers, and the next call goes on from there.
   */
  async findMissing<T>(jobIds: string[], signal: AbortSignal, keep: (status: JobStatus) => T): Promise<JobReadings<T>> {
    return await this.#wait(jobIds, signal, keep, (jobId, waiter) => this.#missing.add(jobId, waiter));
  }

  /** Reads the shortest list there is, at once: most responses report how many jobs are in flight. */
  async ask(): Promise<void> {
    await this.#pause.send(() => this.client.list({ pageSize: 1 }));
  }

  /** Never rejects: it ends early, with what was read by then, when a request fails or the signal aborts. */
  async #wait<T>(
    jobIds: string[],
    signal: AbortSignal,
    keep: (status: JobStatus) => T,
    enqueue: (jobId: string, waiter: JobWaiter) => void,
  ): Promise<JobReadings<T>> {
    const waiter = new JobWaiter(new Set(jobIds), signal, keep);
    const paused = this.#pause.current();
    if (paused) waiter.fail(paused);
    for (const jobId of new Set(jobIds)) enqueue(jobId, waiter as JobWaiter);
    waiter.stopIfAborted();
    this.#throttle.wake();
    return await waiter.result;
  }

  async #poll(jobIds: string[]): Promise<ReadJobs> {
    return await this.#pause.send(async () => {
      this.events.onPoll?.(jobIds.length);
      return await this.#read(jobIds);
    });
  }

  async #read(jobIds: string[]): Promise<ReadJobs> {
    const [jobId] = jobIds;
    if (jobIds.length > 1 || jobId === undefined) return await this.client.showMany(jobIds);
    try {
      return { jobStatuses: [await this.client.show(jobId)], unreadable: [] };
    } catch (error) {
      if (error instanceof ZendeskJobNotFoundError) return { jobStatuses: [], unreadable: [] };
      throw error;
    }
  }

  #beginPause(added: number, error: ZendeskError): void {
    this.events.onPause?.(added, error);
    const paused = this.#pause.current();
    for (const queue of [this.#polls, this.#smallPolls, this.#missing]) queue.fail(paused);
  }
}
