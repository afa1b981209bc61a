/** A job of the fake whose end is known beforehand, and how late someone hears of it. */
import type { FakeZendesk } from '../../src/testing';

export interface TimedJob {
  jobId: string;
  endsAt: number;
}

/** `duration` in milliseconds, from now. */
export function addTimedJob(zendesk: FakeZendesk, duration: number): TimedJob {
  const createdAt = Date.now();
  return { jobId: zendesk.addJob({ createdAt, duration }), endsAt: createdAt + duration };
}

/** Milliseconds from the job's end until the wait for it is over. */
export async function latenessOf(job: TimedJob, wait: Promise<unknown>): Promise<number> {
  await wait;
  return Date.now() - job.endsAt;
}
