/** How long a wait stands still when its worker is killed, in each moment of its life, and another one starts at once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../test/support/eventually';
import { inWorkerLab, type WorkerLab } from './support/own-worker';
import { median, printTable, seconds, type Row } from './support/table';
import { versions } from './support/versions';
import { quantile } from './simulate-pacing';

const KILLS = 10;
/** Between two looks, ms. */
const INTERVAL = 5_000;
/** After a look, where it is killed between two, ms. */
const MOMENT = 1_000;

interface Recovery {
  /** From the kill, ms. */
  workerReady: number;
  nextLook: number;
  outcome: number;
}

export async function killedWorker(): Promise<void> {
  await inWorkerLab(async (lab) => {
    const rows: Row[] = [];
    for (const moment of ['between two looks', 'during a look'] as const) {
      const recoveries: Recovery[] = [];
      for (let i = 0; i < KILLS; i++) recoveries.push(await recover(lab, moment));
      const of = (part: keyof Recovery) => recoveries.map((recovery) => recovery[part]);
      rows.push({
        moment,
        'new worker ready, s': seconds(median(of('workerReady'))),
        'next look, s': seconds(median(of('nextLook'))),
        'outcome, s': seconds(median(of('outcome'))),
        'outcome, slowest': seconds(quantile(of('outcome'), 1)),
      });
    }
    const title = `killed-worker: ${KILLS} times kill -9, from the kill on, medians; looks are ${INTERVAL / 1000} s apart; the job ends at the kill`;
    printTable(title, versions(lab.serverVersion), rows);
  });
}

async function recover(lab: WorkerLab, moment: 'between two looks' | 'during a look'): Promise<Recovery> {
  const { zendesk, startWorker, start } = lab;
  const taskQueue = `killed-worker-${Math.random()}`;
  const worker = await startWorker(taskQueue);
  const jobId = zendesk.addJob({ total: 1_000 });
  const looks = () => zendesk.requests.filter(({ path }) => path.includes(jobId)).length;
  const handle = await start(taskQueue, 'awaitZendeskJob', {
    jobId,
    polling: { minInterval: INTERVAL, maxInterval: INTERVAL },
  });
  await eventually('some looks', () => looks() >= 2, 60);
  if (moment === 'during a look') zendesk.injectFault({ kind: 'hang', match: { path: new RegExp(jobId) } });
  const before = looks();
  await eventually('one more look', () => looks() > before);
  if (moment === 'between two looks') await sleep(MOMENT);

  const seen = looks();
  await worker.stop('SIGKILL');
  const killedAt = Date.now();
  zendesk.finishJob(jobId);
  const next = await startWorker(taskQueue);
  const workerReady = Date.now() - killedAt;
  await eventually('the next look', () => looks() > seen, 60);
  const nextLook = Date.now() - killedAt;
  await handle.result();
  const outcome = Date.now() - killedAt;
  await next.stop('SIGTERM');
  return { workerReady, nextLook, outcome };
}
