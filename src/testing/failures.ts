/** Which records of the jobs that are started over HTTP fail, where no rule of the test says so. */
import { array, assert, integer, min, number, object, optional, string, union } from 'superstruct';
import type { RecordFailure } from './job-options';
import type { FakeRecord } from './start-records';

/** Records that fail, by rate or by key. A record fails if either says so. */
export interface FakeFailures {
  /** Every nth record fails, counted over all jobs. 1 lets all of them fail. */
  every?: number;
  /** Records with such an id, external id, e-mail or name fail, in every job. */
  keys?: (string | number)[];
}

const struct = object({
  every: optional(min(integer(), 1)),
  keys: optional(array(union([string(), number()]))),
});

export class RecordFailures {
  #every = Infinity;
  #keys = new Set<string>();
  #records = 0;

  /** Throws superstruct's error on an option that is unknown or wrong. */
  set(failures: FakeFailures): void {
    assert(failures, struct);
    this.#every = failures.every ?? Infinity;
    this.#keys = new Set(failures.keys?.map(String));
    this.#records = 0;
  }

  /** Counts one record of a start; how it fails, or nothing. */
  next(record: FakeRecord): Omit<RecordFailure, 'index'> | undefined {
    this.#records += 1;
    const key = [record.id, record.external_id, record.email, record.name].find((value) =>
      this.#keys.has(String(value)),
    );
    if (key !== undefined) return { details: `The record ${String(key)} fails, as the fake was told` };
    if (this.#records % this.#every !== 0) return undefined;
    return { details: `Record ${this.#records} fails, as every ${this.#every}th does` };
  }
}
