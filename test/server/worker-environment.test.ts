import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { NativeConnection } from '@temporalio/worker';
import { runCli } from '../cli/support';
import { eventually } from '../support/eventually';
import { spawnWorker, startWorker, type WorkerProcess } from '../support/processes';
import { address } from '../support/server';

/** Files that are not what they should be, and a server that is not Temporal. */
let folder: string;
const web = createServer((_, response) => response.end('hello'));
let webAddress: string;
let running: WorkerProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'worker-environment-'));
  await writeFile(path.join(folder, 'garbage'), '{[');
  await writeFile(path.join(folder, 'broken.js'), 'throw new Error("it broke\\nat line 2");');
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  webAddress = `127.0.0.1:${(web.address() as AddressInfo).port}`;
});
afterEach(async () => {
  await Promise.all(running.map((worker) => worker.stop('SIGKILL')));
  running = [];
});
afterAll(async () => {
  web.close();
  await rm(folder, { recursive: true });
});

const valid = () => ({ TEMPORAL_ADDRESS: address(), ZENDESK_BASE_URL: 'http://127.0.0.1:9' });
/** `@` is the folder, `%` the server that is not Temporal. */
const filledIn = (env: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, value.replace('@', folder).replace('%', webAddress)]),
  );

const WRONG: [what: string, env: Record<string, string>, message: RegExp][] = [
  ['an unknown namespace', { TEMPORAL_NAMESPACE: 'nope' }, /no namespace "nope"\. Set TEMPORAL_NAMESPACE$/],
  [
    'no server',
    { TEMPORAL_ADDRESS: '127.0.0.1:1' },
    /no Temporal server answers at 127\.0\.0\.1:1 \(Connection refused\)/,
  ],
  ['an unknown host', { TEMPORAL_ADDRESS: 'no-such-host.invalid:7233' }, /no Temporal server answers at no-such-host/],
  ['a server that is not Temporal', { TEMPORAL_ADDRESS: '%' }, /no Temporal server answers/],
  ['an address that is a URL', { TEMPORAL_ADDRESS: 'http://localhost:7233' }, /expected host:port/],
  ['TLS to a server without it', { TEMPORAL_TLS: 'true' }, /TLS: .*check the TLS settings/],
  ['an API key for a server without TLS', { TEMPORAL_API_KEY: 'k' }, /TLS: .*TEMPORAL_API_KEY/],
  ['a value of TEMPORAL_TLS that is neither', { TEMPORAL_TLS: 'maybe' }, /TEMPORAL_TLS: expected true or false/],
  ['a missing certificate', { TEMPORAL_TLS_SERVER_CA_CERT_PATH: '/no/such.pem' }, /no such file.*\/no\/such\.pem/],
  [
    'a client key that is none',
    { TEMPORAL_TLS_CLIENT_CERT_PATH: '@/garbage', TEMPORAL_TLS_CLIENT_KEY_PATH: '@/garbage' },
    /PrivateKeyParseError.*TLS settings/,
  ],
  ['an unknown profile', { TEMPORAL_PROFILE: 'nope' }, /Profile 'nope' not found/],
  ['a broken configuration file', { TEMPORAL_CONFIG_FILE: '@/garbage' }, /Invalid TOML/],
  ['a number that is none', { TEMPORAL_MAX_CACHED_WORKFLOWS: 'many' }, /expected a whole number/],
  ['a start timeout out of bounds', { ZENDESK_START_TIMEOUT: '1h' }, /ZENDESK_START_TIMEOUT: expected at most 100s/],
  ['no account', { ZENDESK_BASE_URL: '' }, /set ZENDESK_SUBDOMAIN/],
  ['an unreadable secret', { ZENDESK_OAUTH_TOKEN_FILE: '/no/such' }, /ZENDESK_OAUTH_TOKEN_FILE: cannot read/],
  ['a broken file of accounts', { ZENDESK_BASE_URL: '', ZENDESK_ACCOUNTS_FILE: '@/garbage' }, /ZENDESK_ACCOUNTS_FILE/],
  ['an extension that throws', { ZENDESK_EXTENSIONS: '@/broken.js' }, /cannot be loaded: it broke$/],
  ['an unknown value of ZENDESK_NEXUS', { ZENDESK_NEXUS: 'maybe' }, /expected 1 or 0/],
  ['a metrics address that is taken', { METRICS_ADDRESS: '%' }, /METRICS_ADDRESS .*in use/],
  ['an unknown log level', { LOG_LEVEL: 'loud' }, /LOG_LEVEL: expected one of/],
  ['a reserved task queue', { TEMPORAL_TASK_QUEUE: '__temporal_x' }, /task queue.*reserved/],
  ['half a deployment', { TEMPORAL_DEPLOYMENT_NAME: 'x' }, /TEMPORAL_WORKER_BUILD_ID is not set/],
];

test.each(WRONG)('a worker with %s ends with one clear line', async (_, env, message) => {
  const worker = spawnWorker({ ...valid(), ...filledIn(env) });
  running.push(worker);
  expect(await worker.exited).toBe(1);
  const output = worker.output();
  expect(output).toMatch(/^Worker cannot run: [^\n]+\n$/);
  expect(output.trim()).toMatch(message);
  expect(output).not.toMatch(/tonic|Status \{|\n +at /);
});

test.each([
  [
    'an unknown namespace',
    { TEMPORAL_NAMESPACE: 'nope' },
    2,
    /^error: .* has no namespace "nope"\. Set TEMPORAL_NAMESPACE\n$/,
  ],
  [
    'no server',
    { TEMPORAL_ADDRESS: '127.0.0.1:1' },
    3,
    /^error: no Temporal server answers at 127\.0\.0\.1:1 \([^\n]+\n$/,
  ],
  ['TLS to a server without it', { TEMPORAL_TLS: 'true' }, 3, /^error: .*TLS settings[^\n]*\n$/],
])('the command `worker` with %s says the same', async (_, env, code, message) => {
  const run = await runCli(['worker'], { ...valid(), ...env });
  expect(run.code).toBe(code);
  expect(run.stderr).toMatch(message);
});

test('a worker whose namespace is deleted ends and says so', async () => {
  const namespace = `deleted-${process.pid}`;
  const connection = await NativeConnection.connect({ address: address() });
  try {
    const workflowExecutionRetentionPeriod = { seconds: 86_400 as never };
    await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod });
    // The server's services learn of a namespace some seconds later.
    const start = () =>
      startWorker({ ...valid(), TEMPORAL_NAMESPACE: namespace, LOG_LEVEL: 'ERROR' }).catch(() => undefined);
    const worker = await eventually('a worker of the namespace', start, 60);
    running.push(worker);
    await connection.operatorService.deleteNamespace({ namespace });
    expect(await worker.exited).toBe(1);
    expect(worker.output()).toMatch(/^Worker cannot run: .* has no namespace "deleted-\d+"\. Set TEMPORAL_NAMESPACE$/m);
  } finally {
    await connection.close();
  }
});
