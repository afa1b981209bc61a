/** The compared client: `jobstatuses.watch` as its users call it. */
import { createClient } from 'node-zendesk';
import type { FakeZendesk } from '../../src/testing';

/** Its defaults: milliseconds between two looks, and attempts (which do not bound it). */
const INTERVAL = 500;
const ATTEMPTS = 5;

/** Resolves when the job has ended. */
export async function watchWithNodeZendesk(zendesk: FakeZendesk, jobId: string): Promise<void> {
  await clientFor(zendesk).jobstatuses.watch(jobId, INTERVAL, ATTEMPTS);
}

interface Started {
  result: { job_status: { id: string } };
}

/** Creates the same users in so many jobs, so many jobs side by side: each lane starts a job, waits for its end, starts the next. */
export async function importWithNodeZendesk(
  zendesk: FakeZendesk,
  users: object[],
  jobs: number,
  lanes: number,
): Promise<void> {
  const client = clientFor(zendesk);
  let left = jobs;
  const lane = async () => {
    while (left-- > 0) {
      // Its types are not those of a bulk call: it sends what it gets, and answers with Zendesk's body.
      const { result } = (await client.users.createMany({ users } as never)) as unknown as Started;
      await client.jobstatuses.watch(result.job_status.id, INTERVAL, ATTEMPTS);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

function clientFor(zendesk: FakeZendesk) {
  return createClient({ username: 'bench@example.com', token: 'bench', endpointUri: `${zendesk.origin}/api/v2` });
}
