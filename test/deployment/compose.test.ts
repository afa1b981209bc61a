import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import Ajv from 'ajv/dist/2020';
import { parse } from 'yaml';
import { toMilliseconds } from '../../src/common/duration';
import { shutdownForceTime } from '../../src/start-timeout';
import { accountsFromEnv } from '../../src/zendesk/accounts';
import { START_TIMEOUT } from '../../src/zendesk/client';

interface Service {
  image: string;
  build?: string;
  user?: string;
  healthcheck?: { test: string[] };
  depends_on?: Record<string, { condition: string }>;
  ports?: string[];
  volumes?: string[];
  network_mode?: string;
  environment?: Record<string, unknown>;
  stop_grace_period?: string;
}

const ROOT = path.resolve(__dirname, '../..');
const read = (name: string) => readFileSync(path.join(ROOT, name), 'utf8');
const compose = parse(read('docker-compose.yml')) as { services: Record<string, Service> };
const services = Object.entries(compose.services);
const dockerfile = read('Dockerfile');
const baseImages = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image!);

test('the Compose file follows the Compose Specification', () => {
  const schema = JSON.parse(read('test/deployment/compose-spec/compose-spec.json')) as object;
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
  validate(compose);
  expect(validate.errors).toBeNull();
  expect(validate({ services: { worker: { imagee: 'x' } } })).toBe(false);
});

test.each([...services.map(([, { image }]) => image), ...baseImages])('image %s is pinned to a release', (image) => {
  expect(image).toMatch(/^[a-z0-9/.-]+:(v?\d+\.\d+[\w.-]*|local)$/);
});

test('only the image that is built here has no release', () => {
  const unreleased = services.filter(([, { image }]) => image.endsWith(':local'));
  expect(unreleased.map(([name, { build }]) => [name, build])).toEqual([
    ['fake-zendesk', '.'],
    ['worker', '.'],
  ]);
});

describe.each(services)('%s', (_, service) => {
  test('has a health check', () => {
    expect(service.healthcheck?.test).toEqual([
      'CMD',
      ...Array<unknown>(service.healthcheck!.test.length - 1).fill(expect.any(String)),
    ]);
    expect(service.healthcheck!.test.length).toBeGreaterThan(1);
  });

  test('does not run as root', () => {
    const user = service.build ? /^USER (\S+)$/m.exec(lastStage())?.[1] : service.user;
    expect(user).toMatch(/^(node|postgres|temporal|nobody|grafana)$/);
  });
});

test('every service waits until what it needs is healthy', () => {
  const needs = services.flatMap(([name, { depends_on = {} }]) =>
    Object.entries(depends_on).map(([needed, { condition }]) => [name, needed, condition]),
  );
  expect(needs).toEqual([
    ['temporal', 'postgresql', 'service_healthy'],
    ['temporal-ui', 'temporal', 'service_healthy'],
    ['worker', 'temporal', 'service_healthy'],
    ['worker', 'fake-zendesk', 'service_healthy'],
    ['prometheus', 'worker', 'service_healthy'],
    ['grafana', 'prometheus', 'service_healthy'],
  ]);
});

test('ports are open to this machine only', () => {
  const ports = services.flatMap(([, service]) => service.ports ?? []);
  expect(ports).toEqual([
    '127.0.0.1:7233:7233',
    '127.0.0.1:8233:8080',
    '127.0.0.1:8080:8080',
    '127.0.0.1:9090:9090',
    '127.0.0.1:3000:3000',
  ]);
});

test('the worker reaches the fake on loopback, where plain http is accepted', () => {
  const { worker } = compose.services;
  expect(worker?.network_mode).toBe('service:fake-zendesk');
});

