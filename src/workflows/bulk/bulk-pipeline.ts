import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import type {
  BatchConclusion,
  BatchReport,
  BatchRound,
  BatchTry,
  BulkRun,
  FailureBudget,
  UncertainConclusion,
} from '../../common/bulk';
import type { BulkSettings } from '../../common/bulk-input';
import { ZendeskErrorType } from '../../common/error-types';
import type { Trouble as Failure } from '../../common/polling';
import type { StartCandidate } from '../../common/starting';
import type { StartFailure } from '../start-failures';
import { startJob } from '../start-job';
import { WorkflowStarts } from '../workflow-starts';
import { batchStarter, pollBatch, recordBatch, roundOf } from './bulk-activities';
import {
  bulkTimedOut,
  MAX_UNCERTAIN_BATCHES,
  refusedRecords,
  sourceCycles,
  tooManyUncertain,
  uncertainStart,
} from './bulk-failures';
import {
  boundConclusion,
  bulkRun,
  halvesOf,
  hasRoomFor,
  withInlineRecords,
  type BulkState,
  type RunningTry,
  type WaitingTry,
} from './bulk-state';
import { CursorHistory } from './cursor-history';
import { JobWindow } from './job-window';
import { attemptsBeforeReview, failingHalf, reviewFailingStart } from './poisoned-starts';
import { readAhead } from './read-ahead';
import { reviewRefusedStart } from './refused-starts';
import { addReport, addUncertain, FailureShares, recordCount, removeCandidate } from './tally';

/** Until parts of a batch are looked at again that are too many to be carried to the next run. */
const NO_ROOM_DELAY_MS = 5_000;

/** A start gives way: its records wait again. */
class Postponed extends Error {
  constructor(
    readonly delay: number,
    readonly failure?: StartFailure,
  ) {
    super();
  }
}

export interface PipelineOptions {
  /** Is the history long enough? */
  mustContinueAsNew(): boolean;
  /** Called whenever the state has changed. `message` says what the run is waiting for. */
  onChange(message: string | null): void;
}

/**
 * Takes batch after batch through a job: reads ahead, starts as many as Zendesk allows, records what became of each, and sends again
 * what is worth another try. `state` is complete at any time, so that another run can continue from it.
 */
export class BulkPipeline {
  readonly #run: BulkRun;
  readonly #window: JobWindow;
  readonly #starts: WorkflowStarts;
  readonly #shares: FailureShares;
  /** Cancelled when the run ends early. A start that is not safe to repeat is awaited nevertheless. */
  readonly #startScope = new CancellationScope();
  readonly #reportScope = new CancellationScope();
  /** Batches between their start and their report. */
  #underWay = 0;
  /** Of these, the ones whose start is not settled. */
  readonly #starting = new Set<WaitingTry>();
  #begun = 0;
  #lastAcceptedAt = -Infinity;
  #waitingFor: string | null = null;
  /** No more batches begin in this run. */
  #stopping = false;
  /** Starts that were not sent yet are not sent. */
  #endingEarly = false;
  #failure: unknown;

  constructor(
    private readonly settings: BulkSettings,
    private readonly state: BulkState,
    private readonly options: PipelineOptions,
  ) {
    this.#run = bulkRun(settings, state);
    this.#window = new JobWindow(settings.maxJobs, state.window);
    this.#starts = new WorkflowStarts(state.recentJobs);
    this.#shares = new FailureShares(state.tally);
  }

