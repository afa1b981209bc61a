/** The checks of `check`: Temporal, the workers, each Zendesk account. */
import { ZendeskAccounts } from '../activities';
import { toFailure } from '../activities/failures';
import { formatDuration } from '../common/duration';
import { ZendeskErrorType } from '../common/error-types';
import type { ZendeskAccount } from '../zendesk/account';
import { proxyFor } from '../zendesk/proxy';
import { configuredAccounts } from './accounts';
import { failureOf } from './cli-failure';
import { withTemporal, type Temporal } from './connection';
import { CliErrorType, exitCodeOf } from './exit-codes';
import { pollersOf } from './pollers';

export interface Finding {
  /** What was checked. */
  subject: string;
  ok: boolean;
  summary: string;
  /** What to do about a problem, where the summary does not say so. */
  advice?: string;
  /** What `check` exits with if this is the first problem; 0 for none. */
  exitCode: number;
  /** The figures behind the summary. */
  details: object;
}

/** Does not throw: what goes wrong is a finding. */
export async function runChecks(taskQueue: string): Promise<Finding[]> {
  const [temporal, zendesk] = await Promise.all([checkTemporal(taskQueue), checkAccounts()]);
  return [...temporal, ...zendesk];
}

async function checkTemporal(taskQueue: string): Promise<Finding[]> {
  const found: Finding[] = [];
  try {
    await withTemporal(async (temporal) => {
      found.push(await checkServer(temporal));
      found.push(await checkTaskQueue(temporal, taskQueue));
    });
  } catch (error) {
    found.push(problem(found.length === 0 ? 'Temporal' : `Task queue ${taskQueue}`, error));
  }
  return found;
}

async function checkServer({ client, address, namespace }: Temporal): Promise<Finding> {
  await client.workflowService.describeNamespace({ namespace });
  const { serverVersion } = await client.workflowService.getSystemInfo({});
  const summary = `${address}, namespace ${namespace}, server ${serverVersion || 'of unknown version'}`;
  return fine('Temporal', summary, { address, namespace, serverVersion });
}

async function checkTaskQueue(temporal: Temporal, taskQueue: string): Promise<Finding> {
  const { workflows, activities } = await pollersOf(temporal, taskQueue);
  const subject = `Task queue ${taskQueue}`;
  const workers = new Map([...workflows, ...activities].map((poller) => [poller.identity, poller]));
  const details = { taskQueue, workers: [...workers.values()] };
  const missing = [...(workflows.length ? [] : ['workflows']), ...(activities.length ? [] : ['activities'])];
  if (missing.length > 0) {
    return {
      subject,
      ok: false,
      summary: `no worker polls it for ${missing.join(' or ')}`,
      advice: 'start one: temporal-zendesk-jobs worker (TEMPORAL_TASK_QUEUE names its queue)',
      exitCode: exitCodeOf({ type: CliErrorType.NO_WORKER }),
      details,
    };
  }
  const last = Math.max(...details.workers.map(({ lastAccess }) => lastAccess.getTime()));
  const ago = formatDuration(Math.max(0, Math.round((Date.now() - last) / 1000) * 1000));
  return fine(subject, `${workers.size} ${workers.size === 1 ? 'worker' : 'workers'}, last seen ${ago} ago`, details);
}

async function checkAccounts(): Promise<Finding[]> {
  try {
    const configured = configuredAccounts();
    const accounts = new ZendeskAccounts(configured);
    try {
      return await Promise.all(configured.map((account) => checkAccount(account, accounts)));
    } finally {
      accounts.close();
    }
  } catch (error) {
    return [problem('Zendesk accounts', error)];
  }
}

/** Reads the list's first job: the cheapest request that needs the rights of all the others. */
async function checkAccount({ name, origin }: ZendeskAccount, accounts: ZendeskAccounts): Promise<Finding> {
  const subject = `Account ${name}`;
  const { client } = accounts.connect(name);
  const startedAt = performance.now();
  try {
    await client.list({ pageSize: 1 });
  } catch (error) {
    return problem(subject, toFailure(error, name));
  }
  const milliseconds = Math.round(performance.now() - startedAt);
  const { rateLimit } = client;
  const left = rateLimit ? `, ${rateLimit.remaining} of ${rateLimit.limit} requests a minute left` : '';
  const proxy = proxyFor(origin);
  const through = proxy ? ` through the proxy ${proxy.host} of HTTPS_PROXY` : '';
  const summary = `${origin} answered${through} in ${formatDuration(milliseconds)}${left}`;
  return fine(subject, summary, {
    account: name,
    origin,
    milliseconds,
    proxy: proxy?.host ?? null,
    rateLimit: rateLimit ?? null,
  });
}

function fine(subject: string, summary: string, details: object): Finding {
  return { subject, ok: true, summary, exitCode: 0, details };
}

function problem(subject: string, error: unknown): Finding {
  const { type, message, details } = failureOf(error);
  const finding = { subject, ok: false, summary: message, exitCode: exitCodeOf({ type }) || 1 };
  return { ...finding, advice: ADVICE[type], details: { type, ...(details as object) } };
}

const ADVICE: Record<string, string> = {
  [ZendeskErrorType.AUTHENTICATION_FAILED]: "check the account's credentials, and that they have not been revoked",
  [ZendeskErrorType.REQUEST_REJECTED]:
    'check the subdomain or base URL, and that the credentials are those of an agent',
  [ZendeskErrorType.RATE_LIMITED]: "try again in a minute; something else may be using up the account's limit",
  [ZendeskErrorType.UNAVAILABLE]:
    'check the network, a proxy on the way (HTTPS_PROXY, NO_PROXY) and https://status.zendesk.com, then try again',
};
