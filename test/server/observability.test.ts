/** What a team sees of a ready worker: its metrics, the dashboard and the rules on a real Prometheus, its log. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { freePort } from '../../dev/free-port';
import { METRICS } from '../../src/common/metrics';
import type { MetricDefinition } from '../../src/common/metric';
import { FakeZendesk } from '../../src/testing';
import { dashboardQueries, type DashboardQuery } from '../support/dashboard';
import { eventually } from '../support/eventually';
import { startWorker, type WorkerProcess } from '../support/processes';
import { startPrometheus, type Prometheus } from '../support/prometheus';
import { address, connect, type ServerConnections } from '../support/server';
import { failureOf, SECRET_TOKEN } from '../support/suite';

const DEPLOY = path.resolve(__dirname, '../../deploy/prometheus');
/** Labels that the SDK adds to all metrics, besides those that are empty. */
const OF_THE_SDK = ['namespace', 'taskQueue'];

let zendesk: FakeZendesk;
let connections: ServerConnections;
let folder: string;
let metricsAddress: string;
let worker: WorkerProcess;
let prometheus: Prometheus;
const taskQueue = `observability-${randomUUID()}`;

beforeAll(async () => {
  zendesk = await FakeZendesk.start({
    auth: { oauthTokens: [SECRET_TOKEN] },
    jobDefaults: { queuedFor: 0, duration: 300 },
    onRecord: ({ fails }) => (fails ? { error: 'UserCreateError' } : undefined),
  });
  connections = await connect();
  folder = await mkdtemp(path.join(tmpdir(), 'observability-'));
  metricsAddress = `127.0.0.1:${await freePort()}`;
  const extension = path.join(folder, 'extension.mjs');
  await writeFile(extension, `export const sinks = { nowhere: () => {} };`);
  worker = await startWorker({
    TEMPORAL_ADDRESS: address(),
    TEMPORAL_TASK_QUEUE: taskQueue,
    ZENDESK_BASE_URL: zendesk.origin,
    ZENDESK_OAUTH_TOKEN: SECRET_TOKEN,
    ZENDESK_EXTENSIONS: extension,
    METRICS_ADDRESS: metricsAddress,
    LOG_FORMAT: 'json',
  });
  prometheus = await startPrometheus(await configuration());
});

afterAll(async () => {
  await prometheus?.stop();
  await worker?.stop('SIGTERM');
  await connections?.close();
  await zendesk?.stop();
  await rm(folder, { recursive: true });
});

/** That of deploy/, with the worker of this test, and faster. */
async function configuration(): Promise<string> {
  const deployed = parse(await readFile(path.join(DEPLOY, 'prometheus.yml'), 'utf8')) as {
    rule_files: string[];
    scrape_configs: { job_name: string }[];
  };
  const file = path.join(folder, 'prometheus.yml');
  await writeFile(
    file,
    stringify({
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: deployed.rule_files.map((name) => path.join(DEPLOY, name)),
      scrape_configs: deployed.scrape_configs.map(({ job_name }) => ({
        job_name,
        static_configs: [{ targets: [metricsAddress] }],
      })),
    }),
  );
  return file;
}

const start = (type: string, input: object) =>
  connections.client.workflow.start(type, { workflowId: `${type}-${randomUUID()}`, taskQueue, args: [input] });

/** Something of everything that is measured. */
async function work(): Promise<void> {
  const records = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ name: `User ${i}`, external_id: `crm-${i}`, fails: i === 2 }));

  zendesk.injectFault({ kind: 'rate-limit', retryAfter: 1, match: { path: /job_statuses/ } });
  const wait = await start('awaitZendeskJob', { jobId: zendesk.addJob({ total: 10, failures: [{ index: 0 }] }) });
  await wait.result();

  const bulk = { operation: 'users/create_or_update_many', items: records(150), sink: { name: 'nowhere' } };
  await (await start('runZendeskBulk', bulk)).result();
  await (await start('runZendeskJob', { operation: 'users/create_or_update_many', items: records(5) })).result();

  zendesk.injectFault({ kind: 'reset', match: { method: 'POST' } });
  const uncertain = await start('runZendeskJob', { operation: 'users/create_many', items: records(1) });
  expect((await failureOf(uncertain)).type).toBe('ZendeskStartUncertain');
}

/** Of one such work. */
const RECORDS = { succeeded: 9 + 149 + 4, failed: 3 };

