import { log, metricMeter } from '@temporalio/workflow';
import { NO_TYPE, UNCERTAIN_STARTS, type LabelsOf } from '../common/metric';
import type { StartFailure } from './start-failures';

/**
 * Counts and logs an uncertain start: `adopted` where a job was taken over for it, `open` where people have to decide. Only the
 * workflow knows all of them: a worker that died has reported none. Not while a history is replayed.
 */
export function reportUncertainStart(
  result: 'adopted' | 'open',
  { account, operation, jobIds }: { account: string; operation: string; jobIds: string[] },
  { message, details }: StartFailure,
): void {
  const { name, description } = UNCERTAIN_STARTS;
  const labels: LabelsOf<typeof UNCERTAIN_STARTS> = { account, operation, result };
  metricMeter.createCounter(name, undefined, description).add(1, { ...NO_TYPE, ...labels });
  const what = result === 'adopted' ? 'Uncertain start: took over the job that fits' : 'Uncertain start';
  log.warn(what, { account, operation, jobIds, requestId: details?.requestId, failure: message });
}
