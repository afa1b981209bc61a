/**
 * Many waits and starts while everything fails in turn: workers are killed, the Temporal server is restarted, Zendesk is down,
 * access tokens expire, every request is answered 429. What the workflows say in the end is held against what Zendesk did.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowFailedError, type Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import pMap from 'p-map';
import { seededRandom } from '../../dev/seeded-random';
import type { ZendeskJobOutcome } from '../../src/common/types';
import { FakeZendesk, type FakeJobOptions, type FaultOptions } from '../../src/testing';
import { startWorker, type WorkerProcess } from '../support/processes';
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
const TASK_QUEUE = 'chaos';
const WORKERS = 2;
const JOB_OF_A_START = 3_000;
/** One start in so many is of an operation that is not safe to repeat. */
const UNSAFE = 2;
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

interface Expected<T> {
  workflowId: string;
  of: T;
}

interface Wait {
  jobId: string;
  failures: number;
  endsAs: 'completed' | 'failed' | 'killed';
}

async function startWaits(
  client: Client,
  zendesk: FakeZendesk,
  { waits, seconds }: ChaosOptions,
  random: () => number,
): Promise<Expected<Wait>[]> {
  const jobs = Array.from({ length: waits }, (_, index): FakeJobOptions & Omit<Wait, 'jobId'> => ({
    duration: Math.ceil(random() * seconds * 1000),
    failures: index % 5,
    endsAs: index % 50 === 7 ? 'failed' : index % 50 === 29 ? 'killed' : 'completed',
  }));
  return await pMap(
    jobs,
    async ({ failures, endsAs, ...job }) => {
      const jobId = zendesk.addJob({
        ...job,
        total: 10,
        failures: endsAs === 'completed' ? failures : undefined,
        endsAs,
      });
      const workflowId = `wait-${jobId}`;
      const args = [{ account: 'waited', jobId, timeout: '1h' }];
      await client.workflow.start('awaitZendeskJob', { workflowId, taskQueue: TASK_QUEUE, args });
      return { workflowId, of: { jobId, failures, endsAs } };
    },
    { concurrency: 20 },
  );
}

interface Start {
  name: string;
  unsafe: boolean;
}

/** At any time while things go wrong. */
async function startStarts(
  client: Client,
  { starts, seconds }: ChaosOptions,
  random: () => number,
): Promise<Expected<Start>[]> {
  return await pMap(
    Array.from({ length: starts }, (_, index) => index),
    async (index) => {
      const name = `Start ${randomUUID()}`;
      const unsafe = index % UNSAFE === 0;
      const input = unsafe
        ? { operation: 'tickets/create_many', items: [{ subject: name }, { subject: `${name}, too` }] }
        : { operation: 'users/create_or_update_many', items: [{ name, email: `user${index}@example.com` }] };
      const workflowId = `start-${index}-${randomUUID()}`;
      const args = [{ account: 'started', ...input }];
      const startDelay = Math.ceil(random() * seconds * 1000);
      await client.workflow.start('runZendeskJob', { workflowId, taskQueue: TASK_QUEUE, args, startDelay });
      return { workflowId, of: { name, unsafe } };
    },
    { concurrency: 20 },
  );
}

type End = { outcome: ZendeskJobOutcome } | { failure: ApplicationFailure } | { error: Error };

/** Counts ends, and adds the problems of those that are not as they should be. */
async function tally<T>(
  client: Client,
  expected: Expected<T>[],
  problemOf: (end: End, of: T) => string | undefined,
  problems: string[],
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  await pMap(
    expected,
    async ({ workflowId, of }) => {
      const end = await endOf(client, workflowId);
      const name = 'outcome' in end ? end.outcome.status : 'failure' in end ? String(end.failure.type) : end.error.name;
      counts[name] = (counts[name] ?? 0) + 1;
      const problem = 'error' in end ? end.error.message : problemOf(end, of);
      if (problem && problems.length < 20) problems.push(`${workflowId}: ${problem}`);
    },
    { concurrency: 20 },
  );
  return counts;
}

async function endOf(client: Client, workflowId: string): Promise<End> {
  try {
    return { outcome: (await client.workflow.getHandle(workflowId).result()) as ZendeskJobOutcome };
  } catch (error) {
    const failed = error instanceof WorkflowFailedError && error.cause instanceof ApplicationFailure;
    return failed ? { failure: error.cause as ApplicationFailure } : { error: error as Error };
  }
}

const EXPECTED_OF_WAITS = { completed: 'completed', failed: 'ZendeskJobFailed', killed: 'ZendeskJobKilled' };

function problemOfWait(end: End, { endsAs, failures }: Wait): string | undefined {
  const found = 'outcome' in end ? end.outcome.status : 'failure' in end && end.failure.type;
  const expected = EXPECTED_OF_WAITS[endsAs];
  if (found !== expected) return `expected ${expected}, got ${found}`;
  if ('outcome' in end && end.outcome.failed !== failures)
    return `${failures} failed, outcome says ${end.outcome.failed}`;
  return undefined;
}

/** A start that is not safe to repeat has made one job, or says that it cannot know. */
function problemOfStart(end: End, { name, unsafe }: Start, zendesk: FakeZendesk): string | undefined {
  const jobs = zendesk.starts.filter(({ records }) =>
    records.some((record) => (record.subject ?? record.name) === name),
  );
  const uncertain = 'failure' in end && end.failure.type === 'ZendeskStartUncertain';
  if (unsafe && jobs.length > 1) return `started ${jobs.length} jobs`;
  if (unsafe && uncertain) return undefined;
  if (!('outcome' in end)) return `expected an outcome, got ${'failure' in end ? end.failure.message : 'an error'}`;
  if (!jobs.some(({ jobId }) => jobId === end.outcome.jobId)) return `waited for the job of somebody else`;
  return end.outcome.failed === 0 ? undefined : `${end.outcome.failed} records failed`;
}
