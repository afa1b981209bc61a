/** OpenTelemetry's traces of the ready worker's workflows and activities, where its packages are installed. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger, WorkerPlugin } from '@temporalio/worker';

export interface Tracing {
  plugin: WorkerPlugin;
  /** Sends what is left, for as long as a worker that ends may take. */
  stop(): Promise<void>;
}

/**
 * What has to be installed. Those of OpenTelemetry 1: the interceptors for 2 (`@temporalio/interceptors-opentelemetry-v2`) come out
 * later than the SDK that they ask for, and cannot be installed beside a newer one.
 */
const PACKAGES = [
  '@temporalio/interceptors-opentelemetry',
  '@opentelemetry/resources@1',
  '@opentelemetry/sdk-trace-node@1',
  '@opentelemetry/exporter-trace-otlp-http@0.57',
];
const STOP_TIME = 3_000;

/** Whether OpenTelemetry's own variables ask for traces: they name a collector, and nothing turns traces off. */
export function wantsTraces(env: NodeJS.ProcessEnv): boolean {
  const off = env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true' || env['OTEL_TRACES_EXPORTER'] === 'none';
  return !off && Boolean(env['OTEL_EXPORTER_OTLP_ENDPOINT'] || env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']);
}

/**
 * Spans go by OTLP over HTTP to the collector that `OTEL_EXPORTER_OTLP_ENDPOINT` names; exporter, batches and sampler heed the
 * other variables of OpenTelemetry. Undefined where none are wanted, and, with a warning, where the packages are not there.
 */
export async function startTracing(env: NodeJS.ProcessEnv, logger: Logger): Promise<Tracing | undefined> {
  if (!wantsTraces(env)) return undefined;
  const packages = await load();
  if (!packages) {
    logger.warn(`No traces, though OTEL_* variables ask for them: npm install ${PACKAGES.join(' ')}`);
    return undefined;
  }
  const { OpenTelemetryPlugin, BatchSpanProcessor, NodeTracerProvider, OTLPTraceExporter, resources } = packages;

  const fromEnv = resources.detectResourcesSync({ detectors: [resources.envDetectorSync] });
  const resource = new resources.Resource({ 'service.name': 'temporal-zendesk-jobs' }).merge(fromEnv);
  const spanProcessor = new BatchSpanProcessor(new OTLPTraceExporter());
  const provider = new NodeTracerProvider({ resource, spanProcessors: [spanProcessor] });
  provider.register();
  return {
    plugin: new OpenTelemetryPlugin({ resource: provider.resource, spanProcessor }),
    // A collector that is not there is no reason to end badly, or late.
    stop: () => Promise.race([provider.shutdown().catch(() => undefined), sleep(STOP_TIME, undefined, { ref: false })]),
  };
}

/** Undefined where one is not installed, or is of another version. */
async function load() {
  try {
    const { OpenTelemetryPlugin } = await import('@temporalio/interceptors-opentelemetry');
    const { BatchSpanProcessor, NodeTracerProvider } = await import('@opentelemetry/sdk-trace-node');
    const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
    const resources = await import('@opentelemetry/resources');
    if (!('Resource' in resources)) return undefined;
    return { OpenTelemetryPlugin, BatchSpanProcessor, NodeTracerProvider, OTLPTraceExporter, resources };
  } catch (error) {
    if (/MODULE_NOT_FOUND$/.test((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
