/** The waits and starts of chaos, and whether each of them has ended as it should. */
import { randomUUID } from 'node:crypto';
import { WorkflowFailedError, type Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import pMap from 'p-map';
import type { ZendeskJobOutcome } from '../../src/common/types';
import type { FakeJobOptions, FakeZendesk } from '../../src/testing';

export const TASK_QUEUE = 'chaos';
/** One start in so many is of an operation that is not safe to repeat. */
const UNSAFE = 2;
/** One start in so many may adopt a job. */
const ADOPTS = 2 * UNSAFE;

interface Expected<T> {
  workflowId: string;
  of: T;
}

interface Wait {
  jobId: string;
  failures: number;
  endsAs: 'completed' | 'failed' | 'killed' | 'vanished';
}

export async function startWaits(
  client: Client,
  zendesk: FakeZendesk,
  { waits, seconds }: { waits: number; seconds: number },
  random: () => number,
): Promise<Expected<Wait>[]> {
  const jobs = Array.from({ length: waits }, (_, index): FakeJobOptions & Omit<Wait, 'jobId'> => ({
    duration: Math.ceil(random() * seconds * 1000),
    failures: index % 5,
    endsAs: index % 50 === 7 ? 'failed' : index % 50 === 29 ? 'killed' : index % 10 === 3 ? 'vanished' : 'completed',
  }));
  return await pMap(
    jobs,
    async ({ failures, endsAs, ...job }) => {
      const jobId = zendesk.addJob({
        ...job,
        total: 10,
        failures: endsAs === 'completed' ? failures : undefined,
        endsAs: endsAs === 'vanished' ? 'never' : endsAs,
      });
      if (endsAs === 'vanished') setTimeout(() => zendesk.expireJob(jobId), job.duration);
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
export async function startStarts(
  client: Client,
  { starts, seconds }: { starts: number; seconds: number },
  random: () => number,
): Promise<Expected<Start>[]> {
  return await pMap(
    Array.from({ length: starts }, (_, index) => index),
    async (index) => {
      const name = `Start ${randomUUID()}`;
      const unsafe = index % UNSAFE === 0;
      const adopts = index % ADOPTS === 0;
      // To adopt is right where no other worker starts jobs that fit: no other start has as many records.
      const count = adopts ? 2 + index / ADOPTS : 1;
      const input = unsafe
        ? { operation: 'tickets/create_many', items: Array.from({ length: count }, () => ({ subject: name })) }
        : { operation: 'users/create_or_update_many', items: [{ name, email: `user${index}@example.com` }] };
      const workflowId = `start-${index}-${randomUUID()}`;
      const onUncertainStart = adopts ? 'adopt' : 'fail';
      const args = [{ account: 'started', ...input, onUncertainStart }];
      const startDelay = Math.ceil(random() * seconds * 1000);
      await client.workflow.start('runZendeskJob', { workflowId, taskQueue: TASK_QUEUE, args, startDelay });
      return { workflowId, of: { name, unsafe } };
    },
    { concurrency: 20 },
  );
}

type End = { outcome: ZendeskJobOutcome } | { failure: ApplicationFailure } | { error: Error };

/** Counts ends, and adds the problems of those that are not as they should be. */
export async function tally<T>(
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

const EXPECTED_OF_WAITS = {
  completed: 'completed',
  failed: 'ZendeskJobFailed',
  killed: 'ZendeskJobKilled',
  vanished: 'ZendeskJobLost',
};

export function problemOfWait(end: End, { endsAs, failures }: Wait): string | undefined {
  const found = 'outcome' in end ? end.outcome.status : 'failure' in end && end.failure.type;
  const expected = EXPECTED_OF_WAITS[endsAs];
  if (found !== expected) return `expected ${expected}, got ${found}`;
  if ('outcome' in end && end.outcome.failed !== failures)
    return `${failures} failed, outcome says ${end.outcome.failed}`;
  return undefined;
}

/** A start that is not safe to repeat has made one job, or says that this is unknown. */
export function problemOfStart(end: End, { name, unsafe }: Start, zendesk: FakeZendesk): string | undefined {
  const jobs = zendesk.starts.filter(({ records }) =>
    records.some((record) => (record.subject ?? record.name) === name),
  );
  const uncertain = 'failure' in end && end.failure.type === 'ZendeskStartUncertain';
  if (unsafe && jobs.length > 1) return `started ${jobs.length} jobs`;
  if (unsafe && uncertain) return undefined;
  if (!('outcome' in end)) return `expected an outcome, got ${'failure' in end ? end.failure.message : 'an error'}`;
  if (!jobs.some(({ jobId }) => jobId === end.outcome.jobId)) return `waited for the job of another start`;
  return end.outcome.failed === 0 ? undefined : `${end.outcome.failed} records failed`;
}
