/**
 * A bulk run of an operation that is not safe to repeat, through all that goes wrong at once: failing records, faulty answers,
 * workers that are killed, a Temporal server that restarts. What Zendesk has is held against the result and against the sink.
 */
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../dev/seeded-random';
import type { BulkRow } from '../../src/common/bulk';
import type { RunZendeskBulkResult } from '../../src/common/bulk-types';
import { FakeZendesk, type FakeRequest, type FaultOptions } from '../../src/testing';
import { Workers } from '../support/processes';
import { RestartableServer } from './restartable-server';

export interface SoakOptions {
  records: number;
  seed: number;
  /** Share of Zendesk's answers that are faulty. */
  faulty: number;
  /** Milliseconds between two kills, and how many there are at most. */
  killEvery: number;
  kills: number;
  /** Jobs that Zendesk forgets while they run. Their records are uncertain. */
  vanishing: number;
  /** Restart the Temporal server once, half-way. */
  restartServer: boolean;
  log(line: string): void;
}

export interface SoakReport {
  result: RunZendeskBulkResult;
  /** What is not as promised; empty where all is. */
  problems: string[];
  kills: number;
  vanished: number;
  seconds: number;
  starts: number;
  refusedStarts: number;
  faultyAnswers: number;
}

const JOB_DURATION = 2_000;
const FAULTS: FaultOptions[] = [
  { kind: 'reset' },
  { kind: 'reset', takesEffect: true },
  { kind: 'html' },
  { kind: 'unavailable', retryAfter: 1 },
  { kind: 'truncated' },
  { kind: 'rate-limit', retryAfter: 1 },
  { kind: 'slow', delay: 500 },
];

/** What becomes of a ticket: 1 % fail for good, 1 % meet a conflict that passes at the second try. */
const kindOf = (index: number) => (index % 100 === 17 ? 'wrong' : index % 100 === 58 ? 'busy' : 'fine');

