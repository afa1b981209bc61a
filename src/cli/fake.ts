import { once } from 'node:events';
import { Option, type Command } from 'commander';
import { FakeZendesk, ManualClock, type FakeZendeskOptions } from '../testing';
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
    .option('--fail-every <n>', 'let every nth record of a job fail', wholeNumber(1, 1_000_000))
    .option('--manual-clock', 'stand still until POST /_fake/clock moves the time')
    .action(runFake);
}

async function runFake(options: FakeOptions): Promise<void> {
  const zendesk = await startFake(options);
  console.log(describeFake(zendesk.origin, options));
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await zendesk.stop();
}

async function startFake({ port, host, jobDuration, failEvery, manualClock }: FakeOptions): Promise<FakeZendesk> {
  const options: FakeZendeskOptions = { port, host, jobDefaults: { duration: jobDuration } };
  if (manualClock) options.clock = new ManualClock();
  if (failEvery) {
    options.onRecord = (_, index) =>
      (index + 1) % failEvery === 0 ? { details: `Record ${index} fails, as every ${failEvery}th does` } : undefined;
  }
  try {
    return await FakeZendesk.start(options);
  } catch (error) {
    throw new CliFailure(CliErrorType.USAGE, `cannot listen on ${host}, port ${port}: ${(error as Error).message}`);
  }
}

function describeFake(origin: string, { manualClock }: FakeOptions): string {
  const moveTime = `
Move its time on:
  curl -s ${origin}/_fake/clock -H 'content-type: application/json' -d '{"advance": 5000}'
`;
  return `Fake Zendesk ready: ${origin}

Point a worker at it:
  export ZENDESK_BASE_URL=${origin}

Start a job, and wait for it:
  curl -s ${origin}/api/v2/users/create_or_update_many -H 'content-type: application/json' \\
    -d '{"users": [{"external_id": "1", "name": "Ann"}, {"external_id": "2", "name": "Bob"}]}'
  temporal-zendesk-jobs await <id>
${manualClock ? moveTime : ''}`;
}
