import { AsyncResource } from 'node:async_hooks';
import type { JobStatus } from '../common/types';
import type { ZendeskResponseTooLargeError } from '../zendesk/errors';

/** What was read of a job. The error: the job's status alone is longer than the client accepts. */
export type JobReading<T = JobStatus> = T | 'missing' | ZendeskResponseTooLargeError;

export interface JobReadings<T = JobStatus> {
  /** By job id. A job that was not read in time is absent. */
  readings: Map<string, JobReading<T>>;
  /** Why jobs are absent: the error of a request, or the reason of the signal. */
  failure?: unknown;
}

/**
 * A caller that waits for readings of some jobs. It stops waiting when it has all of them, when a request fails or when its
 * signal aborts, and keeps what was read by then.
 */
export class JobWaiter<T = unknown> {
  readonly result: Promise<JobReadings<T>>;
  readonly #readings = new Map<string, JobReading<T>>();
  readonly #activity = new AsyncResource('JobWaiter');
  #resolve!: (readings: JobReadings<T>) => void;
  #isOpen = true;

  constructor(
    private readonly jobIds: Set<string>,
    private readonly signal: AbortSignal,
    /** Reduces a job status to what the caller needs: the rows of a job can be many megabytes. */
    private readonly keep: (status: JobStatus) => T,
  ) {
    this.result = new Promise((resolve) => (this.#resolve = resolve));
    signal.addEventListener('abort', this.stopIfAborted, { once: true });
    if (jobIds.size === 0) this.#close({});
  }

  /** Whether the caller still waits. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Runs work in the context of the activity that waits: its metrics and log lines are those of that activity. */
  run<Result>(work: () => Result): Result {
    return this.#activity.runInAsyncScope(work);
  }

  receive(jobId: string, reading: JobReading): void {
    if (!this.#isOpen) return;
    try {
      const isStatus = reading !== 'missing' && !(reading instanceof Error);
      this.#readings.set(jobId, isStatus ? this.keep(reading) : reading);
      if (this.#readings.size === this.jobIds.size) this.#close({});
    } catch (error) {
      this.fail(error);
    }
  }

  fail(failure: unknown): void {
    this.#close({ failure });
  }

  readonly stopIfAborted = (): void => {
    if (this.signal.aborted) this.fail(this.signal.reason);
  };

  #close(end: { failure?: unknown }): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.signal.removeEventListener('abort', this.stopIfAborted);
    this.#resolve({ readings: this.#readings, ...end });
  }
}
