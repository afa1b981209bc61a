/** Where the time-skipping test server comes from: the SDK's native build of it, or the Java original. */
import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { TestWorkflowEnvironment, type EphemeralServerExecutable } from '@temporalio/testing';
import { buildOnce, builtBefore, isExecutable, which } from './build-once';
import { resolveExecutable } from './resolve-executable';
import { runCommand } from './run-command';
import { downloadedBySdk } from './sdk-download';

const VERSION = '1.31.0';
const BUILT = `temporal-test-server-${VERSION}`;
const SCRIPT = 'temporal-test-server';

const ADVICE = `There is no time-skipping Temporal test server to use. Any of these gives one:
  - set TEMPORAL_TEST_SERVER_PATH to a temporal-test-server (https://github.com/temporalio/sdk-java/releases)
  - let it be fetched: allow the SDK's download from temporal.download, or install Java and Maven`;

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>temporal-zendesk-jobs</groupId>
  <artifactId>test-server</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>io.temporal</groupId>
      <artifactId>temporal-test-server</artifactId>
      <version>${VERSION}</version>
    </dependency>
  </dependencies>
</project>
`;

/** Stands in for the native executable: the SDK starts it with the port as its argument. */
const START_JAVA = `#!/bin/sh
exec java -cp "$(dirname "$0")/lib/*" io.temporal.testserver.TestServer "$@"
`;

/** `TEMPORAL_TEST_SERVER_PATH`, one fetched with Maven before, the SDK's download, or one fetched with Maven. */
export function resolveTimeSkippingExecutable(log: (line: string) => void): Promise<EphemeralServerExecutable> {
  const inFolder = (folder: string | undefined) => folder && path.join(folder, SCRIPT);
  return resolveExecutable({
    variable: 'TEMPORAL_TEST_SERVER_PATH',
    named: process.env['TEMPORAL_TEST_SERVER_PATH'],
    isExecutable,
    onPath: () => which('temporal-test-server'),
    builtBefore: async () => inFolder(await builtBefore(BUILT)),
    downloaded: () =>
      downloadedBySdk('the time-skipping test server', () => TestWorkflowEnvironment.createTimeSkipping(), log),
    built: async () =>
      (await which('mvn')) && (await which('java')) ? inFolder(await fetchWithMaven(log)) : undefined,
    advice: ADVICE,
  });
}

function fetchWithMaven(log: (line: string) => void): Promise<string> {
  return buildOnce(
    BUILT,
    async (folder) => {
      log(`Fetching the time-skipping test server with Maven, this once (io.temporal:temporal-test-server:${VERSION})`);
      await writeFile(path.join(folder, 'pom.xml'), POM);
      const args = ['--batch-mode', '--quiet', 'dependency:copy-dependencies', '-DoutputDirectory=lib'];
      await runCommand('mvn', [...args, '-DincludeScope=runtime'], { cwd: folder, log });
      await writeFile(path.join(folder, SCRIPT), START_JAVA);
      await chmod(path.join(folder, SCRIPT), 0o755);
    },
    { log },
  );
}
