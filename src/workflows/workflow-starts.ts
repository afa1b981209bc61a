import { condition } from '@temporalio/workflow';

/** A job is listed, or finished, so long after its start at most that a search could take it for the job of another start. */
const RECENT_MS = 5 * 60_000;
/** Ids that are carried to the next run, or to a search. */
const MAX_RECENT_JOBS = 1_000;

export interface KnownJob {
  jobId: string;
  /** When the workflow last dealt with it: epoch ms. */
  at: number;
}

/**
 * The starts of one workflow, so that the job of one is never taken for the job of another. All facts that an adoption depends on are
 * read here at the moment of the decision, not when its search was scheduled.
 */
export class WorkflowStarts {
  /** Sent, not answered. */
  readonly #unanswered = new Set<string>();
  /** Uncertain, and their job is being searched for. */
  readonly #searchedFor = new Set<string>();
  readonly #adoptions = new Set<string>();
  readonly #jobs = new Map<string, number>();
  #lastSetAsideAt = -Infinity;

  constructor(known: KnownJob[] = []) {
    for (const { jobId, at } of known) this.#jobs.set(jobId, at);
  }

  /** Resolves when no job is searched for that may be adopted: a start sent meanwhile could make a second job that fits. */
  async untilNothingIsAdopted(): Promise<void> {
    if (this.#adoptions.size > 0) await condition(() => this.#adoptions.size === 0);
  }

  sent(startId: string): void {
    this.#unanswered.add(startId);
  }

  /** The response came, or it is known that none will. */
  answered(startId: string): void {
    this.#unanswered.delete(startId);
  }

  /** The start is uncertain; its job is searched for, to report it or, with `adopt`, to take it over. */
  searching(startId: string, adopt: boolean): void {
    this.#unanswered.delete(startId);
    this.#searchedFor.add(startId);
    if (adopt) this.#adoptions.add(startId);
  }

  /** Resolves when the responses of all other starts are known; false if they are not within the time. */
  async othersAnswered(timeout: number): Promise<boolean> {
    return this.#unanswered.size === 0 || (await condition(() => this.#unanswered.size === 0, timeout));
  }

  /**
   * Whether a job that was not listed at `snapshotAt` can only be the one of this start, as far as this workflow's other starts are
   * concerned: none is unanswered or searched for, and none was set aside since then.
   */
  onlyThisIsUnsettled(startId: string, snapshotAt: number): boolean {
    const others = [...this.#searchedFor].filter((id) => id !== startId);
    return this.#unanswered.size === 0 && others.length === 0 && this.#lastSetAsideAt < snapshotAt;
  }

  /** The search is over. Without a job the start stays uncertain. */
  settled(startId: string, jobId: string | null, now: number): void {
    this.#searchedFor.delete(startId);
    this.#adoptions.delete(startId);
    if (jobId === null) this.#lastSetAsideAt = now;
    else this.add(jobId, now);
  }

  /** A job of this workflow: started now, or seen to finish. */
  add(jobId: string, now: number): void {
    this.#jobs.delete(jobId);
    this.#jobs.set(jobId, now);
  }

  has(jobId: string): boolean {
    return this.#jobs.has(jobId);
  }

  /** Jobs that a search might find, the latest 1,000. */
  recentJobs(now: number): KnownJob[] {
    const recent = [...this.#jobs].filter(([, at]) => at >= now - RECENT_MS).slice(-MAX_RECENT_JOBS);
    return recent.map(([jobId, at]) => ({ jobId, at }));
  }
}