  /**
   * `done` when it is known what became of each record, `continue` when the history is long enough. Throws what ends the run for all
   * batches, when the polls under way have ended: what they saw counts, and nothing reaches the sink after that. In no case is
   * a start under way any more; jobs may still run: `state.running` has them.
   */
  async run(): Promise<'done' | 'continue'> {
    const { state } = this;
    this.#inBackground(() => this.#watchDeadline());
    this.#inBackground(() => this.#readAhead());
    for (const running of state.running) this.#lane(() => this.#report(running));
    try {
      while (await this.#untilNextMayBegin()) {
        const next = this.#takeNext();
        this.#begun += 1;
        this.#lane(() => this.#process(next));
      }
      if (this.#failure !== undefined) throw this.#failure;
      await this.#settleStarts();
      if (this.#failure !== undefined) throw this.#failure;
      return this.#isDone() ? 'done' : 'continue';
    } catch (error) {
      this.#endingEarly = true;
      this.#startScope.cancel();
      await this.#settleStarts();
      this.#reportScope.cancel();
      await CancellationScope.nonCancellable(() => condition(() => this.#underWay === 0));
      throw error;
    }
  }

  /** A start that was sent has a job, or may have one: it has to be known. */
  async #settleStarts(): Promise<void> {
    this.#stopping = true;
    await CancellationScope.nonCancellable(() => condition(() => this.#starting.size === 0));
    this.state.window = this.#window.state;
    this.state.recentJobs = this.#starts.recentJobs(Date.now());
  }

  /** Waits until there is a batch to begin and room for it. False when no more are to begin. */
  async #untilNextMayBegin(): Promise<boolean> {
    const { settings, options } = this;
    const hasEnough = () => this.#begun >= settings.batchesPerRun || options.mustContinueAsNew();
    const isOver = () => this.#failure !== undefined || this.#isDone() || (hasEnough() && !this.#isDraining());
    for (;;) {
      const wakeAt = this.#nextChangeAt();
      const isSooner = () => (this.#nextChangeAt() ?? Infinity) < (wakeAt ?? Infinity);
      const turn = () => isOver() || this.#canBegin() || isSooner();
      await (wakeAt === undefined ? condition(turn) : condition(turn, Math.max(1, wakeAt - Date.now())));
      if (isOver()) return false;
      if (this.#canBegin()) return true;
    }
  }

  #canBegin(): boolean {
    const now = Date.now();
    return (this.#nextAt() ?? Infinity) <= now && this.#window.hasRoom(this.#underWay, this.#runningJobs(), now);
  }

  /** From when on the next batch may be started, as far as pauses and delays go. Undefined where none is to be started. */
  #nextAt(): number | undefined {
    const { paused, waiting, notBefore } = this.state;
    const free = waiting.filter((next) => this.#isItsTurn(next));
    if (paused || free.length === 0) return undefined;
    return Math.max(notBefore, Math.min(...free.map((next) => next.notBefore ?? 0)));
  }

  /** When time alone may let a batch begin that cannot begin now. */
  #nextChangeAt(): number | undefined {
    const now = Date.now();
    const nextAt = this.#nextAt();
    if (nextAt === undefined) return undefined;
    if (nextAt > now) return nextAt;
    const room = this.#window.nextRoom(this.#runningJobs(), now);
    return room === undefined ? undefined : now + room;
  }

  #takeNext(): WaitingTry {
    const { waiting } = this.state;
    const next = waiting.findIndex((found) => this.#isItsTurn(found) && (found.notBefore ?? 0) <= Date.now());
    return waiting.splice(next, 1)[0]!;
  }

  /** While a batch is divided that may show that Zendesk refuses them all, no other one begins. */
  #isItsTurn({ batch }: WaitingTry): boolean {
    const dividing = this.state.refused?.dividing ?? null;
    return dividing === null || dividing === batch.number;
  }

  #runningJobs(): RunningTry[] {
    return this.state.running.filter(({ jobId }) => jobId !== null);
  }

  #isDraining(): boolean {
    return this.state.plan.ended && this.state.waiting.length === 0;
  }

  #isDone(): boolean {
    return this.#isDraining() && this.#underWay === 0;
  }

  /** A batch from its start to its report. */
  async #process(next: WaitingTry): Promise<void> {
    const running = await this.#start(next);
    if (running) await this.#report(running);
  }

