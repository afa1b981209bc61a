/** Where the Temporal CLI comes from, whose `server start-dev` is the server of demo, tests and benchmarks. */
import path from 'node:path';
import { TestWorkflowEnvironment, type EphemeralServerExecutable } from '@temporalio/testing';
import { buildOnce, builtBefore, isExecutable, which } from './build-once';
import { resolveExecutable } from './resolve-executable';
import { runCommand } from './run-command';
import { downloadedBySdk } from './sdk-download';

/** Later tags have a `replace` line in go.mod, which `go install` refuses. Brings server 1.29.1. */
const GO_PACKAGE = 'github.com/temporalio/cli/cmd/temporal@v1.5.1';
const BUILT = 'temporal-cli-1.5.1';

const ADVICE = `There is no Temporal server to use. Any of these gives one:
  - set TEMPORAL_ADDRESS to a running server, as in TEMPORAL_ADDRESS=localhost:7233
  - install the Temporal CLI (https://docs.temporal.io/cli): put \`temporal\` on PATH, or set TEMPORAL_CLI_PATH to it
  - let it be fetched: allow the SDK's download from temporal.download, or install Go (https://go.dev) to build it once`;

/** `TEMPORAL_CLI_PATH`, `temporal` on PATH, one built before, the SDK's download, or one built with Go. */
export function resolveTemporalExecutable(log: (line: string) => void): Promise<EphemeralServerExecutable> {
  const inFolder = (folder: string | undefined) => folder && path.join(folder, 'temporal');
  return resolveExecutable({
    variable: 'TEMPORAL_CLI_PATH',
    named: process.env['TEMPORAL_CLI_PATH'],
    isExecutable,
    onPath: () => which('temporal'),
    builtBefore: async () => inFolder(await builtBefore(BUILT)),
    downloaded: () => downloadedBySdk('the Temporal CLI', () => TestWorkflowEnvironment.createLocal(), log),
    built: async () => ((await which('go')) ? inFolder(await buildWithGo(log)) : undefined),
    advice: ADVICE,
  });
}

function buildWithGo(log: (line: string) => void): Promise<string> {
  return buildOnce(
    BUILT,
    async (folder) => {
      log(`Building the Temporal CLI with Go, this once: some minutes (go install ${GO_PACKAGE})`);
      await runCommand('go', ['install', GO_PACKAGE], { cwd: folder, env: { GOBIN: folder }, log });
    },
    { log },
  );
}
