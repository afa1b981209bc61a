/** Recent cursors are all remembered. Longer cycles are found by the marks. */
const RECENT = 1_000;

/** Plain JSON, below 20 KB. */
export interface CursorHistoryState {
  /** Digests of the latest cursors, oldest first. */
  recent: string[];
  /** How many cursors were read. */
  count: number;
  /** A cursor that is remembered until twice as many were read: a cycle of any length comes back to one of them. */
  mark: string | null;
}

/**
 * Notices a source that comes back to a cursor, and so would never end. Of cycles of up to 1,000 pages no record is sent twice; longer
 * ones are noticed within two rounds (Brent's algorithm). Memory does not grow with the source.
 */
export class CursorHistory {
  readonly #seen: Set<string>;

  constructor(private readonly state: CursorHistoryState = { recent: [], count: 0, mark: null }) {
    this.#seen = new Set(state.recent);
  }

  /** Adds cursors in the order in which they were read. False when one of them was read before; then nothing is added from there on. */
  add(digests: string[]): boolean {
    return digests.every((digest) => this.#addOne(digest));
  }

  toState(): CursorHistoryState {
    return this.state;
  }

  #addOne(digest: string): boolean {
    const { state } = this;
    if (this.#seen.has(digest) || digest === state.mark) return false;
    this.#seen.add(digest);
    state.recent.push(digest);
    if (state.recent.length > RECENT) this.#seen.delete(state.recent.shift()!);
    state.count += 1;
    if ((state.count & (state.count - 1)) === 0) state.mark = digest; // a power of two
    return true;
  }
}
