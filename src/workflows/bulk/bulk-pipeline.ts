import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import type { BatchReport, BatchTry, BulkRun } from '../../common/bulk';
import type { BulkSettings } from '../../common/bulk-input';
import { ZendeskErrorType } from '../../common/error-types';
import type { StartCandidate } from '../../common/starting';
import type { StartTrouble } from '../start-failures';
import { startJob } from '../start-job';
import { batchStarter, pollBatch, roundOf } from './bulk-calls';
import { bulkTimedOut, MOST_UNCERTAIN, refusedRecords, tooManyUncertain, uncertainStart } from './bulk-failures';
import type { BulkState, RunningBatch } from './bulk-state';
import { JobWindow } from './job-window';
import { readAhead } from './read-ahead';
import { addReport, addUncertain, failureRoom, recordsOf } from './tally';

/** Ids of ended jobs that are remembered, so that none is taken for the job of an uncertain start. */
const REMEMBERED = 100;

/** A refused start gives way when the pipeline stops. */
class Stopped extends Error {}

export interface PipelineOptions {
  /** Is the history long enough? */
  mustContinueAsNew(): boolean;
  /** Called whenever the state has changed. `message` says why a start has to wait. */
  onChange(message: string | null): void;
}

/**
 * Takes batch after batch through a job: reads ahead, starts as many as the window lets, hears of each job's end, sends again
 * what is worth another try. `state` is complete at any time, so that another run can go on from it.
 */
export class BulkPipeline {
  readonly #run: BulkRun;
  readonly #window: JobWindow;
  readonly #endedJobs: string[] = [];
  /** Cancelled when the run ends before its time: then no more looks are begun. */
  readonly #polls = new CancellationScope();
  /** Batches between their start and their report. */
  #underWay = 0;
  /** Of these, the ones whose start is not settled. */
  #starting = 0;
  #begun = 0;
  #stopping = false;
  #failure: unknown;

  constructor(
    private readonly settings: BulkSettings,
    private readonly state: BulkState,
    private readonly options: PipelineOptions,
  ) {
    const { account, start, source, sink, maxJobs } = settings;
    this.#run = { account, start, source, sink, runId: state.runId };
    this.#window = new JobWindow(maxJobs, state.window);
  }

  /**
   * `done` when each record has its verdict, `continue` when the history is long enough. Throws what ends the run for all
   * batches, when the looks under way have ended: what they saw counts, and nothing comes to the sink after that. In no case is
   * a start under way any more; jobs may still run: `state.running` has them.
   */
  async run(): Promise<'done' | 'continue'> {
    const { state } = this;
    this.#beside(() => this.#watchDeadline());
    this.#beside(() => readAhead(this.#run, this.settings.items, state, () => this.#stopping));
    for (const running of state.running) this.#lane(() => this.#follow(running));
    try {
      while (await this.#mayBegin()) {
        const next = state.waiting.shift()!;
        this.#begun += 1;
        this.#lane(() => this.#take(next));
      }
      await this.#settleStarts();
      if (this.#failure !== undefined) throw this.#failure;
      return this.#isDone() ? 'done' : 'continue';
    } catch (error) {
      await this.#settleStarts();
      this.#polls.cancel();
      await CancellationScope.nonCancellable(() => condition(() => this.#underWay === 0));
      throw error;
    }
  }

  /** A start that was sent has a job, or may have one: it has to be known. */
  async #settleStarts(): Promise<void> {
    this.#stopping = true;
    await CancellationScope.nonCancellable(() => condition(() => this.#starting === 0));
    this.state.window = this.#window.state;
  }

  /** Waits until there is a batch to begin and room for it. False when no more are to begin. */
  async #mayBegin(): Promise<boolean> {
    const { settings, options } = this;
    const hasEnough = () => this.#begun >= settings.batchesPerRun || options.mustContinueAsNew();
    const isOver = () => this.#failure !== undefined || this.#isDone() || (hasEnough() && !this.#isDraining());
    const canBegin = () =>
      this.#wantsToBegin() && this.#window.hasRoom(this.#underWay, this.#runningJobs(), Date.now());
    for (;;) {
      const nextRoom = this.#nextRoom();
      const wantsTimer = () => nextRoom === undefined && this.#nextRoom() !== undefined;
      const turn = () => isOver() || canBegin() || wantsTimer();
      await (nextRoom === undefined ? condition(turn) : condition(turn, nextRoom));
      if (isOver()) return false;
      if (canBegin()) return true;
    }
  }

  #wantsToBegin(): boolean {
    return !this.state.paused && this.state.waiting.length > 0;
  }

  /** Time until room is expected, where a batch waits for it. */
  #nextRoom(): number | undefined {
    return this.#wantsToBegin() ? this.#window.nextRoom(this.#runningJobs(), Date.now()) : undefined;
  }

  #runningJobs(): RunningBatch[] {
    return this.state.running.filter(({ jobId }) => jobId !== null);
  }

