/** What the ready worker tells of itself, by environment: read and checked, nothing done. */
import { isIP } from 'node:net';
import type { LogLevel } from '@temporalio/common';
import { ZendeskConfigurationError } from '../zendesk/accounts';

export interface TelemetrySettings {
  /** `host:port` of the Prometheus endpoint; none where it is absent. */
  metricsAddress?: string;
  logFormat: 'text' | 'json';
  logLevel: LogLevel;
}

type Env = Record<string, string | undefined>;

const FORMATS = ['text', 'json'];
const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'];

/** From `METRICS_ADDRESS`, `LOG_FORMAT` and `LOG_LEVEL`. Empty variables count as not set. Throws `ZendeskConfigurationError`. */
export function telemetrySettings(env: Env): TelemetrySettings {
  const { METRICS_ADDRESS: metricsAddress, LOG_FORMAT: format, LOG_LEVEL: level } = env;
  const logFormat = (format || 'text').toLowerCase();
  const logLevel = (level || 'INFO').toUpperCase();
  const problems = [
    ...(metricsAddress && !isAddress(metricsAddress)
      ? [`METRICS_ADDRESS: expected an IP address and a port as in 0.0.0.0:9464, got ${JSON.stringify(metricsAddress)}`]
      : []),
    ...(FORMATS.includes(logFormat)
      ? []
      : [`LOG_FORMAT: expected ${FORMATS.join(' or ')}, got ${JSON.stringify(format)}`]),
    ...(LEVELS.includes(logLevel)
      ? []
      : [`LOG_LEVEL: expected one of ${LEVELS.join(', ')}, got ${JSON.stringify(level)}`]),
  ];
  if (problems.length > 0) throw new ZendeskConfigurationError(problems, 'Telemetry settings');
  return {
    metricsAddress: metricsAddress || undefined,
    logFormat: logFormat as TelemetrySettings['logFormat'],
    logLevel: logLevel as LogLevel,
  };
}

/** The SDK listens at an IP address: it looks up no names. */
function isAddress(text: string): boolean {
  const [, v6, v4, port] = /^(?:\[([0-9a-f:]+)\]|(\d+(?:\.\d+){3})):(\d{1,5})$/i.exec(text) ?? [];
  return isIP(v6 ?? v4 ?? '') !== 0 && Number(port) <= 65_535;
}
