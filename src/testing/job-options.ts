/** What a job of the fake can be told to do. */
import {
  any,
  array,
  assert,
  boolean,
  enums,
  func,
  integer,
  min,
  nullable,
  number,
  object,
  optional,
} from 'superstruct';
import { record, string, union } from 'superstruct';
import { jobShapes, type JobShape, type ProgressCurve } from './job-shapes';
import type { FakeRecord } from './start-records';

/** A record that fails while its job completes. */
export interface RecordFailure {
  /** Position of the record, from 0. */
  index: number;
  /** Zendesk's error code, e.g. `OrganizationUpdateFailed`. Default: the one of the operation. */
  error?: string;
  /** Zendesk's explanation, e.g. `Name: Acme has already been taken`. */
  details?: string;
}

/** What a job of the fake does. Everything has a default; times are milliseconds. */
export interface FakeJobOptions {
  /** Default: `V3-` and 32 hex digits, as on today's accounts. */
  id?: string;
  /** The bulk operation it belongs to, which decides the form of its result rows. Default `tickets/create_many`. */
  operation?: string;
  /** Default: by operation. Null leaves the field out, as older accounts do. */
  jobType?: string | null;
  /** Number of records. Null as for permanent ticket deletion. Default: the length of `records`, else 10. */
  total?: number | null;
  /** The records as they were sent; their ids, e-mails and external ids show in the result rows. */
  records?: FakeRecord[];
  /** Time in the queue. Default 1,000. */
  queuedFor?: number;
  /** Time at work, after the queue. Default 5,000. */
  duration?: number;
  /** How the progress goes with the time. Default `linear`. */
  shape?: JobShape | ProgressCurve;
  /** The records that fail, or how many (spread evenly). Default none; all, for a job that ends as `failed`. */
  failures?: RecordFailure[] | number;
  /** The last status; `never` works for ever. Default `completed`; `failed` where every record fails (seen in 2016). */
  endsAs?: 'completed' | 'failed' | 'killed' | 'never' | (string & {});
  /** The status while at work. Default `working`; another one plays a status that nobody knows. */
  statusWhileRunning?: string;
  /** Sent as it is in place of the rows, once the job has ended: `{ success: true }`, null, or something malformed. */
  results?: unknown;
  /** How long nobody sees the new job: single reads answer 404, lists leave it out. Default 0. */
  invisibleFor?: number;
  /** Only the list knows the job; reads by id do not. Seen under load. Default false. */
  onlyInList?: boolean;
  /** Default: now. */
  createdAt?: number;
}

const time = min(number(), 0);

const struct = object({
  id: optional(string()),
  operation: optional(string()),
  jobType: optional(nullable(string())),
  total: optional(nullable(min(integer(), 0))),
  records: optional(array(record(string(), any()))),
  queuedFor: optional(time),
  duration: optional(time),
  shape: optional(union([enums(Object.keys(jobShapes)), func()])),
  failures: optional(
    union([
      min(integer(), 0),
      array(object({ index: min(integer(), 0), error: optional(string()), details: optional(string()) })),
    ]),
  ),
  endsAs: optional(string()),
  statusWhileRunning: optional(string()),
  results: any(),
  invisibleFor: optional(time),
  onlyInList: optional(boolean()),
  createdAt: optional(number()),
});

/** Throws superstruct's error on an option that is unknown or wrong. */
export function checkFakeJobOptions(options: unknown): void {
  assert(options, struct);
}
