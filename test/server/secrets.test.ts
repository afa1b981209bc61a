/**
 * Known secrets of each kind, a Zendesk that repeats them whatever it answers, and a look at all that a worker, the CLI and
 * Temporal leave behind.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { temporal } from '@temporalio/proto';
import { freePort } from '../../dev/free-port';
import { FakeZendesk } from '../../src/testing';
import { runCli } from '../cli/support';
import { eventually } from '../support/eventually';
import { spawnWorker, Workers, type WorkerProcess } from '../support/processes';
import { address, connect, type ServerConnections } from '../support/server';
import { REFUSED_CLIENT, startTelltale, TROUBLES, type Telltale, type Trouble } from '../support/telltale';

/** Characters that are escaped in one way or another, between two parts that no escaping changes. */
const secretNamed = (name: string) => `${name}-begins-here"\\/+%&='${name}-ends-here`;

const EMAIL = 'agent@example.com';
const SECRETS = {
  apiToken: secretNamed('apiToken'),
  oauthToken: secretNamed('oauthToken'),
  clientSecret: secretNamed('clientSecret'),
  refusedSecret: secretNamed('refusedSecret'),
};
const CREDENTIALS: Record<string, object> = {
  apiToken: { email: EMAIL, apiToken: SECRETS.apiToken },
  oauthToken: { oauthToken: SECRETS.oauthToken },
  oauthClient: { oauthClientId: 'client', oauthClientSecret: SECRETS.clientSecret },
  refusedClient: { oauthClientId: REFUSED_CLIENT, oauthClientSecret: SECRETS.refusedSecret },
};
const KINDS = Object.keys(CREDENTIALS);
const MOMENTS = ['fine', ...(Object.keys(TROUBLES) as Trouble[])] as const;

let zendesk: FakeZendesk;
let connections: ServerConnections;
let folder: string;
let accounts: Record<string, object>;
let accountsFile: string;
const telltales: Telltale[] = [];
const workers = new Workers();

beforeAll(async () => {
  zendesk = await FakeZendesk.start({
    auth: {
      apiToken: { email: EMAIL, token: SECRETS.apiToken },
      oauthTokens: [SECRETS.oauthToken],
      oauthClient: { id: 'client', secret: SECRETS.clientSecret },
    },
    jobLimit: 1000,
    jobDefaults: { queuedFor: 0, duration: 1000, failures: 1, total: 2 },
  });
  connections = await connect();
  folder = await mkdtemp(path.join(tmpdir(), 'secrets-'));
  for (const moment of MOMENTS) {
    telltales.push(await startTelltale(zendesk.origin, moment === 'fine' ? undefined : moment));
  }
  accounts = Object.fromEntries(
    MOMENTS.flatMap((moment, i) =>
      KINDS.map((kind) => [`${kind}.${moment}`, { baseUrl: telltales[i]!.origin, ...CREDENTIALS[kind] }]),
    ),
  );
  accountsFile = await write('accounts.json', JSON.stringify(accounts));
});

afterAll(async () => {
  await workers.kill();
  await connections.close();
  for (const telltale of telltales) await telltale.stop();
  await zendesk.stop();
  await rm(folder, { recursive: true });
});

async function write(name: string, text: string): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, text);
  return file;
}

/** What of a secret stays the same however a text is escaped, and what its base64 has in it whatever is before it. */
function traces(secret: string): string[] {
  const ends = [secret.slice(0, 18), secret.slice(-18)];
  return [...ends, ...ends.flatMap((end) => [0, 1, 2].map((shift) => base64Of(end, shift)))];
}

function base64Of(text: string, shift: number): string {
  const whole = text.slice(shift, shift + 15);
  return Buffer.from(whole).toString('base64');
}

/** Those that came to Zendesk: of the configuration, and the tokens that were fetched. */
function knownSecrets(): string[] {
  return [...new Set([...Object.values(SECRETS), ...telltales.flatMap(({ secrets }) => [...secrets])])].map((secret) =>
    secret.replace(`${EMAIL}/token:`, ''),
  );
}

function secretsIn(text: string): string[] {
  return knownSecrets()
    .flatMap(traces)
    .filter((trace) => text.includes(trace))
    .map((trace) => `${trace} in: ${text.slice(Math.max(0, text.indexOf(trace) - 200), text.indexOf(trace) + 100)}`);
}