export async function soakBulk({
  records,
  seed,
  faulty,
  killEvery,
  kills,
  vanishing,
  restartServer,
  log,
}: SoakOptions): Promise<SoakReport> {
  const random = seededRandom(seed);
  const folder = await mkdtemp(path.join(tmpdir(), 'bulk-soak-'));
  const workers = new Workers();
  const tickets = new Tickets(records);
  const zendesk = await FakeZendesk.start({
    jobDefaults: { queuedFor: 0, duration: JOB_DURATION },
    onRecord: ({ subject }) => tickets.receive(Number(String(subject).split(' ')[1])),
  });
  let faultyAnswers = 0;
  for (const fault of FAULTS) {
    const match = ({ path }: FakeRequest) => {
      const hit = path.startsWith('/api/v2/') && random() < faulty / FAULTS.length;
      if (hit) faultyAnswers += 1;
      return hit;
    };
    zendesk.injectFault({ ...fault, times: Infinity, match });
  }
  const temporal = await RestartableServer.start(log);
  try {
    const source = path.join(folder, 'tickets.ndjson');
    const sink = path.join(folder, 'rows.ndjson');
    await writeFile(source, [...Array(records).keys()].map((i) => `{"subject":"Ticket ${i}"}\n`).join(''));
    const env = {
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_TASK_QUEUE: 'soak',
      ZENDESK_BASE_URL: zendesk.origin,
    };
    const workflowId = `soak-${randomUUID()}`;
    const began = Date.now();
    await workers.start(env);
    await temporal.client.workflow.start('runZendeskBulk', {
      workflowId,
      taskQueue: 'soak',
      args: [
        {
          operation: 'tickets/create_many',
          source: { name: 'ndjson', args: { path: source } },
          sink: { name: 'ndjson', args: { path: sink } },
          onUncertainStart: 'adopt',
          batchesPerRun: Math.max(20, Math.ceil(records / 1_000)),
        },
      ],
    });
    const handle = () => temporal.client.workflow.getHandle(workflowId);

    let killed = 0;
    let vanished = 0;
    let restarted = !restartServer;
    while ((await handle().describe()).status.name === 'RUNNING') {
      await sleep(killEvery);
      // Spread over the run.
      if (vanished < vanishing * (tickets.received / records) && vanishOne(zendesk)) vanished += 1;
      if (killed < kills) {
        await workers.kill();
        killed += 1;
      }
      if (!restarted && tickets.received > records / 2) {
        restarted = true;
        await temporal.restart();
      }
      if (workers.count === 0) await workers.start(env);
      log(`${tickets.received} records arrived, ${killed} workers killed, ${faultyAnswers} faulty answers`);
    }
    const result = (await handle().result()) as RunZendeskBulkResult;
    const seconds = (Date.now() - began) / 1000;
    const posts = zendesk.requests.filter(({ method }) => method === 'POST');
    return {
      result,
      problems: [...(restarted ? [] : ['the server was not restarted']), ...(await tickets.problems(result, sink))],
      kills: killed,
      vanished,
      seconds,
      starts: zendesk.starts.length,
      refusedStarts: posts.filter(({ status }) => status === 429).length,
      faultyAnswers,
    };
  } finally {
    await workers.kill();
    await temporal.stop();
    await zendesk.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Zendesk forgets a job that runs. False where none does. */
function vanishOne(zendesk: FakeZendesk): boolean {
  const running = zendesk.starts.slice(-30).find(({ jobId }) => zendesk.job(jobId)?.status === 'working');
  if (running) zendesk.expireJob(running.jobId);
  return running !== undefined;
}

/** What Zendesk has of each ticket. */
class Tickets {
  readonly #made: Uint8Array;
  readonly #sent: Uint8Array;
  received = 0;

  constructor(private readonly count: number) {
    this.#made = new Uint8Array(count);
    this.#sent = new Uint8Array(count);
  }

  receive(index: number): { error: string; details: string } | undefined {
    if (this.#sent[index] === 0) this.received += 1;
    this.#sent[index]! += 1;
    const kind = kindOf(index);
    if (kind === 'wrong') return { error: 'TicketCreateFailed', details: 'Subject: is wrong' };
    if (kind === 'busy' && this.#sent[index] === 1) return { error: 'DatabaseConflict', details: 'try again' };
    this.#made[index]! += 1;
    return undefined;
  }

  async problems(result: RunZendeskBulkResult, sink: string): Promise<string[]> {
    const problems: string[] = [];
    const expect = (holds: boolean, problem: string) => {
      if (!holds && problems.length < 20) problems.push(problem);
    };
    const rows = new Map<number, BulkRow>();
    for await (const line of createInterface({ input: createReadStream(sink) })) {
      const row = JSON.parse(line) as BulkRow;
      expect(!rows.has(row.index), `record ${row.index} has two rows`);
      rows.set(row.index, row);
    }
    const uncertain = new Set(
      result.uncertain.flatMap(
        ({ firstIndex, count, indexes }) => indexes ?? Array.from({ length: count }, (_, i) => firstIndex + i),
      ),
    );
    let succeeded = 0;
    for (let index = 0; index < this.count; index++) {
      const row = rows.get(index);
      const made = this.#made[index]!;
      expect(made <= 1, `record ${index} was made ${made} times`);
      expect(row !== undefined, `record ${index} has no row`);
      if (!row) continue;
      const isUncertain = row.result === 'uncertain';
      expect(isUncertain === uncertain.has(index), `record ${index} is uncertain in one place only`);
      if (isUncertain) continue;
      const ok = row.result === 'succeeded';
      expect(ok === (made === 1), `record ${index} was made ${made} times, its row says ${row.result}`);
      expect(ok === (kindOf(index) !== 'wrong'), `record ${index}, ${kindOf(index)}: ${row.error ?? 'ok'}`);
      if (ok) succeeded += 1;
    }
    expect(result.total === this.count, `the result tells of ${result.total} records`);
    expect(result.succeeded === succeeded, `the result has ${result.succeeded} successes, the rows ${succeeded}`);
    const failed = rows.size - succeeded - result.uncertainRecords;
    expect(result.failed === failed, `the result has ${result.failed} failed records, the rows ${failed}`);
    return problems;
  }
}
