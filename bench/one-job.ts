/** What it costs to wait for one linear job, and how late one hears of its end; three ways side by side. */
import type { WorkflowHandle } from '@temporalio/client';
import { inLab, type Lab } from './support/lab';
import { watchWithNodeZendesk } from './support/node-zendesk';
import { COUNTED, runCost, type RunCost } from './support/run-cost';
import { besides, printTable, seconds, type Row } from './support/table';
import { addTimedJob, latenessOf } from './support/timed-job';
import { nodeZendeskVersion, versions } from './support/versions';

interface Cost {
  requests: number;
  lateness: number;
  /** Only of waits that are workflows. */
  run?: RunCost;
}

export async function oneJob({ seconds: duration }: { seconds: number }): Promise<void> {
  await inLab(async (lab) => {
    const [ours, timer, nodeZendesk] = await Promise.all([
      workflowCost(lab, duration, (jobId) => lab.start('awaitZendeskJob', { jobId })),
      workflowCost(lab, duration, (jobId) => lab.start('pollWithTimer', jobId)),
      nodeZendeskCost(lab, duration),
    ]);
    printTable(
      `one-job: a linear job of ${duration} s and 100 records; in brackets: how many times ours`,
      versions(lab.serverVersion, nodeZendeskVersion()),
      [
        row('awaitZendeskJob', ours, ours),
        row('workflow of timer + activity every 5 s', timer, ours),
        row('node-zendesk jobstatuses.watch', nodeZendesk, ours),
      ],
    );
    console.log(COUNTED);
  });
}

async function workflowCost(
  lab: Lab,
  duration: number,
  start: (jobId: string) => Promise<WorkflowHandle>,
): Promise<Cost> {
  const job = addTimedJob(lab.zendesk, duration * 1000);
  const handle = await start(job.jobId);
  const lateness = await latenessOf(job, handle.result());
  return { requests: requestsFor(lab, job.jobId), lateness, run: await runCost(handle) };
}

async function nodeZendeskCost(lab: Lab, duration: number): Promise<Cost> {
  const job = addTimedJob(lab.zendesk, duration * 1000);
  const lateness = await latenessOf(job, watchWithNodeZendesk(lab.zendesk, job.jobId));
  return { requests: requestsFor(lab, job.jobId), lateness };
}

function requestsFor({ zendesk }: Lab, jobId: string): number {
  return zendesk.requests.filter(({ path }) => path.includes(jobId)).length;
}

function row(way: string, cost: Cost, ours: Cost): Row {
  const ofRun = (figure: keyof RunCost) => (cost.run ? besides(cost.run[figure], ours.run![figure]) : '-');
  return {
    way,
    requests: besides(cost.requests, ours.requests),
    'late, s': besides(seconds(cost.lateness), seconds(ours.lateness)),
    'history events': ofRun('events'),
    'activity attempts': ofRun('attempts'),
    actions: ofRun('actions'),
  };
}
