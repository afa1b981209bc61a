import { TestWorkflowEnvironment } from '@temporalio/testing';
import { resolveTimeSkippingServer } from './temporal-executables';

/**
 * A server for tests of long waits: it skips to the next timer, retry or timeout while a workflow's `result()` is awaited.
 * Its clock then runs ahead of the process's. Tear it down when done. Throws when there is none to be had, and says how to
 * get one.
 */
export async function startTimeSkippingEnvironment(
  log: (line: string) => void = console.log,
): Promise<TestWorkflowEnvironment> {
  const executable = await resolveTimeSkippingServer(log);
  return await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
}
