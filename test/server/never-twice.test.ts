/** Starts through a network that cuts and delays at random: what Zendesk made against what the workflows said. */
import { randomInt } from 'node:crypto';
import type { ApplicationFailure } from '@temporalio/client';
import type { ZendeskJobOutcome } from '../../src/common/types';
import { FakeZendesk } from '../../src/testing';
import { seededRandom } from '../../dev/seeded-random';
import { startProxy, type CuttingProxy, type ProxyFault } from '../support/cutting-proxy';
import { failureOf, startSuite, type Suite } from '../support/suite';

/** The timeout of a request: some of the delays are longer. */
const TIMEOUT = 3000;
const FAULTS: readonly (ProxyFault | 'refused' | 'rate-limited' | 'none')[] = [
  'none',
  'before-connect',
  'after-headers',
  'after-body',
  'before-answer',
  'mid-answer',
  { delayRequest: 500 },
  { delayRequest: 4000 },
  { delayAnswer: 500 },
  { delayAnswer: 4000 },
  'rate-limited',
  'refused',
];
const seed = Number(process.env['SEED'] ?? randomInt(2 ** 31));

interface World {
  zendesk: FakeZendesk;
  proxy: CuttingProxy;
}
/** In each of them a hundred starts, no two of the same size: so no job is the candidate of another start. */
const worlds: World[] = [];
let suite: Suite;

beforeAll(async () => {
  console.info(`SEED=${seed}`);
  while (worlds.length < 2) {
    const zendesk = await FakeZendesk.start({ jobDefaults: { queuedFor: 0, duration: 0 }, jobLimit: 1000 });
    worlds.push({ zendesk, proxy: await startProxy(zendesk.origin) });
  }
  suite = await startSuite({
    accounts: Object.fromEntries(worlds.map(({ proxy }, i) => [`world-${i}`, { baseUrl: proxy.origin }])),
    options: { timeout: TIMEOUT, reader: { minRequestInterval: 50 } },
  });
});

afterAll(async () => {
  await suite.stop();
  for (const { proxy, zendesk } of worlds) {
    await proxy.stop();
    await zendesk.stop();
  }
});

/** What a run ended with. */
type End = { marker: string } & (
  | { end: 'completed'; jobId: string }
  | { end: 'uncertain'; candidates: string[] }
  | { end: 'failed'; type: string | null | undefined }
);

/** 200 starts at once, each with a marker in each of its records, and with one piece of trouble for each. */
async function startAll(operation: string, records: (marker: string, count: number) => object[]) {
  const random = seededRandom(seed);
  const before = worlds.map(({ zendesk }) => zendesk.starts.length);
  const ends = await Promise.all(
    worlds.flatMap(({ zendesk, proxy }, world) =>
      Array.from({ length: 100 }, async (_, i): Promise<End> => {
        const fault = FAULTS[Math.floor(random() * FAULTS.length)]!;
        // Which start meets which trouble is left to chance.
        if (fault === 'rate-limited') zendesk.injectFault({ kind: 'rate-limit', retryAfter: 1, match: starts });
        else if (fault === 'refused') zendesk.injectFault({ kind: 'status', status: 409, match: starts });
        else if (fault !== 'none') proxy.next(fault, new RegExp(`^POST .*${operation}`));
        const marker = `${operation} ${world}-${i}.`;
        const input = { account: `world-${world}`, operation, items: records(marker, i + 1) };
        const handle = await suite.start('runZendeskJob', [input]);
        return await handle.result().then(
          (outcome: ZendeskJobOutcome) => ({ marker, end: 'completed', jobId: outcome.jobId }),
          async () => ({ marker, ...endOf(await failureOf(handle)) }),
        );
      }),
    ),
  );
  const made = worlds.flatMap(({ zendesk }, i) => zendesk.starts.slice(before[i]));
  return ends.map((end) => ({
    ...end,
    jobs: made.filter(({ records: [first] }) => JSON.stringify(first).includes(end.marker)).map(({ jobId }) => jobId),
    total: made.length,
  }));
}

const starts = { method: 'POST' };

function endOf({ type, details }: ApplicationFailure) {
  if (type !== 'ZendeskStartUncertain') return { end: 'failed' as const, type };
  const { candidates } = details![0] as { candidates: { jobId: string }[] };
  return { end: 'uncertain' as const, candidates: candidates.map(({ jobId }) => jobId) };
}

test('200 starts that are not safe to repeat: no record is sent twice, no job is left unsaid', async () => {
  const runs = await startAll('tickets/create_many', (marker, count) =>
    Array.from({ length: count }, () => ({ subject: marker, comment: { body: 'x' } })),
  );

  for (const run of runs) {
    if (run.end === 'completed') expect(run).toMatchObject({ jobs: [run.jobId] });
    else if (run.end === 'uncertain') expect(run).toMatchObject({ candidates: run.jobs });
    // All the trouble is either doubt or passes.
    else throw new Error(`unexpected: ${JSON.stringify(run)}`);
    expect(run.jobs.length).toBeLessThanOrEqual(1);
  }
  // Every job belongs to a run, and chance has brought each way to end.
  expect(runs.flatMap(({ jobs }) => jobs)).toHaveLength(runs[0]!.total);
  const uncertain = runs.filter(({ end }) => end === 'uncertain');
  expect(uncertain.some(({ jobs }) => jobs.length === 0)).toBe(true);
  expect(uncertain.some(({ jobs }) => jobs.length === 1)).toBe(true);
  expect(uncertain.length).toBeLessThan(runs.length);
}, 300_000);

test('200 starts that are safe to repeat: every one completes', async () => {
  const runs = await startAll('users/create_or_update_many', (marker, count) =>
    Array.from({ length: count }, (_, i) => ({ name: marker, external_id: `${marker}${i}` })),
  );

  for (const run of runs) {
    if (run.end !== 'completed') throw new Error(`unexpected: ${JSON.stringify(run)}`);
    expect(run.jobs).toContain(run.jobId);
  }
  expect(runs.flatMap(({ jobs }) => jobs)).toHaveLength(runs[0]!.total);
}, 300_000);
