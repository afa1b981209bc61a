import { hash } from 'node:crypto';

const SMALLEST = 1024;
/** Above that the table doubles. */
const MAX_LOAD = 0.75;

/**
 * At which record each key was last seen, for millions of keys: an open hash table of typed arrays. It holds the first 64 bits of
 * the SHA-256 of each key: 16 to 32 bytes a key, up to 48 while it grows. Two of 10 million different keys are taken for the
 * same with a probability of 3 in a million.
 */
export class KeyTable {
  #size = 0;
  #slots = emptySlots(SMALLEST);

  /** Notes that the record has the key. Returns the record that had it before, if there is one. */
  put(key: string, record: number): number | undefined {
    if (this.#size >= this.#slots.record.length * MAX_LOAD) this.#grow();
    const digest = hash('sha256', key, 'buffer');
    const low = digest.readUInt32LE(0);
    const high = digest.readUInt32LE(4);
    const slot = slotOf(this.#slots, low, high);
    const before = this.#slots.record[slot]!;
    if (before === 0) this.#size += 1;
    write(this.#slots, slot, low, high, record + 1);
    return before === 0 ? undefined : before - 1;
  }

  #grow(): void {
    const { low, high, record } = this.#slots;
    const larger = emptySlots(record.length * 2);
    for (let slot = 0; slot < record.length; slot++) {
      if (record[slot] === 0) continue;
      write(larger, slotOf(larger, low[slot]!, high[slot]!), low[slot]!, high[slot]!, record[slot]!);
    }
    this.#slots = larger;
  }
}

/** `record` holds 1 for record 0, and 0 for a free slot. */
interface Slots {
  low: Uint32Array;
  high: Uint32Array;
  record: Uint32Array;
}

function emptySlots(length: number): Slots {
  return { low: new Uint32Array(length), high: new Uint32Array(length), record: new Uint32Array(length) };
}

/** The slot of the key, or the free one where it belongs. `length` is a power of two. */
function slotOf({ low, high, record }: Slots, keyLow: number, keyHigh: number): number {
  const mask = record.length - 1;
  let slot = keyLow & mask;
  while (record[slot] !== 0 && (low[slot] !== keyLow || high[slot] !== keyHigh)) slot = (slot + 1) & mask;
  return slot;
}

function write(slots: Slots, slot: number, low: number, high: number, record: number): void {
  slots.low[slot] = low;
  slots.high[slot] = high;
  slots.record[slot] = record;
}