  /** Undefined where the records wait again, or are divided. */
  async #start(next: WaitingTry): Promise<RunningTry | undefined> {
    const { account, onUncertainStart } = this.settings;
    const sentAt = Date.now();
    const startOptions = {
      account,
      deadline: this.state.deadline,
      onUncertainStart,
      starts: this.#starts,
      resetRuns: this.state.resetRuns,
      refusals: next.refusals,
      maximumAttempts: attemptsBeforeReview(next.failing),
      beforeSend: () => {
        if (this.#endingEarly) throw new Postponed(0);
      },
      pause: async (delay: number, failure: StartFailure) => {
        throw new Postponed(delay, failure);
      },
    };
    this.#starting.add(next);
    try {
      const starter = batchStarter(this.#run, withInlineRecords(next, this.settings.items));
      const jobId = await this.#startScope.run(() => startJob(starter, startOptions));
      if (jobId === null) return this.#settled(next, null, { kind: 'unsendable' });
      this.#accepted(jobId);
      return this.#settled(next, jobId);
    } catch (error) {
      if (error instanceof Postponed) return this.#postpone(next, error, sentAt);
      const refusal = refusedRecords(error);
      if (refusal) return this.#refused(next, refusal);
      const uncertain = uncertainStart(error);
      if (uncertain) {
        this.state.refused = undefined;
        return this.#settled(next, null, { kind: 'uncertain', ...uncertain });
      }
      this.state.waiting.unshift(next);
      if (this.#stopping && isCancellation(error)) return undefined;
      throw error;
    } finally {
      this.#starting.delete(next);
      this.#reviewDivision();
    }
  }

  #settled(next: WaitingTry, jobId: string | null, conclusion?: BatchConclusion): RunningTry {
    const { batch, attempt, positions } = next;
    const running: RunningTry = {
      batch,
      attempt,
      positions,
      jobId,
      startedAt: Date.now(),
      ...(conclusion && { conclusion: boundConclusion(conclusion) }),
    };
    this.state.running.push(running);
    this.#changed();
    return running;
  }

  #accepted(jobId: string): void {
    this.state.tally.jobs += 1;
    this.#window.started();
    this.#lastAcceptedAt = Date.now();
    this.state.refused = undefined;
    this.#waitingFor = null;
    removeCandidate(this.state.tally, jobId);
  }

