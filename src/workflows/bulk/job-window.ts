/** An account's job slots, all of them: a run that wants fewer has no start wait for one. */
const ALL_SLOTS = 30;
/** A start may begin so long before a job is expected to end, and waits in the worker for its slot; or so long after it. */
const LEAD = 5_000;
/** How much the last job tells of how long the next one takes. */
const WEIGHT = 1 / 4;

/** What a run hands over when it continues as new. */
export interface WindowState {
  size: number;
  /** How long a job takes: ms. Absent before the first end. */
  jobDuration?: number;
}

interface RunningJob {
  startedAt: number;
}

/**
 * How many batches may be under way at once: up to `maxJobs`; when Zendesk refuses a start, no more than it let run; after
 * that one more for each windowful of starts. So pipelines and strangers share an account without knowing of each other.
 *
 * Beyond that, one more for each job that is about to end: its slot is free before anybody has seen the end, and goes to the
 * start that stands at the gate of the worker (`JobSlots`).
 */
export class JobWindow {
  #size: number;
  #jobDuration: number | undefined;

  constructor(
    private readonly maxJobs: number,
    { size, jobDuration }: WindowState = { size: maxJobs },
  ) {
    this.#size = Math.min(size, maxJobs);
    this.#jobDuration = jobDuration;
  }

  get state(): WindowState {
    return { size: this.#size, jobDuration: this.#jobDuration };
  }

  /** Whether another batch may begin, with so many under way, of which these jobs run. */
  hasRoom(underWay: number, running: readonly RunningJob[], now: number): boolean {
    const ending = running.filter((job) => Math.abs(now - this.#endOf(job)) <= LEAD).length;
    return underWay < Math.floor(this.#size) + Math.min(ending, ALL_SLOTS);
  }

  /** In how many ms the next job is about to end, and makes room; undefined where none is known to. */
  nextRoom(running: readonly RunningJob[], now: number): number | undefined {
    const later = running.map((job) => this.#endOf(job) - LEAD - now).filter((until) => until > 0);
    const next = Math.min(...later);
    return Number.isFinite(next) ? Math.ceil(next) : undefined;
  }

  started(): void {
    this.#size = Math.min(this.maxJobs, this.#size + 1 / this.#size);
  }

  /** `endedAt` by Zendesk's clock, where it tells: its end is seen later, by up to a fifth of the time that it took. */
  ended({ startedAt }: RunningJob, endedAt: number | undefined, now: number): void {
    const took = Math.min(Math.max(endedAt ?? now, startedAt), now) - startedAt;
    this.#jobDuration = this.#jobDuration === undefined ? took : (1 - WEIGHT) * this.#jobDuration + WEIGHT * took;
  }

  refused(running: number): void {
    this.#size = Math.max(1, Math.min(this.#size, running));
  }

  /** When a job is expected to end. */
  #endOf({ startedAt }: RunningJob): number {
    return this.maxJobs < ALL_SLOTS ? Infinity : startedAt + (this.#jobDuration ?? Infinity);
  }
}
