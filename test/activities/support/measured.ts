/** Runs activities as a worker with a meter does, and tells what they measured and said. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger, MetricsBuffer, Runtime, type LogEntry } from '@temporalio/worker';
import type { MetricDefinition } from '../../../src/common/metric';
import { METRICS } from '../../../src/common/metrics';

const buffer = new MetricsBuffer();
Runtime.install({ telemetryOptions: { metrics: { buffer } } });

export interface Measured {
  /** What the activity returned or threw. */
  result: unknown;
  /** `zendesk_requests_total{account=default,status=200} 1`, in the order of their coming; labels in theirs, those that are empty left out. */
  metrics: string[];
  /** `INFO message` with its attributes, those that the SDK adds to each line left out. */
  lines: { line: string; attributes: Record<string, unknown> }[];
}

/** One at a time. `cancelAfter` so many ms the worker shuts down. */
export async function measured(run: () => unknown, info: object = {}, cancelAfter?: number): Promise<Measured> {
  const entries: LogEntry[] = [];
  buffer.retrieveUpdates();
  const environment = new MockActivityEnvironment(
    { startToCloseTimeoutMs: 15_000, ...info },
    { metricMeter: Runtime.instance().metricMeter, logger: new DefaultLogger('DEBUG', (entry) => entries.push(entry)) },
  );
  const cancel = () => environment.cancel('WORKER_SHUTDOWN');
  const cancellation = cancelAfter === undefined ? undefined : setTimeout(cancel, cancelAfter);
  const result: unknown = await environment.run(async () => await run()).catch((error: unknown) => error);
  clearTimeout(cancellation);
  return { result, metrics: recorded(), lines: said(entries) };
}

/** What was recorded since the last time. Each metric has to be as the table of metrics says. */
export function recorded(): string[] {
  return [...buffer.retrieveUpdates()].map(({ metric, value, attributes }) => {
    const { name, kind, unit, description } = metric;
    const labels = Object.entries(attributes).filter(([label, value]) => value !== '' && !BY_SDK.has(label));
    const declared = Object.values<MetricDefinition>(METRICS).find((definition) => definition.name === name);
    expect({ kind, unit, description, labels: labels.map(([label]) => label).sort() }).toEqual({
      kind: declared?.kind,
      unit: declared?.unit,
      description: declared?.description,
      labels: [...(declared?.labels ?? [])].sort(),
    });
    return `${name}{${labels
      .sort()
      .map(([label, value]) => `${label}=${value}`)
      .join(',')}} ${value}`;
  });
}

/** Of the activity itself; the SDK says that it began and how it ended. */
function said(entries: LogEntry[]): Measured['lines'] {
  return entries
    .filter(({ meta }) => meta?.['sdkComponent'] === 'activity')
    .map(({ level, message, meta = {} }) => {
      const ours = Object.entries(meta).filter(([name]) => !BY_SDK.has(name));
      return { line: `${level} ${message}`, attributes: Object.fromEntries(ours) };
    });
}

const BY_SDK = new Set(
  'activityId activityType attempt isLocal namespace sdkComponent taskQueue taskToken workflowId workflowRunId workflowType runId'.split(
    ' ',
  ),
);
