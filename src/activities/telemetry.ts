/** What activities measure and say: into the meter and the log of the activity that runs, which are those of its worker. */
import { asyncLocalStorage } from '@temporalio/activity';
import type { MetricMeter } from '@temporalio/common';
import { NO_TYPE, type MetricDefinition } from '../common/metric';
import { METRICS, type MetricKey, type MetricLabels } from '../common/metrics';

/**
 * Does nothing outside of an activity, as in the CLI. Never throws: what is measured must not break what is done, as when a
 * request outlives its worker's Runtime.
 */
export function record<Key extends MetricKey>(key: Key, value: number, labels: MetricLabels<Key>): void {
  const meter = asyncLocalStorage.getStore()?.metricMeter;
  if (!meter) return;
  try {
    recordBy(meter, METRICS[key], value, { ...NO_TYPE, ...labels });
  } catch {
    // Nobody is there any more to tell.
  }
}

/** Does nothing outside of an activity. */
export function say(level: 'DEBUG' | 'INFO' | 'WARN', message: string, attributes: Record<string, unknown>): void {
  asyncLocalStorage.getStore()?.log.log(level, message, attributes);
}

/** An instrument of the SDK is cheap to create, and one of the same name is the same. */
function recordBy(
  meter: MetricMeter,
  { kind, name, unit, description }: MetricDefinition,
  value: number,
  labels: Record<string, string>,
): void {
  if (kind === 'counter') meter.createCounter(name, unit, description).add(value, labels);
  else if (kind === 'gauge') meter.createGauge(name, 'int', unit, description).set(value, labels);
  else meter.createHistogram(name, unit ? 'float' : 'int', unit, description).record(value, labels);
}
