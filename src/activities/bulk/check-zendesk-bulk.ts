import type { BulkCheck, BulkRun } from '../../common/bulk';
import { InputProblems } from '../../common/inputs';
import type { ZendeskAccounts } from '../accounts';
import { toFailure } from '../failures';
import { recordsOf } from './read-batch';
import { readPage, sourceError } from './read-page';
import { sinkNamed, sourceNamed, type SourcesAndSinks } from './sources';
import { UnusableError } from './errors';

/** `items` are the inline records, where there is no source. */
export interface BulkToCheck {
  run: BulkRun;
  items?: unknown[];
}

/**
 * All that can be known before the first job: the account, the operation, source and sink, what the source says of itself, and
 * whether its first records make a request at all. Fails as `ZendeskInputInvalid`, `ZendeskAccountUnknown` or `ZendeskSourceFailed`.
 */
export function createCheckZendeskBulk(accounts: ZendeskAccounts, plugged: SourcesAndSinks) {
  return async function checkZendeskBulk({ run, items }: BulkToCheck): Promise<BulkCheck> {
    try {
      accounts.connect(run.account);
      await checkSink(run, plugged);
      const total = items ? items.length : await checkSource(run, plugged);
      const first = items ?? (await readPage(run.source!, null, plugged)).items;
      recordsOf(
        run.start,
        first.slice(0, 100).map((item, position) => ({ position, item })),
      );
      return { total };
    } catch (error) {
      throw toFailure(error, run.account);
    }
  };
}

async function checkSource({ source }: BulkRun, plugged: SourcesAndSinks): Promise<number | null> {
  const { check } = sourceNamed(source!, plugged);
  try {
    return (await check?.(source!.args))?.total ?? null;
  } catch (error) {
    throw sourceError(source!, null, error);
  }
}

async function checkSink({ sink }: BulkRun, plugged: SourcesAndSinks): Promise<void> {
  if (!sink) return;
  try {
    await sinkNamed(sink, plugged).check?.(sink.args);
  } catch (error) {
    if (!(error instanceof UnusableError)) throw error;
    throw new InputProblems('runZendeskBulk', [{ field: 'sink.args', problem: error.message }]);
  }
}
