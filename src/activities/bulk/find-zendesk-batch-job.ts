import type { BatchTry, BulkRun } from '../../common/bulk';
import type { FoundJobs, StartSearch } from '../../common/starting';
import type { ZendeskAccounts } from '../accounts';
import { findJobs } from '../find-started-jobs';
import { SourceError } from './errors';
import { readBatch } from './read-batch';
import type { SourcesAndSinks } from './pluggable';

/** `findStartedZendeskJobs` for a batch, whose records are read again to know what fits. */
export function createFindZendeskBatchJob(accounts: ZendeskAccounts, plugged: SourcesAndSinks) {
  return async function findZendeskBatchJob({
    search,
    ...batch
  }: BatchTry & { run: BulkRun; search: StartSearch }): Promise<FoundJobs> {
    const request = async () => {
      const { request } = await readBatch(plugged, batch.run, batch);
      if (request) return request;
      throw new SourceError(batch.run.source?.name ?? 'items', 'gave no record that can be sent', true);
    };
    const { tie, ...found } = await findJobs(accounts, batch.run.account, request, search);
    // The keys of the records stay out of the history.
    return { ...found, tie: { by: tie.by, records: [] } };
  };
}
