/** How the records are sent that an import which ended early has left. Pure: the workflow names the command too. */
import type { RemainingRecords } from './bulk-types';

export function continueCommand(workflowId: string): string {
  return `temporal-zendesk-jobs import --continue ${shellWord(workflowId)}`;
}

/** Whether no record was sent at all: the source itself is what is left. */
export function isEverything({ ranges, fromIndex }: RemainingRecords): boolean {
  return fromIndex === 0 && ranges.length === 0;
}

export function isNothing({ ranges, fromIndex }: RemainingRecords): boolean {
  return fromIndex === null && ranges.length === 0;
}

/** One word of a POSIX shell: quoted where it has to be. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
