/** How a fake Zendesk is started. */
import type { FakeAuth } from './auth';
import type { BulkStartOptions } from './bulk-starts';
import type { Clock } from './clock';
import type { FakeFailures } from './failures';
import type { FakeJobOptions } from './job-options';
import type { FakeRequestLimits } from './request-limits';

export interface FakeZendeskOptions {
  /** Default: any free port. */
  port?: number;
  /** Default `127.0.0.1`. The control API asks for no credentials: listen elsewhere only where that is right. */
  host?: string;
  /** Default: the system's. A `ManualClock` puts jobs at any age at once. */
  clock?: Clock;
  /** Which credentials are accepted. Default: none are asked for. */
  auth?: FakeAuth;
  /** Most jobs that may be queued or at work before starts are refused as `TooManyJobs`. Default 30, as documented. */
  jobLimit?: number;
  /** How such a start is refused. Default status 429 (Zendesk does not document it), no Retry-After. */
  tooManyJobs?: { status?: number; retryAfter?: number | string };
  /** Whether users may be created in bulk, which Zendesk has to enable: 403 otherwise. Default true. */
  bulkUserImport?: boolean;
  /** Milliseconds after its creation that a job is kept. Default 24 h; sources say anything from 1 h. */
  retention?: number;
  /** Requests a minute, counted by the clock. Default 100,000, Zendesk's guard for a whole account. */
  rateLimit?: { limit: number };
  /**
   * What jobs do unless `addJob` says otherwise, and the only way to say it of jobs that are started over HTTP: how long they are queued
   * and work, how they progress, how they end, when they become visible, and how many of their records fail.
   */
  jobDefaults?: Omit<FakeJobOptions, 'id' | 'records'>;
  /** Decides for each record of a job started over HTTP whether it fails, and how. Default: as `failures` says. */
  onRecord?: BulkStartOptions['onRecord'];
  /** Records of jobs started over HTTP that fail, by rate or by key. Default: none. */
  failures?: FakeFailures;
  /** How large a request may be. Default: no limit. Zendesk documents none; proxies in front of it have some. */
  requestLimits?: FakeRequestLimits;
}
