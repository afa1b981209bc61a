/** What a metric is. */
export interface MetricDefinition {
  kind: 'counter' | 'histogram' | 'gauge';
  name: string;
  /** Of what is measured, in UCUM; none for plain numbers. */
  unit?: 's';
  labels: readonly string[];
  description: string;
  /** Upper bounds of a histogram's buckets. */
  buckets?: readonly number[];
}

export type LabelsOf<Metric extends MetricDefinition> = Record<Metric['labels'][number], string>;

/** The one that workflows record: it stands here, since what they import is in every user's bundle. `metrics.ts` has all. */
export const UNCERTAIN_STARTS = {
  kind: 'counter',
  name: 'zendesk_uncertain_starts_total',
  labels: ['account', 'operation', 'result'],
  description: 'Starts not safe to repeat of which it is unknown whether Zendesk received them',
} as const satisfies MetricDefinition;

/**
 * The SDK adds the type of the activity or workflow at hand. A request is sent for many waits at once, so that would be chance,
 * and would leave a gauge's last value behind under each: an empty label is none to Prometheus.
 */
export const NO_TYPE = { activityType: '', workflowType: '' };
