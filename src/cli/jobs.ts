import type { Command } from 'commander';
import { ZendeskAccounts } from '../activities';
import { toFailure } from '../activities/failures';
import { DEFAULT_ACCOUNT } from '../common/inputs';
import { checkListJobStatuses } from '../common/read-inputs';
import type { JobStatus } from '../common/types';
import type { ZendeskClient } from '../zendesk/client';
import { configuredAccounts } from './accounts';
import { jsonOption, wholeNumber } from './options';
import { foldLine, table } from './text';

const PAGE = 100;

interface JobsOptions {
  account: string;
  limit: number;
  json?: boolean;
}

export function addJobsCommand(program: Command): void {
  program
    .command('jobs')
    .description("list an account's recent jobs, newest first, straight from Zendesk (no Temporal needed)")
    .option('--account <name>', 'account, of those that ZENDESK_* variables configure', DEFAULT_ACCOUNT)
    .option('--limit <n>', 'most jobs to list', wholeNumber(1, 1000), 20)
    .addOption(jsonOption())
    .action(jobs);
}

async function jobs({ account, limit, json = false }: JobsOptions): Promise<void> {
  const accounts = new ZendeskAccounts(configuredAccounts());
  try {
    checkListJobStatuses({ account });
    const found = await listUpTo(limit, accounts.connect(account).client);
    console.log(json ? JSON.stringify(found, null, 2) : describeJobs(found, account));
  } catch (error) {
    throw toFailure(error, account);
  } finally {
    accounts.close();
  }
}

async function listUpTo(limit: number, client: ZendeskClient): Promise<JobStatus[]> {
  const found: JobStatus[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.list({ pageSize: Math.min(PAGE, limit - found.length), cursor });
    found.push(...page.jobStatuses);
    cursor = page.next ?? undefined;
  } while (cursor && found.length < limit);
  return found.slice(0, limit);
}

export function describeJobs(found: JobStatus[], account: string): string {
  if (found.length === 0) return `Account ${account} has no recent jobs. Zendesk keeps them for about a day`;
  const rows = found.map(({ id, job_type, status, progress, total, message }) => [
    id,
    foldLine(job_type ?? '', 40),
    foldLine(status, 20),
    progress === null && total === null ? '' : `${progress ?? 0}/${total ?? '?'}`,
    foldLine(message ?? '', 60),
  ]);
  return table(['id', 'type', 'status', 'progress', 'message'], rows);
}
