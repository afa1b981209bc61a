/** A fake Zendesk for tests and demos: a real HTTP server with jobs that run by themselves, limits, and faults. */
export type { FakeAuth } from './auth';
export type { FakeStart } from './bulk-starts';
export { ManualClock, type Clock } from './clock';
export type { FakeFailures } from './failures';
export type { FakeJobOptions, RecordFailure } from './job-options';
export { FakeZendesk } from './fake-zendesk';
export type { FakeZendeskOptions } from './fake-zendesk-options';
export type { FaultKind, FaultOptions } from './faults';
export type { FakeRequest } from './http';
export type { JobShape, ProgressCurve } from './job-shapes';
export type { FakeRequestLimits } from './request-limits';
export type { FakeRecord } from './start-records';
