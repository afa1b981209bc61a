/** All jobs of the fake, and who can see which of them at the moment. */
import type { JobStatus } from '../common/types';
import type { Clock } from './clock';
import { createFakeJob, hasEnded, statusAt, type FakeJob } from './fake-job';
import type { FakeJobOptions } from './job-options';

/** Where a job stands in the list. */
export interface ListPosition {
  /** Infinity, for a job that has not ended. */
  endedAt: number;
  createdAt: number;
  sequence: number;
}

/** Negative when `a` is listed before `b`: the last to end first, then the last to be created. */
export function comparePositions(a: ListPosition, b: ListPosition): number {
  if (a.endedAt !== b.endedAt) return a.endedAt > b.endedAt ? -1 : 1;
  return b.createdAt - a.createdAt || b.sequence - a.sequence;
}

export class JobStore {
  readonly #jobs = new Map<string, FakeJob>();
  #nextSequence = 1;

  constructor(
    private readonly clock: Clock,
    private readonly retention: number,
  ) {}

  /** Throws on options that are wrong, and on an id that is taken. */
  add(options: FakeJobOptions): FakeJob {
    this.#forgetOld();
    const job = createFakeJob(options, this.clock.now(), this.#nextSequence);
    if (this.#jobs.has(job.id)) throw new RangeError(`There is a job ${job.id} already`);
    this.#nextSequence += 1;
    this.#jobs.set(job.id, job);
    return job;
  }

  /** The job that a read by id finds, or nothing. */
  find(id: string): FakeJob | undefined {
    const job = this.#jobs.get(id);
    return job && !job.onlyInList && this.#isVisible(job) ? job : undefined;
  }

  /** What a list shows, in its order. */
  list(): FakeJob[] {
    const visible = [...this.#jobs.values()].filter((job) => this.#isVisible(job));
    return visible.sort((a, b) => comparePositions(this.positionOf(a), this.positionOf(b)));
  }

  positionOf(job: FakeJob): ListPosition {
    const endedAt = hasEnded(job, this.clock.now()) ? job.endsAt : Infinity;
    return { endedAt, createdAt: job.createdAt, sequence: job.sequence };
  }

  /** Ids of the jobs that are queued or at work. */
  unfinished(): string[] {
    const now = this.clock.now();
    return [...this.#jobs.values()].filter((job) => !hasEnded(job, now)).map((job) => job.id);
  }

  statusOf(job: FakeJob, origin: string): JobStatus {
    return statusAt(job, this.clock.now(), origin);
  }

  /** Ends a job now. Throws a `RangeError` when there is none, or it has ended. */
  end(id: string, status: string): void {
    const now = this.clock.now();
    const job = this.#existing(id);
    if (hasEnded(job, now)) throw new RangeError(`Job ${id} has ended: ${job.endsAs}`);
    job.endsAt = now;
    job.endsAs = status;
  }

  /** Forgets a job. Throws a `RangeError` when there is none. */
  expire(id: string): void {
    this.#jobs.delete(this.#existing(id).id);
  }

  #existing(id: string): FakeJob {
    const job = this.#jobs.get(id);
    if (!job) throw new RangeError(`There is no job ${id}`);
    return job;
  }

  #isVisible(job: FakeJob): boolean {
    const now = this.clock.now();
    return now >= job.visibleAt && now < job.createdAt + this.retention;
  }

  #forgetOld(): void {
    const oldest = this.clock.now() - this.retention;
    for (const job of this.#jobs.values()) {
      if (job.createdAt <= oldest && hasEnded(job, this.clock.now())) this.#jobs.delete(job.id);
    }
  }
}
