import { CancellationScope, isCancellation, log } from '@temporalio/workflow';

/** Each one costs a round of history; past this many in one wait they are ignored. */
const MOST = 100;
/** Requests that come sooner after one another count as one. */
const SHORTEST_GAP = 1_000;

/** Cuts the time between two polls short. The `pollNow` signal of the workflows does; a workflow of one's own can too. */
export class PollNow {
  readonly #rounds = new Set<{ scope: CancellationScope; cutShort: boolean }>();
  #granted = 0;
  #lastGranted = -SHORTEST_GAP;

  /** Polls at once. */
  request(): void {
    if (this.#rounds.size === 0 || Date.now() - this.#lastGranted < SHORTEST_GAP) return;
    if (this.#granted >= MOST) {
      log.warn('pollNow is ignored: too many of them in one wait', { most: MOST });
      return;
    }
    this.#granted += 1;
    this.#lastGranted = Date.now();
    for (const round of this.#rounds) {
      round.cutShort = true;
      round.scope.cancel();
    }
  }

  /**
   * Runs a round of polls. `result` is undefined when the round was cut short before it had one; it has one in spite of
   * `cutShort` when the request came together with the round's end.
   */
  async during<T>(poll: () => Promise<T>): Promise<{ result?: T; cutShort: boolean }> {
    const round = { scope: new CancellationScope(), cutShort: false };
    this.#rounds.add(round);
    try {
      const result = await round.scope.run(poll);
      return { result, cutShort: round.cutShort };
    } catch (error) {
      const cancelledFromOutside = CancellationScope.current().consideredCancelled;
      if (round.cutShort && isCancellation(error) && !cancelledFromOutside) return { cutShort: true };
      throw error;
    } finally {
      this.#rounds.delete(round);
    }
  }
}
