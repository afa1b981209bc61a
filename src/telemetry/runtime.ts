import { Runtime } from '@temporalio/worker';
import { HISTOGRAM_BUCKETS } from '../common/metrics';
import { ZendeskConfigurationError } from '../zendesk/accounts';
import { createLogger } from './log';
import type { TelemetrySettings } from './settings';

/**
 * Sets up the log and the Prometheus endpoint of this process, once and before anything else of the SDK: for the ready worker, which
 * owns its process. Throws `ZendeskConfigurationError` where the endpoint cannot listen.
 */
export function installRuntime(settings: TelemetrySettings): void {
  const { metricsAddress, logLevel } = settings;
  try {
    Runtime.install({
      logger: createLogger(settings),
      telemetryOptions: {
        // The SDK's native part says little that is of use below a warning.
        logging: { forward: {}, filter: { core: logLevel === 'ERROR' ? 'ERROR' : 'WARN', other: 'ERROR' } },
        ...(metricsAddress && {
          metrics: { prometheus: { bindAddress: metricsAddress, histogramBucketOverrides: HISTOGRAM_BUCKETS } },
        }),
      },
    });
  } catch (error) {
    if (!metricsAddress) throw error;
    throw new ZendeskConfigurationError(
      [`METRICS_ADDRESS ${metricsAddress}: ${(error as Error).message}`],
      'Telemetry settings',
    );
  }
}
