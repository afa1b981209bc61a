/**
 * The ready worker: `npm start`, or `temporal-zendesk-jobs worker`. Everything it needs comes from the environment;
 * docs/worker.md has the table.
 */
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { toCanonicalString } from '@temporalio/common';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { ZendeskAccounts } from './activities';
import { DEFAULT_TASK_QUEUE } from './common/task-queue';
import { loadExtensions } from './extensions';
import { nexusServicesOf } from './nexus-option';
import { ZendeskJobsPlugin } from './plugin';
import { shutdownForceTime, startTimeoutFromEnv } from './start-timeout';
import { lineOf } from './telemetry/log';
import { installRuntime } from './telemetry/runtime';
import { telemetrySettings } from './telemetry/settings';
import { startTracing } from './telemetry/tracing';
import { workerDeploymentFromEnv } from './worker-deployment';
import { maxCachedWorkflowsFromEnv } from './workflow-cache';
import { accountsFromEnv } from './zendesk/accounts';

/** Activities wait for Zendesk or for a job slot, and do little besides: the SDK's 100 would bound nothing but the waiting. */
const ACTIVITIES = 500;
/** How long a poll that is under way at shutdown may go on. One that is cut off is tried again at once, elsewhere. */
const DRAIN_TIME = '5s';

/** Runs until SIGTERM or SIGINT, then lets what is under way end. Throws `ZendeskConfigurationError`. */
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
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const taskQueue = process.env['TEMPORAL_TASK_QUEUE'] || DEFAULT_TASK_QUEUE;
  const deployment = workerDeploymentFromEnv(process.env);
  const maxCachedWorkflows = maxCachedWorkflowsFromEnv(process.env);

  installRuntime(telemetry);
  const tracing = await startTracing(process.env, Runtime.instance().logger);
  const connection = await NativeConnection.connect(connectionOptions);
  try {
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
    await running;
    console.log(lineOf(telemetry.logFormat, 'INFO', 'Worker stopped: everything that was under way has ended'));
  } finally {
    accounts.close();
    await connection.close();
    await tracing?.stop();
  }
}

if (require.main === module) {
  runWorker().catch((error: unknown) => {
    const format = process.env['LOG_FORMAT']?.toLowerCase() === 'json' ? 'json' : 'text';
    const reason = error instanceof Error ? error.message : String(error);
    console.error(lineOf(format, 'ERROR', `Worker cannot run: ${reason}`));
    process.exitCode = 1;
  });
}
