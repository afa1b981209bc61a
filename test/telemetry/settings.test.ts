import { telemetrySettings } from '../../src/telemetry/settings';
import { wantsTraces } from '../../src/telemetry/tracing';
import { ZendeskConfigurationError } from '../../src/zendesk/accounts';

test('by default there are no metrics, and the log is text from INFO on', () => {
  const defaults = { metricsAddress: undefined, logFormat: 'text', logLevel: 'INFO' };
  expect(telemetrySettings({})).toEqual(defaults);
  expect(telemetrySettings({ METRICS_ADDRESS: '', LOG_FORMAT: '', LOG_LEVEL: '' })).toEqual(defaults);
});

test.each(['0.0.0.0:9464', '127.0.0.1:1', '[::]:9464', '[::1]:65535'])('metrics at %s', (address) => {
  expect(telemetrySettings({ METRICS_ADDRESS: address }).metricsAddress).toBe(address);
});

test('formats and levels in any case', () => {
  expect(telemetrySettings({ LOG_FORMAT: 'JSON', LOG_LEVEL: 'debug' })).toMatchObject({
    logFormat: 'json',
    logLevel: 'DEBUG',
  });
});

test.each([
  [{ METRICS_ADDRESS: 'localhost:9464' }, 'METRICS_ADDRESS: expected an IP address and a port'],
  [{ METRICS_ADDRESS: '9464' }, 'METRICS_ADDRESS: expected an IP address and a port'],
  [{ METRICS_ADDRESS: '1.2.3.4:70000' }, 'METRICS_ADDRESS: expected an IP address and a port'],
  [{ METRICS_ADDRESS: '1.2.3.400:9464' }, 'METRICS_ADDRESS: expected an IP address and a port'],
  [{ LOG_FORMAT: 'yaml' }, 'LOG_FORMAT: expected text or json, got "yaml"'],
  [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL: expected one of TRACE, DEBUG, INFO, WARN, ERROR, got "loud"'],
  [{ LOG_FORMAT: 'yaml', LOG_LEVEL: 'loud' }, 'got "yaml"; LOG_LEVEL'],
])('%j is refused', (env, problem) => {
  const read = () => telemetrySettings(env);
  expect(read).toThrow(ZendeskConfigurationError);
  expect(read).toThrow(problem);
});

test.each([
  [{}, false],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }, true],
  [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector:4318/v1/traces' }, true],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', OTEL_SDK_DISABLED: 'TRUE' }, false],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', OTEL_TRACES_EXPORTER: 'none' }, false],
  [{ OTEL_SERVICE_NAME: 'sync' }, false],
])('traces with %j: %j', (env, wanted) => {
  expect(wantsTraces(env)).toBe(wanted);
});
