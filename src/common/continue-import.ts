/** How the records are sent that an import which ended early has left. Pure: the workflow names the command too. */
import type { RemainingRecords } from './bulk-types';

export function continueCommand(workflowId: string): string {
  return commandFor('import --continue', workflowId);
}

/** Whether no record was sent at all: the source itself is what is left. */
export function isEverything({ ranges, fromIndex }: RemainingRecords): boolean {
  return fromIndex === 0 && ranges.length === 0;
}

export function isNothing({ ranges, fromIndex }: RemainingRecords): boolean {
  return fromIndex === null && ranges.length === 0;
}

/** A command line of this package about one workflow, as in `watch <id>`. */
export function commandFor(command: string, workflowId: string): string {
  return `temporal-zendesk-jobs ${command} ${shellWord(workflowId)}`;
}

/** One word of a POSIX shell: quoted where it has to be. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
