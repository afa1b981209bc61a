/** The one Temporal server that demo, tests and benchmarks run on: an existing one, or a dev server started here. */
import { Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { freePort } from './free-port';
import { resolveTemporalCli } from './temporal-executables';

export interface TemporalServer {
  /** host:port */
  address: string;
  namespace: string;
  /** Where the Temporal UI listens, if one was asked for; unknown for an existing server. */
  uiUrl: string | undefined;
  /** Stops it if it was started here. */
  stop(): Promise<void>;
}

export interface TemporalServerOptions {
  /** SQLite file that outlives the server; default: all is forgotten when it stops. */
  dbFilename?: string;
  /** Default: any free one. */
  port?: number;
  /** Also start the Temporal UI; default false. */
  ui?: boolean;
  /** More arguments of `temporal server start-dev`, as in `['--dynamic-config-value', 'key=value']`. */
  extraArgs?: string[];
  /** Ignore TEMPORAL_ADDRESS: for those that restart the server, or set it up in their own way. */
  own?: boolean;
  /** Gets what there is to say while the server is fetched or built; default console.log. */
  log?: (line: string) => void;
}

/**
 * The server at `TEMPORAL_ADDRESS`, where that is set (with Temporal's other variables: namespace, API key, TLS), else a
 * dev server of its own, see `resolveTemporalCli`. Throws when there is none to be had, and says how to get one.
 */
export async function startTemporalServer(options: TemporalServerOptions = {}): Promise<TemporalServer> {
  if (process.env['TEMPORAL_ADDRESS'] && !options.own) return await existingServer();
  return await startDevServer(options);
}

async function existingServer(): Promise<TemporalServer> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const address = connectionOptions.address ?? '';
  try {
    const connection = await Connection.connect({ ...connectionOptions, connectTimeout: '5s' });
    try {
      await connection.withDeadline(Date.now() + 5_000, () =>
        connection.workflowService.describeNamespace({ namespace }),
      );
    } finally {
      await connection.close();
    }
  } catch (error) {
    const { message } = error as Error;
    throw new Error(
      `TEMPORAL_ADDRESS is ${address}, namespace ${namespace}, but no Temporal server answers: ${message}`,
    );
  }
  return { address, namespace, uiUrl: undefined, stop: async () => {} };
}

async function startDevServer(options: TemporalServerOptions): Promise<TemporalServer> {
  const { dbFilename, ui = false, extraArgs = [], log = console.log } = options;
  const executable = await resolveTemporalCli(log);
  // The SDK takes any server that answers on the port for the one it started.
  const port = await freePort(options.port);
  const uiPort = ui ? await freePort() : undefined;
  const quiet = { extraArgs: ['--output', 'none', ...extraArgs], log: { format: 'pretty', level: 'error' } };
  const environment = await TestWorkflowEnvironment.createLocal({
    server: { executable, port, ui, uiPort, dbFilename, ...quiet },
  });
  return {
    address: environment.address,
    namespace: environment.namespace ?? 'default',
    uiUrl: uiPort === undefined ? undefined : `http://127.0.0.1:${uiPort}`,
    stop: () => environment.teardown(),
  };
}
