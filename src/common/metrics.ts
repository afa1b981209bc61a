import { UNCERTAIN_STARTS, type LabelsOf, type MetricDefinition } from './metric';

/**
 * Every metric of this package, by the name that a Prometheus endpoint gives it. docs/observability.md, the dashboard and the
 * alert rules are held to this table. No label ever has a job's, a record's or a workflow's id: their values are few.
 */
export const METRICS = {
  requests: {
    kind: 'counter',
    name: 'zendesk_requests_total',
    labels: ['account', 'method', 'endpoint', 'status', 'error'],
    description: 'Requests to Zendesk, those for OAuth tokens too',
  },
  requestDuration: {
    kind: 'histogram',
    name: 'zendesk_request_duration_seconds',
    unit: 's',
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    labels: ['account', 'method', 'endpoint'],
    description: 'From sending a request, connecting included, until its answer was read or given up',
  },
  jobsPerPoll: {
    kind: 'histogram',
    name: 'zendesk_jobs_per_poll',
    buckets: [1, 2, 5, 10, 20, 50, 100],
    labels: ['account'],
    description: 'Jobs that one polling request asked for',
  },
  jobWait: {
    kind: 'histogram',
    name: 'zendesk_job_wait_seconds',
    unit: 's',
    buckets: [1, 2, 5, 10, 30, 60, 300, 900, 3600, 14_400, 43_200, 86_400],
    labels: ['account', 'end'],
    description:
      'From the beginning of a wait for a job to the look that ended it; of a job started here, from its start',
  },
  jobLateness: {
    kind: 'histogram',
    name: 'zendesk_job_lateness_seconds',
    unit: 's',
    buckets: [1, 2, 5, 10, 30, 60, 300, 3600],
    labels: ['account'],
    description:
      "From the end that Zendesk gives in a job's message to the look that saw it, in steps of a second and by two clocks",
  },
  records: {
    kind: 'counter',
    name: 'zendesk_records_total',
    labels: ['account', 'result'],
    description: 'Records of jobs that have ended',
  },
  starts: {
    kind: 'counter',
    name: 'zendesk_starts_total',
    labels: ['account', 'operation', 'result'],
    description: 'Starts of jobs, by what Zendesk answered',
  },
  uncertainStarts: UNCERTAIN_STARTS,
  jobSlots: {
    kind: 'gauge',
    name: 'zendesk_job_slots',
    labels: ['account'],
    description: 'Jobs that may be queued or running at once, as of the last answer that told',
  },
  jobSlotsUsed: {
    kind: 'gauge',
    name: 'zendesk_job_slots_used',
    labels: ['account'],
    description: 'Jobs that are queued or running, those of others too, as of the last answer that told',
  },
  rateLimit: {
    kind: 'gauge',
    name: 'zendesk_rate_limit_requests',
    labels: ['account'],
    description: 'Requests a minute that the account has, as of the last answer that told',
  },
  rateLimitRemaining: {
    kind: 'gauge',
    name: 'zendesk_rate_limit_remaining_requests',
    labels: ['account'],
    description: 'Requests left in this minute, as of the last answer that told',
  },
  pauses: {
    kind: 'histogram',
    name: 'zendesk_pause_seconds',
    unit: 's',
    buckets: [1, 5, 10, 30, 60, 300, 900, 3600],
    labels: ['account'],
    description: 'Pauses of polling that Zendesk asked for; one that is prolonged counts again, with what was added',
  },
  rowsWritten: {
    kind: 'counter',
    name: 'zendesk_rows_written_total',
    labels: ['account', 'sink'],
    description: 'Rows that a sink of bulk runs has taken',
  },
} as const satisfies Record<string, MetricDefinition>;

export type MetricKey = keyof typeof METRICS;

export type MetricLabels<Key extends MetricKey> = LabelsOf<(typeof METRICS)[Key]>;

/**
 * The buckets of the histograms, for `histogramBucketOverrides` of a worker's own Runtime: the SDK's default ones begin at 50,
 * which is no use for seconds. The ready worker has them.
 */
export const HISTOGRAM_BUCKETS: Record<string, number[]> = Object.fromEntries(
  Object.values<MetricDefinition>(METRICS).flatMap(({ name, buckets }) => (buckets ? [[name, [...buckets]]] : [])),
);
