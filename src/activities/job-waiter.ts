import { AsyncResource } from 'node:async_hooks';
import type { JobStatus } from '../common/types';
import type { ZendeskResponseTooLargeError } from '../zendesk/errors';

/** What was read of a job. The error: the job's status alone is longer than the client accepts. */
export type JobReading<T = JobStatus> = T | 'missing' | ZendeskResponseTooLargeError;

export interface JobReadings<T = JobStatus> {
  /** By job id. A job that was not read in time is absent. */
  readings: Map<string, JobReading<T>>;
  /** By job id: why a job was not read, where that concerns this job alone. */
  failures: Map<string, unknown>;
  /** Why other jobs are absent: the error of a request, or the reason of the signal. */
  failure?: unknown;
}

/**
 * A caller that waits for readings of some jobs. It stops waiting when all of them were read or failed, when a request
 * fails that concerns all of them, or when its signal aborts, and keeps what was read by then.
 */
export class JobWaiter<T = unknown> {
  readonly result: Promise<JobReadings<T>>;
  readonly #readings = new Map<string, JobReading<T>>();
  readonly #failures = new Map<string, unknown>();
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
      this.#closeIfComplete();
    } catch (error) {
      this.fail(error);
    }
  }

  /** A request for this job alone failed. The others are waited for. */
  failJob(jobId: string, failure: unknown): void {
    if (!this.#isOpen) return;
    this.#failures.set(jobId, failure);
    this.#closeIfComplete();
  }

  fail(failure: unknown): void {
    this.#close({ failure });
  }

  readonly stopIfAborted = (): void => {
    if (this.signal.aborted) this.fail(this.signal.reason);
  };

  #closeIfComplete(): void {
    if (this.#readings.size + this.#failures.size === this.jobIds.size) this.#close({});
  }

  #close(end: { failure?: unknown }): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.signal.removeEventListener('abort', this.stopIfAborted);
    this.#resolve({ readings: this.#readings, failures: this.#failures, ...end });
  }
}