describe('the metrics of a worker', () => {
  let text: string;
  let samples: Sample[];
  const sum = (name: string, labels: Record<string, string> = {}) =>
    samples
      .filter(
        (sample) => sample.name === name && Object.entries(labels).every(([key, is]) => sample.labels[key] === is),
      )
      .reduce((total, { value }) => total + value, 0);

  beforeAll(async () => {
    await work();
    text = await (await fetch(`http://${metricsAddress}/metrics`)).text();
    samples = samplesIn(text);
  });

  test.each<MetricDefinition>(Object.values(METRICS))(
    '$name is a $kind with its labels',
    ({ name, kind, labels, description, buckets }) => {
      expect(text).toContain(`# HELP ${name} ${description}\n# TYPE ${name} ${kind}\n`);
      const own = samples.filter((sample) => sample.name === (kind === 'histogram' ? `${name}_bucket` : name));
      expect(own).not.toEqual([]);
      for (const { labels: found } of own) {
        const named = Object.keys(found).filter((label) => found[label] !== '' && label !== 'le');
        expect(named.sort()).toEqual([...labels, ...OF_THE_SDK].sort());
      }
      const bounds = [...new Set(own.map((sample) => sample.labels['le']))].filter((bound) => bound !== undefined);
      expect(bounds).toEqual(buckets ? [...buckets.map(String), '+Inf'] : []);
    },
  );

  test('count what was done', () => {
    const account = 'default';
    const total = (key: keyof typeof METRICS, labels = {}) => sum(METRICS[key].name, { account, ...labels });
    expect(total('requests')).toBe(zendesk.requests.length);
    expect(total('requests', { status: '429', error: 'ERR_ZENDESK_RATE_LIMITED', endpoint: 'job_statuses/{id}' })).toBe(
      1,
    );
    expect(total('requests', { status: 'none', method: 'POST', endpoint: 'users/create_many' })).toBe(1);
    expect(total('starts', { result: 'started', operation: 'users/create_or_update_many' })).toBe(3);
    expect(total('starts', { result: 'unanswered', operation: 'users/create_many' })).toBe(1);
    expect(total('uncertainStarts', { result: 'open', operation: 'users/create_many' })).toBe(1);
    expect(total('records', { result: 'succeeded' })).toBe(RECORDS.succeeded);
    expect(total('records', { result: 'failed' })).toBe(RECORDS.failed);
    expect(total('rowsWritten', { sink: 'nowhere' })).toBe(150);
    expect(total('jobSlots')).toBe(30);
    expect(total('rateLimit')).toBe(100_000);
    expect(sum('zendesk_job_wait_seconds_count', { end: 'completed' })).toBe(4);
    expect(sum('zendesk_pause_seconds_sum')).toBe(1);
  });

  test("come with the SDK's own", () => {
    expect(sum('temporal_workflow_completed')).toBe(3);
    expect(sum('temporal_workflow_failed')).toBe(1);
  });

  test('hold no secret, and no id of a job', () => {
    expect(text).not.toContain(SECRET_TOKEN);
    for (const { jobId } of zendesk.starts) expect(text).not.toContain(jobId);
  });
});

describe('a real Prometheus that scrapes it', () => {
  beforeAll(async () => {
    await eventually(
      'two scrapes',
      async () => Number((await prometheus.query('count_over_time(up[1m])'))[0]?.value[1]) > 1,
    );
    await work();
    await eventually('a scrape of all of it', async () => {
      const [found] = await prometheus.query('sum(zendesk_uncertain_starts_total)');
      return found?.value[1] === '2';
    });
  });

  test('has loaded the rules, and can evaluate them', async () => {
    const healthy = async () => {
      const { groups } = await prometheus.get<{ groups: { rules: { name: string; health: string }[] }[] }>('rules');
      const rules = groups.flatMap((group) => group.rules);
      return rules.length > 10 && rules.every(({ health }) => health === 'ok');
    };
    await eventually('every rule to be evaluated', healthy);
  });

  test('is told of an uncertain start by the alert for it', async () => {
    const { alerts } = await prometheus.get<{ alerts: { labels: Record<string, string>; state: string }[] }>('alerts');
    expect(alerts).toContainEqual(
      expect.objectContaining({
        state: 'firing',
        labels: {
          alertname: 'ZendeskStartUncertain',
          severity: 'critical',
          account: 'default',
          operation: 'users/create_many',
        },
      }),
    );
  });

  /** Of what must not happen here: a workflow that is stuck. */
  const EMPTY = ['{{workflow_type}} stuck'];

  test.each(dashboardQueries())(
    'has what the dashboard shows: $panel $legend',
    async ({ expr, legend }: DashboardQuery) => {
      const values = (await prometheus.query(filledIn(expr))).map(({ value }) => Number(value[1]));
      if (EMPTY.includes(legend)) return expect(values).toEqual([]);
      expect(values).not.toEqual([]);
      expect(values.filter(Number.isFinite)).not.toEqual([]);
    },
  );

  /** As Grafana does, for all accounts and the last minute. */
  function filledIn(expr: string): string {
    const filled = expr.replaceAll('$account', '.*').replaceAll('$__rate_interval', '1m').replaceAll('$__range', '1m');
    expect(filled).not.toContain('$');
    return filled;
  }
});

test('each line of the log is a JSON object that says of which account and job it is', () => {
  const lines = worker.output().trimEnd().split('\n');
  const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const [{ jobId } = { jobId: '' }] = zendesk.starts;
  expect(entries).toContainEqual(
    expect.objectContaining({
      level: 'INFO',
      message: 'Zendesk job started',
      account: 'default',
      jobId,
      requestId: expect.any(String) as unknown,
    }),
  );
  expect(entries).toContainEqual(expect.objectContaining({ level: 'WARN', message: 'Zendesk asked for a pause' }));
  expect(worker.output()).not.toContain(SECRET_TOKEN);
});

interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** Of Prometheus' text format. No label of ours has a quote in it. */
function samplesIn(exposition: string): Sample[] {
  return [...exposition.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)].map(([, name, labels = '', value]) => ({
    name: name!,
    labels: Object.fromEntries([...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, is]) => [key!, is!])),
    value: Number(value),
  }));
}