const workerEnv = (taskQueue: string, more: Record<string, string> = {}) => ({
  TEMPORAL_ADDRESS: address(),
  TEMPORAL_TASK_QUEUE: taskQueue,
  ZENDESK_ACCOUNTS_FILE: accountsFile,
  ...more,
});

test.each(Object.values(SECRETS))('a secret that were shown would be seen: %s', (secret) => {
  for (const shown of [secret, encodeURIComponent(secret), JSON.stringify(secret), inspect({ secret })]) {
    expect(secretsIn(`a${shown}b`)).not.toEqual([]);
  }
  for (const before of ['', 'a', 'ab', `${EMAIL}/token:`]) {
    const shown = Buffer.from(`${before}${secret}`).toString('base64');
    expect(secretsIn(`a${shown}b`)).not.toEqual([]);
  }
});

describe.each(['text', 'json'])('a worker that logs %s', (format) => {
  let worker: WorkerProcess;
  let handles: WorkflowHandle[];
  let errors: unknown[];
  const seen: Record<string, string> = {};

  beforeAll(async () => {
    const taskQueue = `secrets-${randomUUID()}`;
    const metrics = `127.0.0.1:${await freePort()}`;
    const env = workerEnv(taskQueue, { LOG_FORMAT: format, LOG_LEVEL: 'TRACE', METRICS_ADDRESS: metrics });
    worker = await workers.start(env);
    const start = (type: string, input: object) =>
      connections.client.workflow.start(type, { workflowId: `secrets-${randomUUID()}`, taskQueue, args: [input] });

    const on = (kind: string, moment: string) => ({ account: `${kind}.${moment}`, timeout: '4s' });
    const all = MOMENTS.flatMap((moment) => KINDS.map((kind) => on(kind, moment)));
    const byTurns = MOMENTS.map((moment, i) => on(KINDS[i % KINDS.length]!, moment));
    // Safe to repeat: the search for jobs of an uncertain start takes minutes.
    const operation = 'users/create_or_update_many';
    const items = [{ name: 'Ann' }, { name: 'Ben' }].map((user) => ({ ...user, external_id: user.name }));
    const waits = await Promise.all([
      ...all.map((account) => start('awaitZendeskJob', { jobId: zendesk.addJob(), ...account })),
      ...byTurns.map((account) => start('runZendeskJob', { operation, items, ...account })),
    ]);
    const bulks = await Promise.all(
      byTurns.map((account) => start('runZendeskBulk', { operation, items, ...account })),
    );
    handles = [...waits, ...bulks];
    const results = Promise.allSettled(waits.map((handle) => handle.result()));
    await eventually('a failed attempt', async () => {
      const described = await Promise.all(waits.map((handle) => handle.describe()));
      seen.pending = JSON.stringify(described.map(({ raw }) => raw.pendingActivities));
      return seen.pending.includes('[redacted]');
    });
    errors = (await results).flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    // Bulk runs wait longer than a test has time: what they have come to by now is enough.
    await Promise.all(bulks.map((handle) => handle.terminate().catch(() => undefined)));
    seen.metrics = await (await fetch(`http://${metrics}/metrics`)).text();
    seen.log = worker.output();
  }, 120_000);

  test('shows no secret in its log', () => {
    expect(seen.log).toContain('[redacted]');
    expect(secretsIn(seen.log!)).toEqual([]);
  });

  test('shows no secret in its metrics', () => {
    expect(seen.metrics).toMatch(/zendesk/);
    expect(secretsIn(seen.metrics!)).toEqual([]);
  });

  test('leaves no secret in what Temporal tells of attempts', () => {
    expect(seen.pending).toContain('[redacted]');
    expect(secretsIn(seen.pending!)).toEqual([]);
  });

  test('leaves no secret in histories, exported as JSON or as protobuf', async () => {
    let redacted = 0;
    for (const handle of handles) {
      const history = await handle.fetchHistory();
      const bytes = Buffer.from(temporal.api.history.v1.History.encode(history).finish()).toString('latin1');
      const json = historyToJSON(history);
      expect(secretsIn(bytes)).toEqual([]);
      expect(secretsIn(json)).toEqual([]);
      if (bytes.includes('[redacted]')) redacted += 1;
    }
    expect(redacted).toBeGreaterThan(handles.length / 2);
  });

  test('leaves no secret in the errors that callers get', () => {
    expect(errors.length).toBeGreaterThan(MOMENTS.length);
    for (const error of errors) expect(secretsIn(everythingOf(error))).toEqual([]);
  });
});

