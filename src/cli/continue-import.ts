/** `import --continue`: an import of what an earlier one, which has ended early, did not send. */
import { WorkflowFailedError, type WorkflowExecutionDescription } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow';
import { contentVersion } from '../activities/bulk/file-version';
import { isEverything, isNothing } from '../common/continue-import';
import type { RunZendeskBulkInput } from '../common/bulk-types';
import { CliFailure } from './cli-failure';
import type { Temporal } from './connection';
import { CliErrorType } from './exit-codes';
import { endOfFailure, writeImportFiles } from './import-end';
import { filesOfRows } from './import-files';
import { planImport, type ImportPlan, type ImportSettings, type ImportSource } from './import-plan';

export interface Continuation extends ImportPlan {
  taskQueue: string;
}

/**
 * Writes the records that the import did not send into a file of their own, and plans the import of that file, with the same
 * options but for `changes`. Uncertain and failed records are left apart. Throws `CliFailure` (`UsageError`) where there is nothing to
 * continue, or where the records cannot be known for certain.
 */
export async function planContinuation(
  temporal: Temporal,
  workflowId: string,
  changes: Partial<ImportSettings>,
  note: (line: string) => void,
): Promise<Continuation> {
  const description = await temporal.client.workflow.getHandle(workflowId).describe();
  const { source, sink, items: _, ...settings } = await inputOf(temporal, description);
  const { path, skipBadLines, version } = (source?.args ?? {}) as Partial<ImportSource>;
  const files = filesOfRows(String((sink?.args as { path?: unknown } | undefined)?.path));
  if (source?.name !== 'ndjson' || path === undefined || version === undefined || !files) {
    throw refused(`${workflowId} was not started by import, so it cannot be continued by it`);
  }
  if (!description.closeTime)
    throw refused(`${workflowId} is still running: temporal-zendesk-jobs watch ${workflowId}`);

  await expectContent(path, version);
  const remains = await writeRemaining(temporal, { workflowId, input: { source, sink, ...settings }, files });
  if (remains === null) throw refused(`${workflowId} has sent all its records: nothing is left to continue with`);
  const plan = await planImport(remains, { ...settings, ...changes }, { skipBadLines }, note);
  return { ...plan, taskQueue: description.taskQueue };
}

/** The path of the file with the records that were not sent. Null where there are none. */
async function writeRemaining(temporal: Temporal, plan: ImportPlan): Promise<string | null> {
  const { workflowId, files } = plan;
  const failure = await temporal.client.workflow
    .getHandle(workflowId)
    .result()
    .then(
      () => null,
      (error: unknown) => error,
    );
  if (failure === null) return null;
  if (!(failure instanceof WorkflowFailedError)) throw failure;
  const end = await endOfFailure(temporal, workflowId, failure);
  const { remaining } = end;
  if (remaining === null) {
    throw refused(`what ${workflowId} did not send is unknown: no worker answered. Start a worker, and try again`);
  }
  if (isEverything(remaining)) throw refused(`${workflowId} has sent no record: import its file again, with --new`);
  if (isNothing(remaining)) return null;
  const { files: written, changed, notes } = await writeImportFiles(plan, end);
  if (written.unsent === undefined) throw refused(`${workflowId} cannot be continued. ${notes.join('. ')}`);
  if (changed.includes('unsent')) {
    throw refused(
      `${files.unsent} was changed since it was written. Import it as a file of its own, or delete it to continue with the ` +
        'records as they were',
    );
  }
  return written.unsent;
}

/** The first event of a workflow has its input. */
async function inputOf(
  { client, namespace }: Temporal,
  { type, workflowId, runId }: WorkflowExecutionDescription,
): Promise<RunZendeskBulkInput> {
  if (type !== 'runZendeskBulk') throw refused(`${workflowId} is of type ${type}, not an import`);
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace,
    execution: { workflowId, runId },
    maximumPageSize: 1,
  });
  const payloads = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads;
  const [input] = await decodeArrayFromPayloads(client.options.loadedDataConverter, payloads);
  return input as RunZendeskBulkInput;
}

async function expectContent(path: string, version: string): Promise<void> {
  const found = await contentVersion(path).catch((error: Error) => {
    throw refused(`${path} cannot be read: ${error.message}`);
  });
  if (found !== version) {
    throw refused(`${path} has changed since it was imported, so which of its records were not sent is unknown`);
  }
}

function refused(message: string): CliFailure {
  return new CliFailure(CliErrorType.USAGE, message);
}
