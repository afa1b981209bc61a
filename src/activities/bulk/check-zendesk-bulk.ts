import type { BulkCheck, BulkRun } from '../../common/bulk';
import type { Named } from '../../common/bulk-types';
import { MAX_RECORDS } from '../../zendesk/operations';
import type { ZendeskAccounts } from '../accounts';
import { toFailure } from '../failures';
import { SourceError } from './errors';
import { recordsOf } from './read-batch';
import { readPage, sourceError } from './read-page';
import { sourceNamed } from './sources';
import type { SourcesAndSinks } from './pluggable';
import { checkRows } from './write-rows';

/** `items` are the inline records, where there is no source. */
export interface BulkToCheck {
  run: BulkRun;
  items?: unknown[];
}

/**
 * All that can be known before the first job: the account, the operation, source and sink, what the source says of itself, and
 * whether its first records make a request at all. Fails as `ZendeskInputInvalid`,
 * `ZendeskAccountUnknown`, `ZendeskSourceFailed` or `ZendeskSinkFailed`.
 */
export function createCheckZendeskBulk(accounts: ZendeskAccounts, plugged: SourcesAndSinks) {
  return async function checkZendeskBulk({ run, items }: BulkToCheck): Promise<BulkCheck> {
    try {
      accounts.connect(run.account);
      await checkRows(plugged, run);
      const total = items ? items.length : await checkSource(run.source!, plugged);
      const first = items?.slice(0, MAX_RECORDS) ?? (await readPage(run.source!, null, plugged)).items;
      const placed = first.map((item, position) => ({ position, item }));
      recordsOf(run.start, placed);
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
  throw new SourceError(source.name, 'check() gave a total that is no whole number', true);
}
