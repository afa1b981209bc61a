/** `import --continue` and `import --retry-failed`: an import of what an earlier one did not send, or of what failed in it. */
import { WorkflowFailedError } from '@temporalio/client';
import { contentVersion } from '../activities/bulk/file-version';
import { commandFor, isEverything, isNothing } from '../common/continue-import';
import type { RunZendeskBulkInput } from '../common/bulk-types';
import { CliFailure } from './cli-failure';
import type { Temporal } from './connection';
import { inputOf } from './workflow-input';
import { CliErrorType } from './exit-codes';
import { endOfFailure, writeImportFiles } from './import-end';
import { filesOfRows, writeRecordsOf } from './import-files';
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
  const earlier = await earlierImport(temporal, workflowId);
  const { path, skipBadLines, version } = earlier.input.source!.args as ImportSource;
  await expectContent(path, version);
  const remains = await writeRemaining(temporal, earlier);
  if (remains === null) throw refused(`${workflowId} has sent all its records: nothing is left to continue with`);
  const plan = await planImport(remains, { ...settingsOf(earlier), ...changes }, { skipBadLines }, note);
  return { ...plan, taskQueue: earlier.taskQueue };
}

/**
 * Plans the import of the file of failed records that the import has left, as it is now: somebody may have corrected it. It is
 * written if it is not there. `anew`: again, though it was imported before. Throws as `planContinuation` does.
 */
export async function planRetry(
  temporal: Temporal,
  workflowId: string,
  changes: Partial<ImportSettings>,
  options: { skipBadLines?: boolean; anew?: boolean },
  note: (line: string) => void,
): Promise<Continuation> {
  const earlier = await earlierImport(temporal, workflowId);
  const { files } = earlier;
  const found = await writeRecordsOf(files, 'failed', files.failed).catch((error: Error) => {
    throw refused(`the failed records of ${workflowId} cannot be read from ${files.rows}: ${error.message}`);
  });
  if (!found) throw refused(`no record of ${workflowId} has failed: nothing is left to send again`);
  note(`Failed records: ${found.file}${found.differs ? ' (as it was changed since it was written)' : ''}`);
  const plan = await planImport(found.file, { ...settingsOf(earlier), ...changes }, options, note);
  return { ...plan, taskQueue: earlier.taskQueue };
}

/** An import that has ended. Throws `CliFailure` (`UsageError`) for anything else. */
async function earlierImport(temporal: Temporal, workflowId: string): Promise<ImportPlan & { taskQueue: string }> {
  const description = await temporal.client.workflow.getHandle(workflowId).describe();
  const { type, taskQueue, closeTime } = description;
  if (type !== 'runZendeskBulk') throw refused(`${workflowId} is of type ${type}, not an import`);
  const input = await inputOf<RunZendeskBulkInput>(temporal, description);
  const { path, version } = (input.source?.args ?? {}) as Partial<ImportSource>;
  const files = filesOfRows(String((input.sink?.args as { path?: unknown } | undefined)?.path));
  if (input.source?.name !== 'ndjson' || path === undefined || version === undefined || !files) {
    throw refused(`${workflowId} was not started by import, so it cannot be continued by it`);
  }
  if (!closeTime) throw refused(`${workflowId} is still running: ${commandFor('watch', workflowId)}`);
  return { workflowId, input, files, taskQueue };
}

function settingsOf({ input }: ImportPlan): ImportSettings {
  const { source: _source, sink: _sink, items: _items, ...settings } = input;
  return settings;
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