test('the worker takes the account that is named, and never the fake without being told to', () => {
  const environment = compose.services['worker']?.environment;
  const address = { ZENDESK_SUBDOMAIN: '${ZENDESK_SUBDOMAIN:-}', ZENDESK_BASE_URL: '${ZENDESK_BASE_URL:-}' };
  expect(environment).toMatchObject(address);
  const unset = Object.fromEntries(Object.keys(environment!).map((name) => [name, '']));
  expect(() => accountsFromEnv(unset)).toThrow('set ZENDESK_SUBDOMAIN (or ZENDESK_BASE_URL)');
  const fake = { ...unset, ZENDESK_BASE_URL: 'http://127.0.0.1:8080' };
  expect(accountsFromEnv(fake)[0]).toMatchObject({ origin: 'http://127.0.0.1:8080' });
});

test('the worker has a folder for files to import', () => {
  expect(compose.services['worker']?.volumes).toEqual(['${IMPORT_FOLDER:-./import}:/import']);
});

test('the worker has time to end the starts under way before it is killed, whatever ZENDESK_START_TIMEOUT says', () => {
  const { worker } = compose.services;
  expect(worker?.environment).toHaveProperty('ZENDESK_START_TIMEOUT', '${ZENDESK_START_TIMEOUT:-}');
  const graceMs = toMilliseconds(worker!.stop_grace_period!);
  expect(graceMs).toBeGreaterThan(shutdownForceTime(START_TIMEOUT.max));
  const documented = /drains on SIGTERM \(give it (\d+) s\)/.exec(read('docs/deployment.md').replace(/\s+/g, ' '));
  expect(Number(documented?.[1]) * 1_000).toBe(graceMs);
});

test('no credential has a default, but the local database has', () => {
  const defaults = services.flatMap(([, { environment = {} }]) =>
    Object.entries(environment).filter(
      ([name, value]) => /TOKEN|SECRET|PASSWORD|PWD/.test(name) && value !== `\${${name}:-}`,
    ),
  );
  expect(defaults).toEqual([
    ['POSTGRES_PASSWORD', '${POSTGRES_PASSWORD:-temporal}'],
    ['POSTGRES_PWD', '${POSTGRES_PASSWORD:-temporal}'],
  ]);
});

test('the image stops on SIGTERM, has a health check, and starts the worker that the build makes', () => {
  expect(lastStage()).toMatch(/^STOPSIGNAL SIGTERM$/m);
  expect(lastStage()).toMatch(/^HEALTHCHECK /m);
  expect(lastStage()).toMatch(/^CMD \["node", "lib\/worker\.js"\]$/m);
  const { scripts } = JSON.parse(read('package.json')) as { scripts: { start: string } };
  expect(scripts.start).toBe('node lib/worker.js');
});

test('the image is built from nothing but what .dockerignore lets through', () => {
  const allowed = read('.dockerignore')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, files]) => files!.split(' '));
  expect([...new Set(copied)].sort()).toEqual(allowed.sort());
});

/** What the image that is run consists of. */
function lastStage(): string {
  return dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));
}

test('Prometheus scrapes the address where the worker gives its metrics', () => {
  const { worker } = compose.services;
  const { scrape_configs } = parse(read('deploy/prometheus/prometheus.yml')) as {
    scrape_configs: { static_configs: { targets: string[] }[] }[];
  };
  const [host, port] = scrape_configs[0]!.static_configs[0]!.targets[0]!.split(':');
  expect(worker?.network_mode).toBe(`service:${host}`);
  expect(worker?.environment?.['METRICS_ADDRESS']).toBe(`0.0.0.0:${port}`);
});

test('Grafana finds the dashboard and Prometheus', () => {
  const { options } = (
    parse(read('deploy/grafana/provisioning/dashboards/zendesk-jobs.yml')) as {
      providers: { options: { path: string } }[];
    }
  ).providers[0]!;
  const mounted = compose.services['grafana']!.volumes!.map((volume) => volume.split(':'));
  expect(mounted.map(([, inside]) => path.dirname(inside!))).toContain(options.path);
  const { datasources } = parse(read('deploy/grafana/provisioning/datasources/prometheus.yml')) as {
    datasources: { url: string }[];
  };
  expect(datasources[0]!.url).toBe('http://prometheus:9090');
  for (const [outside] of mounted) expect(existsSync(path.join(ROOT, outside!))).toBe(true);
});