  /** Some of the records are at fault, or the operation is. */
  #refused(next: WaitingTry, failure: Failure): RunningTry | undefined {
    const { state } = this;
    const { number } = next.batch;
    const records = recordCount(next);
    const isPart = next.refusedTogether === true;
    const { decision, refused } = reviewRefusedStart({ refused: state.refused, batch: number, records, isPart });
    if (decision === 'fail') {
      state.refused = refused;
      return this.#settled(next, null, { kind: 'refused', failure: records === 1 ? failure : undivided(failure) });
    }
    if (decision === 'wait') state.waiting.unshift(next);
    else if (this.#divide(next, { refusedTogether: true })) {
      state.refused = refused;
      this.#waitingFor = `batch ${number} is divided, as Zendesk refused it: ${failure.message}`;
    } else state.waiting.unshift({ ...next, notBefore: Date.now() + NO_ROOM_DELAY_MS });
    this.#changed();
    return undefined;
  }

  /** Other batches go on when the one that was divided has been, down to the records. */
  #reviewDivision(): void {
    const { state } = this;
    const { refused, waiting } = state;
    const isLeft = [...waiting, ...this.#starting].some(({ batch }) => batch.number === refused?.dividing);
    if (refused && refused.dividing !== null && !isLeft) {
      state.refused = { ...refused, dividing: null };
      this.#waitingFor = null;
    }
  }

  /** Two halves wait in place of the records. False where the next run could not be given so many. */
  #divide(next: WaitingTry, more: Partial<WaitingTry>): boolean {
    const { state } = this;
    const halves = halvesOf(next).map((half) => ({ ...half, ...more }));
    const others = [...state.waiting, ...state.running, ...this.#starting];
    if (!hasRoomFor(others, halves)) return false;
    state.waiting.unshift(...halves);
    return true;
  }

  /** The records wait again, for as long as it takes; a start that fails because of its own records is divided, down to the record. */
  #postpone(next: WaitingTry, { delay, failure }: Postponed, sentAt: number): RunningTry | undefined {
    const { state } = this;
    if (!failure) {
      state.waiting.unshift(next);
      return undefined;
    }
    const now = Date.now();
    this.#waitingFor = `batch ${next.batch.number}: ${failure.message}`;
    if (failure.type === ZendeskErrorType.RATE_LIMITED) {
      this.#window.refused(this.#runningJobs().length);
      const wholeAccount = failure.retryAfter !== undefined || failure.details?.code === 'ERR_ZENDESK_RATE_LIMITED';
      if (wholeAccount) state.notBefore = Math.max(state.notBefore, now + delay);
    }
    const refusals = (next.refusals ?? 0) + 1;
    const retry = { ...next, refusals, notBefore: now + delay };
    // Zendesk may not refuse this one, and it may fail for long: the other batches are not to wait for that.
    const isDividing = state.refused?.dividing === next.batch.number;
    if (isDividing && failure.type !== ZendeskErrorType.RATE_LIMITED) state.refused = undefined;
    if (failure.type !== ZendeskErrorType.UNAVAILABLE || !failure.details?.sent || !next.batch.repeatSafe) {
      state.waiting.unshift(retry);
      this.#changed();
      return undefined;
    }

    const { batch } = next;
    const records = recordCount(next);
    const { decision, failing } = reviewFailingStart({
      now,
      failing: next.failing,
      sentAt,
      lastAcceptedAt: this.#lastAcceptedAt,
      othersPending: [...state.waiting, ...this.#starting].some((other) => other.batch.number !== batch.number),
      otherCallsSucceed: failure.details.otherCallsSucceed === true,
      records,
    });
    if (decision === 'fail') {
      const { type, message } = failure;
      return this.#settled(next, null, { kind: 'refused', failure: { type, message } });
    }
    const isDivided = decision === 'split' && this.#divide(next, { failing: failingHalf(failing) });
    if (!isDivided) state.waiting.unshift({ ...retry, failing });
    this.#changed();
    return undefined;
  }

  /** From the start to the report: of its job, or of records that no job will report. */
  async #report(running: RunningTry): Promise<void> {
    const { state } = this;
    const { jobId } = running;
    if (jobId === null) return await this.#reportWithoutJob(running);

    const report = await this.#withFailureBudget(running, async (failureBudget) => {
      const round = roundOf(jobId, running.startedAt, this.settings, state.deadline);
      const { itemAttempts } = this.settings;
      const input: BatchRound = {
        run: this.#run,
        ...withInlineRecords(running, this.settings.items),
        round,
        itemAttempts,
        failureBudget,
      };
      return await this.#reportScope.run(() => pollBatch(input, state.deadline));
    });
    if (report.end === 'timed_out') throw this.#timedOut();

    this.#window.ended(running, report.endedAt, Date.now());
    this.#starts.add(jobId, Date.now());
    if (report.end !== 'finished') return await this.#reportLost(running, jobId, report.end);
    this.#conclude(running, report, unknownJob(running, jobId, '').candidates);
  }

  /** What the job did is unknown. Doing it again is safe, or it is not. */
  async #reportLost(running: RunningTry, jobId: string, end: 'lost' | 'unreadable'): Promise<void> {
    const { state } = this;
    const { batch, attempt, positions, startedAt } = running;
    this.#remove(running);
    if (batch.repeatSafe && attempt < this.settings.itemAttempts) {
      state.tally.retried += recordCount(running);
      state.waiting.push({ batch, attempt: attempt + 1, positions });
      return this.#changed();
    }
    const reason =
      end === 'lost'
        ? `Zendesk does not know job ${jobId} any more`
        : `the status of job ${jobId} is too large to be read`;
    const uncertain = {
      batch,
      attempt,
      positions,
      jobId: null,
      startedAt,
      conclusion: unknownJob(running, jobId, reason),
    };
    state.running.push(uncertain);
    await this.#reportWithoutJob(uncertain);
  }

  async #reportWithoutJob(running: RunningTry): Promise<void> {
    const { conclusion } = running;
    if (conclusion?.kind === 'uncertain') {
      if (this.#run.sink) await this.#record(running);
      this.#remove(running);
      const { reason, jobId: own } = conclusion;
      const candidates = conclusion.candidates.filter(({ jobId }) => jobId === own || !this.#starts.has(jobId));
      this.#setAside(running, reason, candidates);
    } else {
      this.#conclude(running, await this.#record(running), []);
    }
  }

  /** Has rows written that no job will report. */
  async #record(running: RunningTry): Promise<BatchReport> {
    return await this.#withFailureBudget(running, (failureBudget) => {
      const input = {
        run: this.#run,
        ...withInlineRecords(running, this.settings.items),
        conclusion: running.conclusion!,
        failureBudget,
      };
      return this.#reportScope.run(() => recordBatch(input, this.state.deadline));
    });
  }

  async #withFailureBudget<T>(running: RunningTry, report: (budget: FailureBudget) => Promise<T>): Promise<T> {
    const { plan, waiting, running: reporting } = this.state;
    const pending = waiting.length + this.#starting.size + reporting.length - this.#shares.reservations;
    const budget = this.#shares.reserve(
      running,
      plan.ended ? Math.min(this.settings.maxJobs, pending) : this.settings.maxJobs,
    );
    try {
      return await report(budget);
    } finally {
      this.#shares.release(running);
    }
  }

  #conclude(running: RunningTry, report: BatchReport, candidates: StartCandidate[]): void {
    const { state } = this;
    const { batch, attempt } = running;
    this.#remove(running);
    addReport(state.tally, report);
    const { retryPositions, uncertainPositions, uncertainReason = '' } = report;
    if (uncertainPositions.length > 0) {
      const batchTry = { batch, attempt, positions: uncertainPositions };
      addUncertain(state.tally, batchTry, `the job did not report whether it did them: ${uncertainReason}`, candidates);
    }
    if (retryPositions.length > 0) state.waiting.push({ batch, attempt: attempt + 1, positions: retryPositions });
    state.reportedAt = Date.now();
    this.#changed();
  }

  #setAside(running: RunningTry, reason: string, candidates: StartCandidate[]): void {
    const { state, settings } = this;
    addUncertain(state.tally, running, reason, candidates);
    state.uncertainBatches += 1;
    if (state.uncertainBatches >= MAX_UNCERTAIN_BATCHES) {
      this.#failure ??= tooManyUncertain(settings.start.operation, state);
    }
    state.reportedAt = Date.now();
    this.#changed();
  }

  #remove(running: RunningTry): void {
    this.state.running = this.state.running.filter((other) => other !== running);
  }

  async #readAhead(): Promise<void> {
    const { settings, state } = this;
    const cursors = new CursorHistory(state.cursors);
    const onRead = (visited: string[]) => {
      if (!cursors.add(visited)) throw sourceCycles(settings.source?.name ?? 'items');
      state.cursors = cursors.toState();
    };
    await readAhead(this.#run, settings.items, state, { isStopping: () => this.#stopping, onRead });
  }

  async #watchDeadline(): Promise<void> {
    const { deadline } = this.state;
    if (!(await condition(() => this.#stopping, Math.max(1, deadline - Date.now())))) throw this.#timedOut();
  }

  #timedOut(): Error {
    return bulkTimedOut(this.settings.start.operation, this.state, this.#waitingFor);
  }

  #changed(): void {
    this.options.onChange(this.#waitingFor);
  }

  /** Runs one batch next to the others. */
  #lane(run: () => Promise<void>): void {
    this.#underWay += 1;
    this.#inBackground(() => run().finally(() => (this.#underWay -= 1)));
  }

  /** What fails in the background and was not stopped ends the run. */
  #inBackground(run: () => Promise<void>): void {
    run().catch((error: unknown) => {
      if (!(this.#stopping && isCancellation(error))) this.#failure ??= error;
    });
  }
}

/** The job of these records is known, and what it did is not. */
export function unknownJob(batchTry: BatchTry, jobId: string, reason: string): UncertainConclusion {
  const unknown = { jobType: null, progress: null, message: null };
  const candidate = { jobId, status: 'unknown', total: recordCount(batchTry), ...unknown };
  return { kind: 'uncertain', jobId, reason, candidates: [candidate] };
}

/** Of records that were refused together, and not one by one. */
function undivided({ type, message }: Failure): Failure {
  const why =
    'refused together with all records of its batch; it was not divided, as Zendesk refused many records alone and accepted none';
  return { type, message: `${why}: ${message}` };
}
