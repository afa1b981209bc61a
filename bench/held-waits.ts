/** What waits cost the worker that holds them: its memory, and the requests that it makes, with no wait, 1,000 and 10,000. */
import { setTimeout as sleep } from 'node:timers/promises';
import pMap from 'p-map';
import { residentMemory } from './support/memory';
import { inWorkerLab, type WorkerLab } from './support/own-worker';
import { besides, printTable, rounded, seconds, type Row } from './support/table';
import { versions } from './support/versions';
import { quantile } from './simulate-pacing';

const WAITS = [0, 1_000, 10_000];
/** Once all jobs have been looked at, so long until looks are as far apart as they get. */
const SETTLE = 120_000;
const MEASURE = 120_000;
/** Starts, and results asked for, at once: what is measured is the worker, not the client. */
const CONCURRENCY = 50;

interface Held {
  waits: number;
  mebibytes: number;
  requestsAMinute: number;
  /** Of a job's end, ms. */
  lateness: number[];
}

export async function heldWaits(): Promise<void> {
  await inWorkerLab(async (lab) => {
    const all: Held[] = [];
    for (const waits of WAITS) {
      const held = await hold(lab, waits);
      all.push(held);
      console.error(`held-waits: ${waits} done`);
    }
    const rows = all.map(({ waits, mebibytes, requestsAMinute, lateness }): Row => {
      const late = (share: number) => (lateness.length > 0 ? seconds(quantile(lateness, share)) : '-');
      return {
        waits,
        'memory, MiB': besides(rounded(mebibytes, 0), rounded(all[0]!.mebibytes, 0)),
        'requests a minute': rounded(requestsAMinute, 0),
        'late p50, s': late(0.5),
        'late p95, s': late(0.95),
      };
    });
    const title = `held-waits: one worker, jobs that go on and end together; in brackets: how many times that of the first row`;
    printTable(title, versions(lab.serverVersion), rows);
  });
}

/** A new worker holds so many waits. Then their jobs end, over a minute. */
async function hold({ zendesk, startWorker, start }: WorkerLab, waits: number): Promise<Held> {
  const taskQueue = `held-waits-${waits}`;
  const worker = await startWorker(taskQueue);
  const jobIds = Array.from({ length: waits }, () => zendesk.addJob({ total: 1_000 }));
  const handles = await pMap(jobIds, (jobId) => start(taskQueue, 'awaitZendeskJob', { jobId }), {
    concurrency: CONCURRENCY,
  });
  const asked = () => zendesk.requests.reduce((sum, { at }) => sum + (at > began ? 1 : 0), 0);

  await sleep(SETTLE);
  const began = Date.now();
  let mebibytes = 0;
  while (Date.now() - began < MEASURE) {
    mebibytes = Math.max(mebibytes, await residentMemory(worker.pid));
    await sleep(1_000);
  }
  const requestsAMinute = asked() / ((Date.now() - began) / 60_000);

  const lateness = await pMap(
    jobIds,
    async (jobId, i) => {
      await sleep((i / waits) * 60_000);
      zendesk.finishJob(jobId);
      const endedAt = Date.now();
      await handles[i]!.result();
      return Date.now() - endedAt;
    },
    { concurrency: Infinity },
  );
  await worker.stop('SIGTERM');
  return { waits, mebibytes, requestsAMinute, lateness };
}
