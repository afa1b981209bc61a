import type { TemporalServer } from '../../dev/temporal-server';

/** What the global setup started, for the global teardown: both run in jest's own process. */
export const started: { server?: TemporalServer; folder?: string } = ((
  globalThis as { zendeskJobsTests?: object }
).zendeskJobsTests ??= {});
