import type { EphemeralServerExecutable, TestWorkflowEnvironment } from '@temporalio/testing';

/**
 * Lets the SDK download a server, or find the one that it downloaded before, by starting it once (some 0.3 s). Answers
 * undefined where the download is refused; any other trouble is thrown.
 */
export async function downloadedBySdk(
  what: string,
  start: () => Promise<TestWorkflowEnvironment>,
  log: (line: string) => void,
): Promise<EphemeralServerExecutable | undefined> {
  log(`Letting the Temporal SDK fetch ${what}, unless it has it`);
  try {
    await (await start()).teardown();
    return { type: 'cached-download' };
  } catch (error) {
    const { message } = error as Error;
    if (!/failed to download|invalid ephemeral server download/.test(message)) throw error;
    log(`  not to be had: ${message.split(': ').at(-1)}`);
    return undefined;
  }
}
