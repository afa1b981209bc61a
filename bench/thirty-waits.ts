/** Thirty jobs waited for at once: what the account's rate limit sees of it, and how late one hears of their ends. */
import type { FakeZendesk } from '../src/testing';
import { inLab, startZendesk } from './support/lab';
import { watchWithNodeZendesk } from './support/node-zendesk';
import { besides, printTable, rounded, seconds, type Row } from './support/table';
import { addTimedJob, latenessOf } from './support/timed-job';
import { nodeZendeskVersion, versions } from './support/versions';
import { seededRandom } from '../dev/seeded-random';
import { quantile } from './simulate-pacing';

/** As many as Zendesk lets an account have. */
const JOBS = 30;
const SHORTEST = 10_000;
const LONGEST = 40_000;

interface Cost {
  requests: readonly string[];
  minutes: number;
  lateness: number[];
}

export async function thirtyWaits(): Promise<void> {
  await inLab(async (lab) => {
    const ours = await costOf(lab.zendesk, async (jobId) => (await lab.start('awaitZendeskJob', { jobId })).result());
    const others = await startZendesk();
    try {
      const nodeZendesk = await costOf(others, (jobId) => watchWithNodeZendesk(others, jobId));
      printTable(
        `thirty-waits: ${JOBS} jobs of ${SHORTEST / 1000} to ${LONGEST / 1000} s; in brackets: how many times ours`,
        versions(lab.serverVersion, nodeZendeskVersion()),
        [row('awaitZendeskJob', ours, ours), row('node-zendesk jobstatuses.watch', nodeZendesk, ours)],
      );
    } finally {
      await others.stop();
    }
  });
}

/** The durations are the same each time. */
async function costOf(zendesk: FakeZendesk, wait: (jobId: string) => Promise<unknown>): Promise<Cost> {
  const random = seededRandom(1);
  const durations = Array.from({ length: JOBS }, () => SHORTEST + (LONGEST - SHORTEST) * random());
  const start = Date.now();
  const waits = durations.map((duration) => {
    const job = addTimedJob(zendesk, duration);
    return latenessOf(job, wait(job.jobId));
  });
  const lateness = await Promise.all(waits);
  const requests = zendesk.requests.map(({ path }) => path);
  return { requests, minutes: (Date.now() - start) / 60_000, lateness };
}

function row(way: string, cost: Cost, ours: Cost): Row {
  const aMinute = ({ requests, minutes }: Cost) => rounded(requests.length / minutes, 0);
  const late = (of: Cost, share: number) => seconds(quantile(of.lateness, share));
  const showMany = cost.requests.filter((path) => path.includes('show_many')).length;
  return {
    way,
    requests: besides(cost.requests.length, ours.requests.length),
    'for one job': cost.requests.length - showMany,
    'for many (show_many)': showMany,
    'requests a minute': besides(aMinute(cost), aMinute(ours)),
    'late p50, s': besides(late(cost, 0.5), late(ours, 0.5)),
    'late p95, s': besides(late(cost, 0.95), late(ours, 0.95)),
  };
}
