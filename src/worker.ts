/**
 * The ready worker: `npm start`, or `temporal-zendesk-jobs worker`. Everything it needs comes from the environment;
 * docs/worker.md has the table.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { toCanonicalString } from '@temporalio/common';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { ZendeskAccounts } from './activities';
import { DEFAULT_TASK_QUEUE } from './common/task-queue';
import { exitWith } from './exit-with';
import { loadExtensions } from './extensions';
import { nexusServicesOf } from './nexus-option';
import { ZendeskJobsPlugin } from './plugin';
import { shutdownForceTime, startTimeoutFromEnv } from './start-timeout';
import { lineOf } from './telemetry/log';
import { installRuntime } from './telemetry/runtime';
import { telemetrySettings } from './telemetry/settings';
import { startTracing } from './telemetry/tracing';
import { connectProblem, temporalConfiguration, temporalProblem } from './temporal-problem';
import { workerDeploymentFromEnv } from './worker-deployment';
import { maxCachedWorkflowsFromEnv } from './workflow-cache';
import { accountsFromEnv } from './zendesk/accounts';
import { fold } from './zendesk/text';

/** Activities wait for Zendesk or for a job slot, and do little besides: the SDK's 100 would bound nothing but the waiting. */
const ACTIVITIES = 500;
/** How long a poll that is under way at shutdown may go on. One that is cut off is tried again at once, elsewhere. */
const DRAIN_TIME = '5s';

/** How long the server may take to describe the namespace, before anything else is asked of it. */
const CHECK_TIMEOUT_MS = 10_000;
/** How long a worker that has failed may take to say why. */
const FAILURE_GRACE_MS = 5_000;

/**
 * Runs until SIGTERM or SIGINT, then lets what is under way end. Throws `ZendeskConfigurationError`, and `TemporalProblem` where
 * Temporal cannot be reached, refuses, or has no such namespace (any more). After a failure threads of the SDK may keep the process alive.
 */
export async function runWorker(): Promise<void> {
  // The SDK takes the signals as soon as it is loaded, but has no worker to stop before there is one.
  let stopRequested = false;
  const requestStop = () => (stopRequested = true);
  process.once('SIGTERM', requestStop).once('SIGINT', requestStop);

  const telemetry = telemetrySettings(process.env);
  const startTimeout = startTimeoutFromEnv(process.env);
  const accounts = new ZendeskAccounts(accountsFromEnv(process.env), { startTimeout });
  const { sources, sinks, dataConverter } = await loadExtensions(process.env['ZENDESK_EXTENSIONS'], process.cwd());
  const nexusServices = await nexusServicesOf(process.env['ZENDESK_NEXUS']);
  const { connectionOptions, target } = temporalConfiguration();
  const { namespace } = target;
  const taskQueue = process.env['TEMPORAL_TASK_QUEUE'] || DEFAULT_TASK_QUEUE;
  const deployment = workerDeploymentFromEnv(process.env);
  const maxCachedWorkflows = maxCachedWorkflowsFromEnv(process.env);

  installRuntime(telemetry);
  const tracing = await startTracing(process.env, Runtime.instance().logger);
  const connection = await NativeConnection.connect(connectionOptions).catch((error: unknown) => {
    throw connectProblem(error, target);
  });
  try {
    // Before the workflows are bundled: what is wrong is said within seconds.
    await expectNamespace(connection, namespace);
    const worker = await Worker.create({
      connection,
      namespace,
      taskQueue,
      workflowsPath: require.resolve('./workflows'),
      dataConverter,
      plugins: [new ZendeskJobsPlugin({ accounts, sources, sinks }), ...(tracing ? [tracing.plugin] : [])],
      nexusServices,
      maxCachedWorkflows,
      maxConcurrentActivityTaskExecutions: ACTIVITIES,
      shutdownGraceTime: DRAIN_TIME,
      shutdownForceTime: shutdownForceTime(startTimeout),
      workerDeploymentOptions: deployment,
      // After a worker's death its workflows wait this long before another worker takes them; they are cheap to replay.
      stickyQueueScheduleToStartTimeout: '2s',
    });
    const running = worker.run();
    if (stopRequested) worker.shutdown();
    const facts = [
      `task queue ${taskQueue}`,
      `namespace ${namespace}`,
      ...(deployment ? [`deployment ${toCanonicalString(deployment.version)}`] : []),
      `accounts ${accounts.names.join(', ')}`,
      ...(sources ? [`sources ${Object.keys(sources).join(', ')}`] : []),
      ...(sinks ? [`sinks ${Object.keys(sinks).join(', ')}`] : []),
      ...(dataConverter ? ['a data converter'] : []),
      ...(telemetry.metricsAddress ? [`metrics at http://${telemetry.metricsAddress}/metrics`] : []),
      ...(tracing ? ['traces by OTLP'] : []),
      ...nexusServices.map(({ definition }) => `Nexus service ${definition.name}`),
    ];
    console.log(lineOf(telemetry.logFormat, 'INFO', `Worker ready: ${facts.join(', ')}`));
    await Promise.race([running, untilFailed(worker)]).catch(async (error: unknown) => {
      // The SDK's error has the text of the server only.
      await expectNamespace(connection, namespace);
      throw error;
    });
    console.log(lineOf(telemetry.logFormat, 'INFO', 'Worker stopped: everything that was under way has ended'));
  } catch (error) {
    throw temporalProblem(error, target) ?? error;
  } finally {
    accounts.close();
    // A worker that failed may hold on to it.
    await connection.close().catch(() => undefined);
    await tracing?.stop();
  }
}

async function expectNamespace(connection: NativeConnection, namespace: string): Promise<void> {
  const describe = () => connection.workflowService.describeNamespace({ namespace });
  await connection.withDeadline(Date.now() + CHECK_TIMEOUT_MS, describe);
}

/** Throws when a worker has failed: its `run()` may stay pending then, as when its namespace is deleted. Else never settles. */
async function untilFailed(worker: Worker): Promise<never> {
  while (worker.getState() !== 'FAILED') await sleep(1_000, undefined, { ref: false });
  await sleep(FAILURE_GRACE_MS, undefined, { ref: false });
  throw new Error('the worker failed; its log says why');
}

if (require.main === module) {
  runWorker().catch((error: unknown) => {
    const format = process.env['LOG_FORMAT']?.toLowerCase() === 'json' ? 'json' : 'text';
    const reason = error instanceof Error ? error.message : String(error);
    console.error(lineOf(format, 'ERROR', `Worker cannot run: ${fold(reason)}`));
    exitWith(1);
  });
}
