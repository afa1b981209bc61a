/** What waits cost the worker that holds them: its memory, and the requests that it makes. */
import { setTimeout as sleep } from 'node:timers/promises';
import pMap from 'p-map';
import { peakMemoryWhile } from './support/memory';
import { inWorkerLab, type WorkerLab } from './support/own-worker';
import { besides, printTable, rounded, seconds, type Row } from './support/table';
import { versions } from './support/versions';
import { quantile } from './simulate-pacing';

/** One after the other, of one worker: a new one, and one that has held waits. */
const WAITS = [0, 1_000, 0, 10_000];
/** A small worker, as docs/worker.md has it. Without bounds the memory tells of the collectors' patience alone. */
const SMALL = {
  NODE_OPTIONS: '--max-old-space-size=96 --max-semi-space-size=1',
  MALLOC_ARENA_MAX: '1',
  MALLOC_TRIM_THRESHOLD_: '65536',
  MALLOC_MMAP_THRESHOLD_: '16384',
  MALLOC_TOP_PAD_: '0',
  TEMPORAL_MAX_CACHED_WORKFLOWS: '20',
};
/** Once all waits are started, so long until looks are as far apart as they get. */
const SETTLE = 150_000;
const MEASURE = 60_000;
/** The time in which their jobs end, evenly. */
const END = 60_000;
/** Starts at once: what is measured is the worker. */
const CONCURRENCY = 10;
const TASK_QUEUE = 'held-waits';

interface Held {
  waits: number;
  /** Resident memory, MiB: while they are held, and the most from their start on. */
  held: number;
  peak: number;
  requestsAMinute: number;
  /** Of a job's end, ms. */
  lateness: number[];
}

export async function heldWaits(): Promise<void> {
  await inWorkerLab(async (lab) => {
    const worker = await lab.startWorker(TASK_QUEUE, SMALL);
    const all: Held[] = [];
    for (const waits of WAITS) {
      console.error(`held-waits: ${waits}`);
      all.push(await hold(lab, worker.pid, waits));
    }
    const rows = all.map(({ waits, held, peak, requestsAMinute, lateness }): Row => {
      const late = (share: number) => (lateness.length > 0 ? seconds(quantile(lateness, share)) : '-');
      return {
        waits,
        'memory, MiB': besides(rounded(held, 0), rounded(all[0]!.held, 0)),
        'at most since the start, MiB': besides(rounded(peak, 0), rounded(all[0]!.held, 0)),
        'requests a minute': rounded(requestsAMinute, 0),
        'late p50, s': late(0.5),
        'late p95, s': late(0.95),
      };
    });
    const title = `held-waits: one small worker, one row after the other; in brackets: how many times that of the first row`;
    printTable(title, versions(lab.serverVersion), rows);
  });
}

/** Holds so many waits for a while. Then their jobs end. */
async function hold({ zendesk, start, ended: endedOf }: WorkerLab, pid: number, waits: number): Promise<Held> {
  const jobIds = Array.from({ length: waits }, () => zendesk.addJob({ total: 1_000 }));
  const starting = pMap(jobIds, (jobId) => start(TASK_QUEUE, 'awaitZendeskJob', { jobId }), {
    concurrency: CONCURRENCY,
  });
  const before = await peakMemoryWhile(
    pid,
    starting.then(() => sleep(SETTLE)),
  );
  const handles = await starting;
  const began = Date.now();
  const held = await peakMemoryWhile(pid, sleep(MEASURE));
  const requests = zendesk.requests.filter(({ at }) => at > began).length;
  const requestsAMinute = requests / ((Date.now() - began) / 60_000);

  const endOfJob = new Map<string, number>();
  for (const [i, jobId] of jobIds.entries()) {
    await sleep(Math.max(0, began + MEASURE + (i / waits) * END - Date.now()));
    zendesk.finishJob(jobId);
    endOfJob.set(handles[i]!.workflowId, Date.now());
  }
  let ends = await endedOf(TASK_QUEUE);
  while (![...endOfJob.keys()].every((id) => ends.has(id))) {
    await sleep(5_000);
    ends = await endedOf(TASK_QUEUE);
  }
  const lateness = [...endOfJob].map(([id, endedAt]) => ends.get(id)! - endedAt);
  return { waits, held, peak: Math.max(before, held), requestsAMinute, lateness };
}