  #isDraining(): boolean {
    return this.state.plan.ended && this.state.waiting.length === 0;
  }

  #isDone(): boolean {
    return this.#isDraining() && this.#underWay === 0;
  }

  /** A batch from its start to its report. */
  async #take(batchTry: BatchTry): Promise<void> {
    const running = await this.#start(batchTry);
    if (!running) return;
    this.state.running.push(running);
    this.options.onChange(null);
    await this.#follow(running);
  }

  /** Undefined where the batch was set aside, or given back since the pipeline stops. */
  async #start(batchTry: BatchTry): Promise<RunningBatch | undefined> {
    const { state, settings } = this;
    const { account, onUncertainStart } = settings;
    const starter = batchStarter(this.#run, this.#withRecords(batchTry), () => this.#ownJobs());
    const pause = (delay: number, trouble: StartTrouble) => this.#pause(delay, trouble);
    this.#starting += 1;
    try {
      const jobId = await startJob(starter, { account, deadline: state.deadline, onUncertainStart, pause });
      if (jobId !== null) {
        state.tally.jobs += 1;
        this.#window.started();
      }
      return { ...batchTry, jobId, startedAt: Date.now() };
    } catch (error) {
      if (error instanceof Stopped || isCancellation(error)) {
        state.waiting.unshift(batchTry);
        return undefined;
      }
      const refusal = refusedRecords(error);
      if (refusal) return { ...batchTry, jobId: null, startedAt: Date.now(), refusal };
      const candidates = uncertainStart(error);
      if (!candidates) throw error;
      this.#setAside(batchTry, candidates);
      return undefined;
    } finally {
      this.#starting -= 1;
    }
  }

  /** From the start to the report: of its job, or of records that went into none. */
  async #follow(running: RunningBatch): Promise<void> {
    const { state, settings } = this;
    const { jobId, refusal } = running;
    const input = {
      run: this.#run,
      ...this.#withRecords(running),
      round: jobId === null ? undefined : roundOf(jobId, running.startedAt, settings, state.deadline),
      refusal,
      itemAttempts: settings.itemAttempts,
      room: failureRoom(state.tally),
    };
    const report = await this.#polls.run(() => pollBatch(input, state.deadline));
    if (report.end === 'timed_out') throw this.#timedOut();

    state.running = state.running.filter((other) => other !== running);
    if (jobId !== null) {
      this.#window.ended(running, report.endedAt, Date.now());
      this.#endedJobs.splice(0, this.#endedJobs.length - REMEMBERED + 1, jobId);
    }
    this.#conclude(running, report);
  }

  #conclude({ batch, attempt, only }: RunningBatch, report: BatchReport): void {
    const { state, settings } = this;
    if (report.end === 'lost') {
      // Nobody knows what the job did. Doing it again is safe, or it is not.
      if (!batch.repeatSafe || attempt >= settings.itemAttempts) return this.#setAside({ batch, attempt, only }, []);
      state.waiting.push({ batch, attempt: attempt + 1, only });
      state.tally.retried += recordsOf({ batch, only });
    } else {
      addReport(state.tally, report);
      if (report.again.length > 0) state.waiting.push({ batch, attempt: attempt + 1, only: report.again });
    }
    state.reportedAt = Date.now();
    this.options.onChange(null);
  }

  #setAside(batchTry: BatchTry, candidates: StartCandidate[]): void {
    const { state, settings } = this;
    addUncertain(state.tally, batchTry, candidates);
    if (state.tally.uncertain.length >= MOST_UNCERTAIN) {
      this.#failure ??= tooManyUncertain(settings.account, settings.start.operation, state);
    }
    this.options.onChange(null);
  }

  /** Before a refused start is sent again: a durable timer, which ends when the pipeline stops. */
  async #pause(delay: number, { type, message }: StartTrouble): Promise<void> {
    if (type === ZendeskErrorType.RATE_LIMITED) this.#window.refused(this.state.running.length);
    this.options.onChange(message);
    if (this.#stopping || (await condition(() => this.#stopping, delay))) throw new Stopped();
  }

  async #watchDeadline(): Promise<void> {
    const { deadline } = this.state;
    if (!(await condition(() => this.#stopping, Math.max(0, deadline - Date.now())))) throw this.#timedOut();
  }

  #timedOut(): Error {
    const { account, start } = this.settings;
    return bulkTimedOut(account, start.operation, this.state);
  }

  /** Inline records travel with their batch, since no source has them. */
  #withRecords({ batch, attempt, only }: BatchTry): BatchTry {
    const { count, firstIndex } = batch;
    const items = this.settings.items?.slice(firstIndex, firstIndex + count);
    return { batch: { ...batch, ...(items && { items }) }, attempt, only };
  }

  #ownJobs(): string[] {
    return [...this.#runningJobs().map(({ jobId }) => jobId!), ...this.#endedJobs];
  }

  /** Runs one batch beside the others. */
  #lane(run: () => Promise<void>): void {
    this.#underWay += 1;
    this.#beside(() => run().finally(() => (this.#underWay -= 1)));
  }

  /** What fails beside the main course and was not stopped ends the run. */
  #beside(run: () => Promise<void>): void {
    run().catch((error: unknown) => {
      if (!(this.#stopping && isCancellation(error))) this.#failure ??= error;
    });
  }
}
