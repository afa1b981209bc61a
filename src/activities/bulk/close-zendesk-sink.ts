import type { BulkRun } from '../../common/bulk';
import { toFailure } from '../failures';
import type { SourcesAndSinks } from './pluggable';
import { closeRows } from './write-rows';

/**
 * Reports to the sink that the run has ended, so that it completes what it wrote. May be called again, also after a reset of the
 * workflow. Fails as `ZendeskSinkFailed`.
 */
export function createCloseZendeskSink(plugged: SourcesAndSinks) {
  return async function closeZendeskSink({ run }: { run: BulkRun }): Promise<void> {
    try {
      await closeRows(plugged, run);
    } catch (error) {
      throw toFailure(error, run.account);
    }
  };
}
