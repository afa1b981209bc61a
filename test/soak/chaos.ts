/**
 * Many waits and starts while everything fails in turn: workers are killed, the Temporal server is restarted, Zendesk is down,
 * access tokens expire, every request is answered 429. What the workflows say in the end is held against what Zendesk did.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../dev/seeded-random';
import { FakeZendesk, type FaultOptions } from '../../src/testing';
import { startWorker, type WorkerProcess } from '../support/processes';
import { problemOfStart, problemOfWait, startStarts, startWaits, tally, TASK_QUEUE } from './chaos-workflows';
import { RestartableServer } from './restartable-server';

export interface ChaosOptions {
  waits: number;
  starts: number;
  seed: number;
  /** Seconds in which things go wrong. Jobs of waits end at any time in them. */
  seconds: number;
  log(line: string): void;
}

export interface ChaosReport {
  /** What is not as promised; empty where all is. */
  problems: string[];
  /** How the workflows ended, by the outcome's status or the failure's type. */
  waits: Record<string, number>;
  starts: Record<string, number>;
  kills: number;
  requests: number;
  tokens: number;
  /** From the first workflow's start to the last one's end. */
  seconds: number;
}

const CLIENT = { id: 'chaos', secret: 'chaos-secret-never-to-be-seen' };
const WORKERS = 2;
const JOB_OF_A_START = 3_000;
/** Share of answers that are faulty at any time, beside the outages. */
const FAULTY = 0.02;

export async function chaos(options: ChaosOptions): Promise<ChaosReport> {
  const random = seededRandom(options.seed);
  const folder = await mkdtemp(path.join(tmpdir(), 'chaos-'));
  // Two accounts, since 1,000 jobs that run would leave no slot for one that is to start.
  const auth = { oauthClient: { ...CLIENT, expiresIn: Math.max(10, Math.ceil(options.seconds / 5)) } };
  const waited = await FakeZendesk.start({ auth });
  const started = await FakeZendesk.start({ auth, jobDefaults: { queuedFor: 0, duration: JOB_OF_A_START } });
  const temporal = await RestartableServer.start(options.log);
  const accountsFile = path.join(folder, 'accounts.json');
  await writeFile(accountsFile, JSON.stringify({ waited: accountAt(waited), started: accountAt(started) }));
  const staff = new Staff({
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_TASK_QUEUE: TASK_QUEUE,
    ZENDESK_ACCOUNTS_FILE: accountsFile,
  });
  try {
    for (let i = 0; i < WORKERS; i++) await staff.hire();
    const began = Date.now();
    const waits = await startWaits(temporal.client, waited, options, random);
    const starts = await startStarts(temporal.client, options, random);
    for (const zendesk of [waited, started]) misbehave(zendesk, began, options.seconds * 1000, random);

    let restarted = false;
    let revoked = 0;
    const share = () => (Date.now() - began) / (options.seconds * 1000);
    while (share() < 1) {
      await sleep(((1 + random()) * options.seconds * 1000) / 20);
      await staff.replaceOne(random);
      if (!restarted && share() > 0.5) {
        restarted = true;
        await temporal.restart();
      }
      if (share() > (revoked + 1) / 4) {
        revoked += 1;
        for (const zendesk of [waited, started]) zendesk.revokeTokens();
      }
      options.log(`${Math.round(share() * 100)} %: ${staff.kills} workers killed`);
    }
    for (const zendesk of [waited, started]) zendesk.clearFaults();

    const problems: string[] = [];
    const endsOfWaits = await tally(temporal.client, waits, (end, job) => problemOfWait(end, job), problems);
    const endsOfStarts = await tally(
      temporal.client,
      starts,
      (end, start) => problemOfStart(end, start, started),
      problems,
    );
    return {
      problems,
      waits: endsOfWaits,
      starts: endsOfStarts,
      kills: staff.kills,
      requests: waited.requests.length + started.requests.length,
      tokens: waited.tokenGrants + started.tokenGrants,
      seconds: (Date.now() - began) / 1000,
    };
  } finally {
    await staff.dismiss();
    await temporal.stop();
    await Promise.all([waited.stop(), started.stop()]);
    await rm(folder, { recursive: true, force: true });
  }
}

const accountAt = ({ origin: baseUrl }: FakeZendesk) => ({
  baseUrl,
  oauthClientId: CLIENT.id,
  oauthClientSecret: CLIENT.secret,
});

/** The worker processes. One that is killed is replaced at once. */
class Staff {
  readonly #workers: WorkerProcess[] = [];
  kills = 0;

  constructor(private readonly env: Record<string, string>) {}

  async hire(): Promise<void> {
    this.#workers.push(await startWorker(this.env));
  }

  async replaceOne(random: () => number): Promise<void> {
    const [victim] = this.#workers.splice(Math.floor(random() * this.#workers.length), 1);
    await victim!.stop('SIGKILL');
    this.kills += 1;
    await this.hire();
  }

  async dismiss(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.stop('SIGKILL')));
  }
}

/** Down for a tenth of the time (a minute of ten), 429 for three times a twentieth; between them some faulty answers. */
function misbehave(zendesk: FakeZendesk, began: number, length: number, random: () => number): void {
  const during = (from: number, to: number) => () => {
    const share = (Date.now() - began) / length;
    return share >= from && share < to;
  };
  const inject = (fault: FaultOptions, match: () => boolean) =>
    zendesk.injectFault({ ...fault, times: Infinity, match });
  for (const from of [0.1, 0.4, 0.8]) inject({ kind: 'rate-limit', retryAfter: 2 }, during(from, from + 0.05));
  inject({ kind: 'unavailable' }, during(0.6, 0.65));
  inject({ kind: 'reset' }, during(0.65, 0.7));
  const faults: FaultOptions[] = [
    { kind: 'reset', takesEffect: true },
    { kind: 'html' },
    { kind: 'truncated' },
    { kind: 'slow' },
  ];
  for (const fault of faults) inject(fault, () => random() < FAULTY / faults.length);
}
