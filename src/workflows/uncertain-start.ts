import { log, metricMeter } from '@temporalio/workflow';
import { NO_TYPE, UNCERTAIN_STARTS, type LabelsOf } from '../common/metric';
import type { StartTrouble } from './start-failures';

/**
 * Counts and logs a start of which nobody can know whether it arrived: `adopted` where a job was taken over for it, `open` where
 * people have to look. Only the workflow knows of them all: a worker that died has told nobody. Not while a history is replayed.
 */
export function tellUncertainStart(
  result: 'adopted' | 'open',
  { account, operation, jobIds }: { account: string; operation: string; jobIds: string[] },
  { message, details }: StartTrouble,
): void {
  const { name, description } = UNCERTAIN_STARTS;
  const labels: LabelsOf<typeof UNCERTAIN_STARTS> = { account, operation, result };
  metricMeter.createCounter(name, undefined, description).add(1, { ...NO_TYPE, ...labels });
  const what = result === 'adopted' ? 'A job that fits was taken over' : 'Nobody can know whether the start arrived';
  log.warn(what, { account, operation, jobIds, requestId: details?.requestId, trouble: message });
}
