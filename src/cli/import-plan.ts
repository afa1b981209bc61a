/** What an import is: the input of its workflow, and an id that is the same for the same file and operation. */
import { createHash, randomUUID } from 'node:crypto';
import path from 'node:path';
import { contentVersion } from '../activities/bulk/file-version';
import { checkNdjson } from '../activities/bulk/ndjson-lines';
import { checkRunZendeskBulk } from '../common/bulk-input';
import type { RunZendeskBulkInput } from '../common/bulk-types';
import { DEFAULT_ACCOUNT } from '../common/inputs';
import { CliFailure } from './cli-failure';
import { CliErrorType } from './exit-codes';
import { importFiles, type ImportFiles } from './import-files';
import { refuseBadInput } from './start';

export interface ImportPlan {
  workflowId: string;
  input: RunZendeskBulkInput;
  files: ImportFiles;
}

/** Arguments of the source of an import. */
export interface ImportSource {
  path: string;
  skipBadLines: boolean;
  /** Of the content: the worker refuses another one, and the import is never continued from it. */
  version: string;
}

/** The input of an import without source and sink. */
export type ImportSettings = Omit<RunZendeskBulkInput, 'items' | 'source' | 'sink'>;

export interface FileOptions {
  skipBadLines?: boolean;
  /** Another import, though the same file was imported before. */
  anew?: boolean;
}

/**
 * Throws `CliFailure` (`UsageError`) for a file that cannot be read or has bad lines, and `ZendeskInputInvalid`. `note` gets what the
 * user should know of bad lines that are left out.
 */
export async function planImport(
  name: string,
  settings: ImportSettings,
  { skipBadLines = false, anew = false }: FileOptions,
  note: (line: string) => void,
): Promise<ImportPlan> {
  const file = path.resolve(name);
  const { digest, version } = await checkFile(file, name, skipBadLines, note);
  const { operation, account = DEFAULT_ACCOUNT } = settings;
  const tag = createHash('sha256')
    .update([file, account, operation, digest, anew ? randomUUID() : ''].join('\n'))
    .digest('hex')
    .slice(0, 12);
  const files = importFiles(file, operation, tag);
  const source: ImportSource = { path: file, skipBadLines, version };
  const input: RunZendeskBulkInput = {
    ...settings,
    source: { name: 'ndjson', args: source },
    sink: { name: 'ndjson', args: { path: files.rows, rows: 'failed' } },
  };
  refuseBadInput(checkRunZendeskBulk, input);
  return { workflowId: `zendesk-import/${account}/${operation}/${path.basename(file)}-${tag}`, input, files };
}

async function checkFile(file: string, name: string, skipBadLines: boolean, note: (line: string) => void) {
  const read = async () => ({ ...(await checkNdjson(file)), version: await contentVersion(file) });
  const { records, bad, badLines, digest, version } = await read().catch((error: Error) => {
    throw new CliFailure(CliErrorType.USAGE, `${name} cannot be read: ${error.message}`, { file: name });
  });
  const first = bad.map(({ line, problem }) => `line ${line}: ${problem}`).join('; ');
  const more = badLines > bad.length ? `; and ${badLines - bad.length} more` : '';
  const list = `${name} has ${badLines} bad ${badLines === 1 ? 'line' : 'lines'}: ${first}${more}`;
  if (badLines > 0 && skipBadLines) note(`${list}. Left out`);
  if (badLines > 0 && !skipBadLines) {
    throw new CliFailure(CliErrorType.USAGE, `${list}. Correct them, or leave them out with --skip-bad-lines`, { bad });
  }
  if (records === 0) throw new CliFailure(CliErrorType.USAGE, `${name} has no records`, { file: name });
  return { digest, version };
}
