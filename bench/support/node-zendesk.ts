/** The compared client: `jobstatuses.watch` as its users call it. */
import { createClient } from 'node-zendesk';
import type { FakeZendesk } from '../../src/testing';

/** Its defaults: milliseconds between two looks, and attempts (which do not bound it). */
const INTERVAL = 500;
const ATTEMPTS = 5;

/** Resolves when the job has ended. */
export async function watchWithNodeZendesk(zendesk: FakeZendesk, jobId: string): Promise<void> {
  const client = createClient({
    username: 'bench@example.com',
    token: 'bench',
    endpointUri: `${zendesk.origin}/api/v2`,
  });
  await client.jobstatuses.watch(jobId, INTERVAL, ATTEMPTS);
}
