/** What `runZendeskJob` adds to a bulk job: time over the bare HTTP start and a perfect wait, events and actions. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobStatus } from '../src/common/types';
import type { FakeZendesk } from '../src/testing';
import { inLab, type Lab } from './support/lab';
import { COUNTED, runCost } from './support/run-cost';
import { besides, median, printTable, seconds, type Row } from './support/table';
import { versions } from './support/versions';

const ROUNDS = 5;
/** Milliseconds of the jobs that are timed. */
const SHORT = 5_000;
/** Milliseconds of the job whose events and actions are counted. */
const LONG = 60_000;

const OPERATION = 'users/create_or_update_many';
const users = Array.from({ length: 100 }, (_, i) => ({ name: `User ${i}`, external_id: `crm-${i}` }));
const input = { operation: OPERATION, items: users };

export async function runJob(): Promise<void> {
  await inLab(timeShortJobs, { duration: SHORT });
  await inLab(
    async ({ zendesk, serverVersion, start }) => {
      const handle = await start('runZendeskJob', input);
      await handle.result();
      const title = `run-job: a linear job of ${LONG / 1000} s and ${users.length} records`;
      const looks = zendesk.requestsTo(/job_statuses/).length;
      printTable(title, versions(serverVersion), [{ way: 'runZendeskJob', looks, ...(await runCost(handle)) }]);
      console.log(COUNTED);
    },
    { duration: LONG },
  );
}

async function timeShortJobs({ zendesk, serverVersion, start }: Lab): Promise<void> {
  const bare: number[] = [];
  const ours: number[] = [];
  // The first round opens connections and loads code: it does not count.
  for (let round = 0; round <= ROUNDS; round++) {
    bare.push(await timeOf(() => bareJob(zendesk)));
    ours.push(await timeOf(async () => (await start('runZendeskJob', input)).result()));
  }
  const title = `run-job: start to outcome of a job of ${SHORT / 1000} s and ${users.length} records, in s; in brackets: how many times the bare one`;
  printTable(title, versions(serverVersion), [
    row('HTTP start, perfect wait, one look', bare.slice(1), bare.slice(1)),
    row('runZendeskJob', ours.slice(1), bare.slice(1)),
  ]);
}

/** Looks once, as soon as the job has ended. */
async function bareJob({ origin }: FakeZendesk): Promise<void> {
  const response = await fetch(`${origin}/api/v2/${OPERATION}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ users }),
  });
  const { job_status: started } = (await response.json()) as { job_status: JobStatus };
  await sleep(SHORT);
  const { job_status: ended } = (await (await fetch(started.url!)).json()) as { job_status: JobStatus };
  if (ended.status !== 'completed') throw new Error(`the job is ${ended.status} still`);
}

async function timeOf(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

function row(way: string, times: number[], bare: number[]): Row {
  const rounds = times.map((time, i) => [`round ${i + 1}`, seconds(time)]);
  const middle = seconds(median(times));
  return {
    way,
    ...(Object.fromEntries(rounds) as Record<string, number>),
    median: besides(middle, seconds(median(bare))),
  };
}
