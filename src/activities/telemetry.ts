/** What activities measure and say: into the meter and the log of the activity that runs, which are those of its worker. */
import { asyncLocalStorage } from '@temporalio/activity';
import { recordBy, type MetricKey, type MetricLabels } from '../common/metrics';

/**
 * Does nothing outside of an activity, as in the CLI. Never throws: what is measured must not break what is done, as when a
 * request outlives its worker's Runtime.
 */
export function record<Key extends MetricKey>(key: Key, value: number, labels: MetricLabels<Key>): void {
  const meter = asyncLocalStorage.getStore()?.metricMeter;
  if (!meter) return;
  try {
    recordBy(meter, key, value, labels);
  } catch {
    // Nobody is there any more to tell.
  }
}

/** Does nothing outside of an activity. */
export function say(level: 'DEBUG' | 'INFO' | 'WARN', message: string, attributes: Record<string, unknown>): void {
  asyncLocalStorage.getStore()?.log.log(level, message, attributes);
}
