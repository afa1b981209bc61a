import type { JobStatus } from '../common/types';
import type { ZendeskClient } from '../zendesk/client';
import { ZendeskResponseTooLargeError } from '../zendesk/errors';
import type { ReadJobs } from '../zendesk/job-status';
import { mayBeAboutOneJob } from './batch-errors';
import { BatchSize } from './batch-size';
import type { JobReading, JobWaiter } from './job-waiter';
import { LIST_PAGES, ListWalk } from './list-walk';
import type { RequestQueue } from './request-throttle';

/** How long the progress of a job is kept that no caller waits for: an attempt that ended without a result is retried sooner. */
const MEMORY_MS = 30_000;

/** Step 0 asks for the jobs by id, step n reads page n of the list. */
const BY_ID = 0;

interface MissingJob {
  readonly jobId: string;
  waiters: JobWaiter[];
  /** Steps that have not been run for this job. */
  readonly stepsLeft: Set<number>;
  /** When a caller last waited for it. */
  wantedAt: number;
}

/**
 * One search for all jobs of an account that polls did not find: by id, then in the list, newest first. Under load Zendesk has failed
 * to show single jobs that its list still had (zenpy issue 291).
 *
 * The steps form a ring. A job joins at the current step, and is missing when all steps were run without finding it. So the number
 * of requests does not grow with the number of jobs, but for one by id for each 100 of them.
 */
export class MissingJobs implements RequestQueue {
  readonly #jobs = new Map<string, MissingJob>();
  readonly #list: ZendeskClient['list'];
  #walk: ListWalk;
  #step = BY_ID;
  /** The jobs that the current step is run for; undefined before its first request. */
  #ofStep?: MissingJob[];
  #byIdSize = new BatchSize();
  #isSending = false;

  constructor(
    private readonly read: (jobIds: string[]) => Promise<ReadJobs>,
    list: ZendeskClient['list'],
  ) {
    this.#list = list;
    this.#walk = new ListWalk(list);
  }

  add(jobId: string, waiter: JobWaiter): void {
    const now = performance.now();
    const steps = Array.from({ length: 1 + LIST_PAGES }, (_, step) => step);
    const job = this.#jobs.get(jobId) ?? { jobId, waiters: [], stepsLeft: new Set(steps), wantedAt: now };
    this.#jobs.set(jobId, job);
    job.wantedAt = now;
    job.waiters.push(waiter);
    this.#concludeIfMissing(job);
  }

  hasRequest(): boolean {
    const now = performance.now();
    for (const job of this.#jobs.values()) {
      job.waiters = job.waiters.filter(({ isOpen }) => isOpen);
      if (job.waiters.length > 0) job.wantedAt = now;
      else if (now - job.wantedAt > MEMORY_MS) this.#jobs.delete(job.jobId);
    }
    if (this.#isSending) return false;
    if (this.#jobs.size === 0) this.#goTo(BY_ID);
    return [...this.#jobs.values()].some(({ waiters }) => waiters.length > 0);
  }

  async sendRequest(): Promise<void> {
    this.#isSending = true;
    try {
      this.#beginStep();
      const [first] = [...this.#jobs.values()].flatMap(({ waiters }) => waiters);
      await first?.run(() => (this.#step === BY_ID ? this.#readById() : this.#readPage()));
    } catch (error) {
      this.fail(error);
    } finally {
      this.#isSending = false;
    }
  }

  /** Ends all waits. Retried attempts go on where the search was. */
  fail(error: unknown): void {
    for (const { waiters } of this.#jobs.values()) for (const waiter of waiters) waiter.fail(error);
  }

  #beginStep(): void {
    if (this.#ofStep) return;
    const notRead = [...this.#jobs.values()].filter(({ stepsLeft }) => stepsLeft.has(this.#step));
    if (this.#step === BY_ID && notRead.length === 0) this.#goTo(1);
    this.#ofStep = this.#step === BY_ID ? notRead : [...this.#jobs.values()];
  }

  #goTo(step: number): void {
    this.#step = step;
    this.#ofStep = undefined;
    if (step !== BY_ID) return;
    this.#walk = new ListWalk(this.#list);
    this.#byIdSize = new BatchSize();
  }

  async #readById(): Promise<void> {
    const jobs = this.#ofStep!.slice(0, this.#byIdSize.current);
    let unread: MissingJob[] = [];
    try {
      const read = await this.read(jobs.map(({ jobId }) => jobId));
      this.#byIdSize.raise(jobs.length);
      unread = jobs.length > 1 ? notRead(jobs, read) : [];
      this.#concludeStep(
        jobs.filter((job) => !unread.includes(job)),
        read.jobStatuses,
        [BY_ID],
      );
    } catch (error) {
      const isTooLarge = error instanceof ZendeskResponseTooLargeError;
      if (!isTooLarge && !mayBeAboutOneJob(error)) throw error;
      this.#byIdSize.reduce(jobs.length);
      if (jobs.length > 1) return;
      if (isTooLarge) this.#conclude(jobs[0]!, error);
      else for (const waiter of jobs[0]!.waiters) waiter.failJob(jobs[0]!.jobId, error);
    }
    this.#ofStep!.splice(0, jobs.length, ...unread);
    if (unread.length > 0) this.#byIdSize.reduce(1);
    if (this.#ofStep!.length === 0) this.#goTo(1);
  }

  async #readPage(): Promise<void> {
    const jobs = this.#ofStep!;
    const { jobStatuses, unreadable, page, pageComplete, atEnd } = await this.#walk.readOn();
    const lastPage = atEnd ? LIST_PAGES : pageComplete ? page : page - 1;
    const pagesRead = Array.from({ length: lastPage - page + 1 }, (_, i) => page + i);
    const legible = jobs.filter(({ jobId }) => !unreadable.includes(jobId));
    this.#concludeStep(legible, jobStatuses, pagesRead);
    if (atEnd) this.#goTo(BY_ID);
    else if (pageComplete) this.#goTo(page + 1);
  }

  /** `stepsRead` are complete: jobs that are not among the statuses are in none of them. */
  #concludeStep(jobs: MissingJob[], statuses: JobStatus[], stepsRead: number[]): void {
    const found = new Map(statuses.map((status) => [status.id, status]));
    for (const job of jobs) {
      const status = found.get(job.jobId);
      if (status) {
        this.#conclude(job, status);
        continue;
      }
      for (const step of stepsRead) job.stepsLeft.delete(step);
      this.#concludeIfMissing(job);
    }
  }

  /** A reading that no caller waits for is dropped, since its rows may be large: the step is run again for the job. */
  #conclude(job: MissingJob, reading: JobReading): void {
    if (!job.waiters.some(({ isOpen }) => isOpen)) return;
    for (const waiter of job.waiters) waiter.receive(job.jobId, reading);
    if (this.#jobs.get(job.jobId) === job) this.#jobs.delete(job.jobId);
  }

  #concludeIfMissing(job: MissingJob): void {
    if (job.stepsLeft.size === 0) this.#conclude(job, 'missing');
  }
}

/** The jobs that may be among the elements of a response that cannot be read: they are asked for alone. */
function notRead(jobs: MissingJob[], { jobStatuses, unreadable }: ReadJobs): MissingJob[] {
  const found = new Set(jobStatuses.map(({ id }) => id));
  return jobs.filter(({ jobId }) => !found.has(jobId) && (unreadable.includes(jobId) || unreadable.includes(null)));
}
