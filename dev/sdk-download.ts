import type { EphemeralServerExecutable, TestWorkflowEnvironment } from '@temporalio/testing';

/**
 * Lets the SDK download a server, or find the one that it downloaded before, by starting it once (some 0.3 s). Returns
 * undefined where the download is refused; any other error is thrown.
 */
export async function downloadedBySdk(
  what: string,
  start: () => Promise<TestWorkflowEnvironment>,
  log: (line: string) => void,
): Promise<EphemeralServerExecutable | undefined> {
  log(`Letting the Temporal SDK download ${what}, unless it is there`);
  try {
    await (await start()).teardown();
    return { type: 'cached-download' };
  } catch (error) {
    const { message } = error as Error;
    if (!/failed to download|invalid ephemeral server download/.test(message)) throw error;
    log(`  the download failed: ${message.split(': ').at(-1)}`);
    return undefined;
  }
}
