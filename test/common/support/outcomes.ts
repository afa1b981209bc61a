import type { ZendeskItemResult, ZendeskJobOutcome } from '../../../src/common/types';

/** The outcome of a completed job with these rows. */
export function outcomeWith(results: ZendeskItemResult[], fields: Partial<ZendeskJobOutcome> = {}): ZendeskJobOutcome {
  const failed = results.filter(({ ok }) => !ok).length;
  return {
    jobId: 'V3-1',
    account: 'default',
    status: 'completed',
    jobType: 'Bulk Create User',
    total: results.length,
    progress: results.length,
    message: 'Completed at 2026-07-01 10:00:00 +0000',
    succeeded: results.length - failed,
    failed,
    unreported: 0,
    results,
    polls: 1,
    ...fields,
  };
}
