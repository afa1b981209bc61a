import { once } from 'node:events';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { FakeZendesk, ManualClock, type FakeZendeskOptions } from '../testing';
import { readFault } from '../testing/control-api';
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
  failKey?: string[];
  fault?: FaultOptions[];
  maxUrl?: number;
  maxBody?: number;
  oauthClient?: [id: string, secret: string];
  oauthToken?: string;
  apiToken?: [email: string, token: string];
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
    .option('--fail-key <key>', 'let records with this id, external id, e-mail or name fail; repeatable', collect)
    .option('--fault <json>', 'inject a fault, as POST /_fake/faults does; repeatable', collectFaults)
    .option('--max-url <bytes>', 'refuse longer URLs with 414, as a proxy does', wholeNumber(1, 1_000_000_000))
    .option('--max-body <bytes>', 'refuse longer bodies with 413, as a proxy does', wholeNumber(1, 1_000_000_000))
    .option('--oauth-client <id:secret>', 'ask for tokens of this OAuth client (default: no credentials)', pair)
    .option('--oauth-token <token>', 'ask for this OAuth token')
    .option('--api-token <email:token>', 'ask for this API token', pair)
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

function pair(text: string): [string, string] {
  const [, first, second] = /^([^:]+):(.+)$/.exec(text) ?? [];
  if (first === undefined || second === undefined) throw new InvalidArgumentError('Expected two values, as in a:b.');
  return [first, second];
}

async function runFake(options: FakeOptions): Promise<void> {
  const zendesk = await startFake(options);
  console.log(describeFake(zendesk.origin, options));
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await zendesk.stop();
}

async function startFake(given: FakeOptions): Promise<FakeZendesk> {
  const { port, host, jobDuration, failEvery, failKey, fault = [], maxUrl, maxBody, manualClock } = given;
  const options: FakeZendeskOptions = {
    port,
    host,
    jobDefaults: { duration: jobDuration },
    failures: { every: failEvery, keys: failKey },
    requestLimits: { urlBytes: maxUrl, bodyBytes: maxBody },
    auth: authOf(given),
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

/** Undefined where no credentials are asked for. */
function authOf({ oauthClient, oauthToken, apiToken }: FakeOptions): FakeZendeskOptions['auth'] {
  if (!oauthClient && oauthToken === undefined && !apiToken) return undefined;
  return {
    ...(oauthClient && { oauthClient: { id: oauthClient[0], secret: oauthClient[1] } }),
    ...(oauthToken !== undefined && { oauthTokens: [oauthToken] }),
    ...(apiToken && { apiToken: { email: apiToken[0], token: apiToken[1] } }),
  };
}

function describeFake(origin: string, options: FakeOptions): string {
  const needsCredentials = authOf(options) !== undefined;
  const moveTime = `
Move its time on:
  curl -s ${origin}/_fake/clock -H 'content-type: application/json' -d '{"advance": 5000}'
`;
  return `Fake Zendesk ready: ${origin}

Point a worker at it${needsCredentials ? ', with the credentials that you gave' : ''}:
  export ZENDESK_BASE_URL=${origin}

Start a job, and wait for it:
  curl -s ${origin}/api/v2/users/create_or_update_many -H 'content-type: application/json' \\
    ${needsCredentials ? "-H 'authorization: ...' " : ''}-d '{"users": [{"external_id": "1", "name": "Ann"}, {"external_id": "2", "name": "Bob"}]}'
  temporal-zendesk-jobs await <id>
${options.manualClock ? moveTime : ''}`;
}