function everythingOf(error: unknown): string {
  const { stack, message } = error as Error;
  return [inspect(error, { depth: Infinity }), JSON.stringify(error), stack, message].join('\n');
}

describe('the command line shows no secret', () => {
  const shown = async (args: string[], env: Record<string, string>) => {
    const { stdout, stderr } = await runCli(args, env);
    return stdout + stderr;
  };

  test('of what it asks Zendesk itself', async () => {
    zendesk.addJob();
    const env = workerEnv(`secrets-${randomUUID()}`);
    const runs = [
      ['check'],
      ['check', '--json'],
      ['jobs', '--account', 'apiToken.fine'],
      ['jobs', '--account', 'oauthClient.fine', '--json'],
    ];
    for (const text of await Promise.all(runs.map((args) => shown(args, env)))) {
      expect(text).toContain('[redacted]');
      expect(secretsIn(text)).toEqual([]);
    }
  });

  test('of what a workflow tells it', async () => {
    const env = workerEnv(`secrets-${randomUUID()}`);
    await workers.start(env);
    const runs = [
      ['apiToken.fine', '--results', 'all'],
      ['oauthToken.forbidden'],
      ['oauthClient.fine', '--json'],
      ['refusedClient.forbidden', '--json'],
    ].map((rest) => ['await', zendesk.addJob(), '--account', ...rest]);
    for (const text of await Promise.all(runs.map((args) => shown(args, env)))) {
      expect(text).toContain('[redacted]');
      expect(secretsIn(text)).toEqual([]);
    }
  });
});

describe('a worker that ends shows no secret', () => {
  test('when it is killed in mid-poll, and when an error that nobody catches ends it', async () => {
    const extension = `export const sources = {
      bad: () => new Promise(() => setTimeout(() => { throw new Error('uncaught'); })),
    };`;
    const taskQueue = `secrets-${randomUUID()}`;
    const env = workerEnv(taskQueue, { ZENDESK_EXTENSIONS: await write('bad.mjs', extension) });
    const start = (type: string, input: object) =>
      connections.client.workflow.start(type, { workflowId: `secrets-${randomUUID()}`, taskQueue, args: [input] });
    const account = 'oauthClient.hang';
    const worker = await workers.start(env);
    const wait = await start('awaitZendeskJob', { jobId: zendesk.addJob(), account });
    await eventually('a poll', async () => (await wait.describe()).raw.pendingActivities?.length);
    await worker.stop('SIGKILL');

    const next = await workers.start(env);
    const source = { name: 'bad' };
    const bulk = await start('runZendeskBulk', { operation: 'users/create_or_update_many', source, account });
    expect(await next.exited).toBe(1);
    await Promise.all([wait.terminate(), bulk.terminate()]);
    expect(next.output()).toContain('Error: uncaught');
    for (const { output } of [worker, next]) expect(secretsIn(output())).toEqual([]);
  });

  const { oauthToken, apiToken } = SECRETS;
  const token = JSON.stringify(oauthToken);
  test.each<[string, string, Record<string, string>]>([
    ['a file of accounts that is no JSON', `{ "default": { "oauthToken": ${token}, } }`, {}],
    ['a secret of another type', `{ "default": { "subdomain": "acme", "oauthToken": [${token}] } }`, {}],
    ['a secret with a space', '', { ZENDESK_SUBDOMAIN: 'acme', ZENDESK_OAUTH_TOKEN: `${oauthToken} b` }],
    ['a secret in the place of a subdomain', '', { ZENDESK_SUBDOMAIN: apiToken, ZENDESK_OAUTH_TOKEN: oauthToken }],
  ])('because of %s', async (name, text, more) => {
    const file = text && (await write(`${name}.json`, text));
    const env = workerEnv('none', { ZENDESK_ACCOUNTS_FILE: file, ...more });
    const [worker, cli] = [spawnWorker(env), runCli(['check', '--json'], env)];
    expect(await worker.exited).toBe(1);
    expect(worker.output()).toContain('Worker cannot run');
    const { stdout, stderr } = await cli;
    expect(secretsIn(worker.output() + stdout + stderr)).toEqual([]);
  });
});
