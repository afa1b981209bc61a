/** What an import has left when its workflow has ended: counts, jobs, and files of records. */
import { existsSync } from 'node:fs';
import type { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { BulkEndedDetails } from '../common/error-details';
import { commandFor, continueCommand, isEverything } from '../common/continue-import';
import type { RemainingRecords, RunZendeskBulkResult, UncertainBatch, ZendeskBulkProgress } from '../common/bulk-types';
import type { Temporal } from './connection';
import { writeRecordsAt, writeRecordsOf, type ImportFiles, type WrittenFile } from './import-files';
import type { ImportPlan, ImportSource } from './import-plan';

/** How long a worker may take to answer the query that a cancelled run needs. */
const QUERY_TIMEOUT = 10_000;

/** What is known of a run that has ended, whether it succeeded or not. */
export interface RunEnd {
  /** Null for a run that reports counts only. */
  result: RunZendeskBulkResult | null;
  /** Null where no worker answered. */
  progress: ZendeskBulkProgress | null;
  remaining: RemainingRecords | null;
  /** Jobs that were not reported when the run ended: they still ran, or their rows could not be written. */
  jobIds: string[];
  sinkProblem?: string;
}

export interface ImportEnd extends RunEnd {
  workflowId: string;
  /** The files that there are. */
  files: Partial<ImportFiles>;
  /** Of these, the ones that somebody has changed since they were written. */
  changed: (keyof ImportFiles)[];
  /** One line for each of them, and for each that cannot be written. */
  notes: string[];
}

const NOTHING: RemainingRecords = { ranges: [], fromIndex: null };

export function endOfResult(result: RunZendeskBulkResult): RunEnd {
  return { result, progress: null, remaining: NOTHING, jobIds: [] };
}

/** A run that was cancelled or terminated says what is left only when it is asked; closed runs answer too. */
export async function endOfFailure(
  { client }: Temporal,
  workflowId: string,
  { cause }: WorkflowFailedError,
): Promise<RunEnd> {
  const details = cause instanceof ApplicationFailure ? (cause.details?.[0] as Partial<BulkEndedDetails>) : undefined;
  if (details?.remaining && details.result) {
    const { result, remaining, jobIds = [], sinkProblem } = details;
    return { result, progress: null, remaining, jobIds, sinkProblem };
  }
  const query = () => client.workflow.getHandle(workflowId).query<ZendeskBulkProgress>('progress');
  const progress = await client.withDeadline(Date.now() + QUERY_TIMEOUT, query).catch(() => null);
  return { result: null, progress, remaining: progress?.remaining ?? null, jobIds: progress?.jobIds ?? [] };
}

/** Writes the files of records that are not there yet. Files that exist stay as they are. */
export async function writeImportFiles({ workflowId, input, files }: ImportPlan, end: RunEnd): Promise<ImportEnd> {
  const source = input.source!.args as ImportSource;
  const notes: string[] = [];
  const written: Partial<ImportFiles> = {};
  const changed: ImportEnd['changed'] = [];
  const write = async (kind: 'failed' | 'unsent' | 'uncertain', writing: () => Promise<WrittenFile | undefined>) => {
    try {
      const found = await writing();
      if (!found) return;
      written[kind] = found.file;
      if (found.differs) changed.push(kind);
      notes.push(noteOf(kind, found, workflowId));
    } catch (error) {
      notes.push(`${TITLES[kind]}: they cannot be written to ${files[kind]}: ${(error as Error).message}`);
    }
  };
  const { failed, uncertain } = countsOf(end);
  const hasRows = existsSync(files.rows);
  const { result, remaining: unsent } = end;
  // The result has the records of a run whose sink could not be written, as many as fit.
  const writeThem = (kind: 'failed' | 'uncertain', indexes: number[]) =>
    hasRows || !result
      ? writeRecordsOf(files, kind, files[kind])
      : writeRecordsAt(source.path, { ranges: rangesOf(indexes), fromIndex: null }, files[kind]);
  if (failed > 0) await write('failed', () => writeThem('failed', result?.failures.map(({ index }) => index) ?? []));
  if (unsent && !isEverything(unsent)) await write('unsent', () => writeRecordsAt(source.path, unsent, files.unsent));
  if (uncertain > 0) await write('uncertain', () => writeThem('uncertain', uncertainIndexes(result)));
  if (hasRows && failed + uncertain > 0) {
    written.rows = files.rows;
    notes.push(`Why they failed, or are uncertain: ${files.rows}`);
  }
  if (!hasRows && result && result.failuresOmitted + result.uncertainOmitted > 0) {
    const { failuresOmitted, uncertainOmitted } = result;
    notes.push(
      `Not in these files: ${failuresOmitted} failed records, and the records of ${uncertainOmitted} uncertain batches`,
    );
  }
  if (end.sinkProblem !== undefined) {
    notes.push(
      `The worker could not write ${files.rows}: ${end.sinkProblem}. Rows that it did write may be in ${files.rows}.parts-*`,
    );
  }
  if (end.jobIds.length > 0) {
    const why = 'they may still run, or their rows could not be written';
    notes.push(`Jobs that were not reported when it ended (${why}): ${end.jobIds.join(', ')}`);
  }
  return { ...end, workflowId, files: written, changed, notes };
}

function uncertainIndexes(result: RunZendeskBulkResult | null): number[] {
  const positions = ({ firstIndex, count, indexes }: UncertainBatch) =>
    indexes ?? Array.from({ length: count }, (_, i) => firstIndex + i);
  return result?.uncertain.flatMap(positions) ?? [];
}

function rangesOf(indexes: number[]): RemainingRecords['ranges'] {
  return indexes.toSorted((a, b) => a - b).map((index) => [index, index]);
}

/** Zero where nothing is known. */
export function countsOf({ result, progress }: RunEnd): { succeeded: number; failed: number; uncertain: number } {
  if (result) return { succeeded: result.succeeded, failed: result.failed, uncertain: result.uncertainRecords };
  return { succeeded: progress?.succeeded ?? 0, failed: progress?.failed ?? 0, uncertain: progress?.uncertain ?? 0 };
}

const TITLES = { failed: 'Failed records', unsent: 'Records that were not sent', uncertain: 'Uncertain records' };

function noteOf(kind: keyof typeof TITLES, { file, records, differs }: WrittenFile, workflowId: string): string {
  const what = {
    failed: `correct them, then send them with: ${commandFor('import --retry-failed', workflowId)}`,
    unsent: `send them with: ${continueCommand(workflowId)}`,
    uncertain: 'check them in Zendesk before you import this file',
  };
  const kept = differs ? ' (the file was changed since it was written, and stays as it is)' : '';
  return `${TITLES[kind]}: ${records} in ${file}${kept}; ${what[kind]}`;
}
