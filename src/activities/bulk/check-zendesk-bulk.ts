import type { BulkCheck, BulkCheckInput } from '../../common/bulk';
import type { Named } from '../../common/bulk-types';
import { MAX_RECORDS } from '../../zendesk/operations';
import type { ZendeskAccounts } from '../accounts';
import { partsOf } from '../../zendesk/start-size';
import { toFailure } from '../failures';
import { checkDuplicateKeys } from './duplicate-keys';
import { SourceError } from './errors';
import { recordsOf } from './read-batch';
import { readPage, sourceError } from './read-page';
import { sourceNamed } from './sources';
import type { SourcesAndSinks } from './pluggable';
import { checkRows, openRows } from './write-rows';

/**
 * All that can be known before the first job: the account, the operation, source and sink, the number of records if the source
 * reports it, duplicate keys, and whether the first records make a request at all. Then it opens the sink, so that a run that
 * fails its check leaves nothing behind. Fails as `ZendeskInputInvalid`, `ZendeskAccountUnknown`, `ZendeskSourceFailed` or
 * `ZendeskSinkFailed`.
 */
export function createCheckZendeskBulk(accounts: ZendeskAccounts, plugged: SourcesAndSinks) {
  return async function checkZendeskBulk({ run, items }: BulkCheckInput): Promise<BulkCheck> {
    try {
      // First: an attempt before this one may have opened the sink, and the checks may fail now.
      await checkRows(plugged, run);
      accounts.connect(run.account);
      const total = items ? items.length : await checkSource(run.source!, plugged);
      const first = items?.slice(0, MAX_RECORDS) ?? (await readPage(run.source!, null, plugged)).items;
      const placed = first.slice(0, partsOf(run.start, first)[0]?.to).map((item, position) => ({ position, item }));
      recordsOf(run.start, placed);
      await checkDuplicateKeys(run, plugged, items);
      await openRows(plugged, run);
      return { total };
    } catch (error) {
      throw toFailure(error, run.account);
    }
  };
}

async function checkSource(source: Named, plugged: SourcesAndSinks): Promise<number | null> {
  const named = sourceNamed(source, plugged);
  let total: unknown;
  try {
    total = (await named.check?.(source.args))?.total ?? null;
  } catch (error) {
    throw sourceError(source, null, error);
  }
  if (total === null || (Number.isSafeInteger(total) && Number(total) >= 0)) return total as number | null;
  throw new SourceError(source.name, 'check() returned a total that is not a whole number', true);
}
