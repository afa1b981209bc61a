import { once } from 'node:events';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { FakeZendesk, ManualClock, type FakeZendeskOptions } from '../testing';
import { readFault } from '../testing/control-api';
import { accountsFromEnv } from '../zendesk/accounts';
import { checkFault, type FaultOptions } from '../testing/faults';
import { CliFailure } from './cli-failure';
import { CliErrorType } from './exit-codes';
import { duration, wholeNumber } from './options';

const DAY = 24 * 3600 * 1000;

interface FakeOptions {
  port: number;
  host: string;
  manualClock?: boolean;
  jobDuration: number;
  failEvery?: number;
  failRecord?: string[];
  fault?: FaultOptions[];
  maxUrl?: number;
  maxBody?: number;
  auth?: boolean;
}

export function addFakeCommand(program: Command): void {
  program
    .command('fake')
    .description('run a fake Zendesk until SIGINT or SIGTERM, to try things out')
    .option('--port <port>', 'port to listen on; 0 takes any free one', wholeNumber(0, 65_535), 8080)
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .addOption(
      new Option('--job-duration <duration>', 'how long a job works')
        .argParser(duration(0, DAY))
        .default(10_000, '10s'),
    )
    .option('--fail-every <n>', 'let every nth record fail, counted over all jobs', wholeNumber(1, 1_000_000))
    .option('--fail-record <id>', 'let records with this id, external id, e-mail or name fail; repeatable', collect)
    .option('--fault <json>', 'inject a fault, as POST /_fake/faults does; repeatable', collectFaults)
    .option('--max-url <bytes>', 'refuse longer URLs with 414, as a proxy does', wholeNumber(1, 1_000_000_000))
    .option('--max-body <bytes>', 'refuse longer bodies with 413, as a proxy does', wholeNumber(1, 1_000_000_000))
    .option('--auth', "ask for the credentials that the worker's variables name (ZENDESK_OAUTH_TOKEN, ...)")
    .option('--manual-clock', 'stand still until POST /_fake/clock moves the time')
    .action(runFake);
}

function collect(value: string, values: string[] = []): string[] {
  return [...values, value];
}

function collectFaults(text: string, faults: FaultOptions[] = []): FaultOptions[] {
  try {
    const fault = readFault(JSON.parse(text) as Record<string, unknown>);
    checkFault(fault);
    return [...faults, fault];
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

async function runFake(options: FakeOptions): Promise<void> {
  const zendesk = await startFake(options);
  console.log(describeFake(zendesk.origin, options));
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await zendesk.stop();
}

async function startFake(given: FakeOptions): Promise<FakeZendesk> {
  const { port, host, jobDuration, failEvery, failRecord, fault = [], maxUrl, maxBody, manualClock } = given;
  const options: FakeZendeskOptions = {
    port,
    host,
    jobDefaults: { duration: jobDuration },
    failures: { every: failEvery, keys: failRecord },
    requestLimits: { urlBytes: maxUrl, bodyBytes: maxBody },
    auth: given.auth ? authFromEnv() : undefined,
  };
  if (manualClock) options.clock = new ManualClock();
  try {
    const zendesk = await FakeZendesk.start(options);
    for (const one of fault) zendesk.injectFault(one);
    return zendesk;
  } catch (error) {
    throw new CliFailure(CliErrorType.USAGE, `cannot listen on ${host}, port ${port}: ${(error as Error).message}`);
  }
}

/**
 * By the variables that the worker reads, and checked as there: every process of the machine can see the options of a command. Throws
 * `ZendeskConfigurationError`.
 */
function authFromEnv(): FakeZendeskOptions['auth'] {
  const env = { ...process.env, ZENDESK_BASE_URL: '', ZENDESK_SUBDOMAIN: 'fake' };
  const credentials = accountsFromEnv(env)[0]?.credentials;
  if (!credentials) return undefined;
  if ('oauthClientId' in credentials) {
    return { oauthClient: { id: credentials.oauthClientId, secret: credentials.oauthClientSecret } };
  }
  if ('oauthToken' in credentials) return { oauthTokens: [credentials.oauthToken] };
  return { apiToken: { email: credentials.email, token: credentials.apiToken } };
}

function describeFake(origin: string, { auth = false, manualClock }: FakeOptions): string {
  const moveTime = `
Move its time on:
  curl -s ${origin}/_fake/clock -H 'content-type: application/json' -d '{"advance": 5000}'
`;
  return `Fake Zendesk ready: ${origin}

Point a worker at it${auth ? ', with the same credentials' : ''}:
  export ZENDESK_BASE_URL=${origin}

Start a job, and wait for it:
  curl -s ${origin}/api/v2/users/create_or_update_many -H 'content-type: application/json' \\
    ${auth ? "-H 'authorization: ...' " : ''}-d '{"users": [{"external_id": "1", "name": "Ann"}, {"external_id": "2", "name": "Bob"}]}'
  temporal-zendesk-jobs await <id>
${manualClock ? moveTime : ''}`;
}
