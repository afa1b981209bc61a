/**
 * The main job end to end, on one machine: `npm run demo`. Everything is real but Zendesk: a Temporal server, a worker in
 * its own process, and a run that starts a bulk job and blocks on it. `npm run demo -- --keep` keeps it all up.
 */
import { once } from 'node:events';
import { withTemporal } from '../src/cli/connection';
import { CliFailure, report } from '../src/cli/cli-failure';
import { CliErrorType } from '../src/cli/exit-codes';
import { follow, withInterrupt } from '../src/cli/follow';
import { printResult } from '../src/cli/outcome-view';
import { progressView } from '../src/cli/progress-view';
import { startRun } from '../src/cli/start';
import { FakeZendesk } from '../src/testing';
import type { RunZendeskJobInput } from '../src/workflows/run-input';
import { spawnWorker } from './demo-worker';
import { startTemporalServer, type TemporalServer } from './temporal-server';

const TASK_QUEUE = 'zendesk-jobs-demo';
const OAUTH_TOKEN = 'demo-token';
const USERS = 100;
/** What Zendesk will say of some of them, by position. */
const REFUSED = new Map([
  [12, 'Email: user.12@example.com is already being used by another user'],
  [40, 'Name: is too short (minimum is 1 characters)'],
  [77, 'External ID: crm-77 has already been taken'],
]);

/** Stops what was started, last first. */
const stops: (() => Promise<unknown>)[] = [];

async function demo(signal: AbortSignal, keep: boolean): Promise<void> {
  say('Temporal: getting a dev server');
  const server = await started(startTemporalServer({ ui: true, log: say }));
  say(`Temporal: ${server.address}${server.uiUrl ? `, UI at ${server.uiUrl}` : ''}`);
  process.env['TEMPORAL_ADDRESS'] = server.address;
  process.env['TEMPORAL_NAMESPACE'] = server.namespace;

  const zendesk = await started(startZendesk());
  say(`Fake Zendesk: ${zendesk.origin}`);

  const env = {
    TEMPORAL_TASK_QUEUE: TASK_QUEUE,
    ZENDESK_BASE_URL: zendesk.origin,
    ZENDESK_OAUTH_TOKEN: OAUTH_TOKEN,
  };
  const worker = spawnWorker(env);
  stops.unshift(() => worker.stop());
  await worker.ready;
  say(`Worker: process ${worker.pid}, task queue ${TASK_QUEUE}`);

  say(`${USERS} users to create or update\n`);
  await runJob(server, signal);

  if (!keep) return say('(npm run demo -- --keep leaves everything up, so that one can look around)');
  say(`\nEverything stays up until Ctrl-C. To play with it, in another terminal:
  export TEMPORAL_ADDRESS=${server.address} TEMPORAL_NAMESPACE=${server.namespace}
  export ${Object.entries(env)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')}
  node lib/cli/main.js check`);
}

/** What the CLI's `run` does. */
async function runJob(server: TemporalServer, signal: AbortSignal): Promise<void> {
  const items = Array.from({ length: USERS }, (_, i) => ({
    external_id: `crm-${i}`,
    name: `User ${i}`,
    email: `user.${i}@example.com`,
  }));
  await withTemporal(async (temporal) => {
    const input: RunZendeskJobInput = { operation: 'users/create_or_update_many', items, results: 'failed' };
    const workflowId = await startRun(temporal, input, { taskQueue: TASK_QUEUE }, say);
    printResult(await follow(temporal, workflowId, progressView({ json: false }), signal), false);

    const { runId } = await temporal.client.workflow.getHandle(workflowId).describe();
    const page = `namespaces/${server.namespace}/workflows/${encodeURIComponent(workflowId)}/${runId}/history`;
    say(`\nIts history: ${server.uiUrl ? `${server.uiUrl}/${page}` : `workflow ${workflowId}, run ${runId}`}`);
  });
}

/** Takes about ten seconds for a job, asks for a token, and does not like every user. */
function startZendesk(): Promise<FakeZendesk> {
  return FakeZendesk.start({
    auth: { oauthTokens: [OAUTH_TOKEN] },
    jobDefaults: { queuedFor: 1_000, duration: 9_000 },
    onRecord: (_, index) => (REFUSED.has(index) ? { details: REFUSED.get(index) } : undefined),
  });
}

/** Is stopped at the end, even when the end comes while it is still starting. */
async function started<T extends { stop(): Promise<unknown> }>(starting: Promise<T>): Promise<T> {
  stops.unshift(() =>
    starting.then(
      (thing) => thing.stop(),
      () => undefined,
    ),
  );
  return await starting;
}

function say(line: string): void {
  console.log(line);
}

async function main(): Promise<void> {
  const keep = process.argv.includes('--keep');
  await withInterrupt(async (signal) => {
    const interrupted = once(signal, 'abort');
    const interruption = interrupted.then(() => {
      throw new CliFailure(CliErrorType.INTERRUPTED, 'Interrupted');
    });
    try {
      await Promise.race([demo(signal, keep), interruption]);
      if (keep) await interrupted;
    } catch (error) {
      process.exitCode = report(error, false);
    }
    say('\nStopping everything');
    for (const stop of stops) await stop().catch((error: Error) => console.error(`while stopping: ${error.message}`));
  });
}

// What an interrupt cut off may still hold something open that has gone.
void main().finally(() => process.exit());
