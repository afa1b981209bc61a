/** Records a second of an import, against the same one done with node-zendesk: one call after the other, and 30 side by side. */
import type { FakeZendesk } from '../src/testing';
import { inLab, startZendesk } from './support/lab';
import { importWithNodeZendesk } from './support/node-zendesk';
import { besides, printTable, rounded, type Row } from './support/table';
import { nodeZendeskVersion, versions } from './support/versions';

const DURATION = 5_000;
const RECORDS_A_JOB = 100;
/** Few are enough where each waits for the one before. */
const JOBS = { inOrder: 12, sideBySide: 240 };
const LANES = 30;

const users = (count: number) =>
  Array.from({ length: count * RECORDS_A_JOB }, (_, i) => ({ name: `User ${i}`, external_id: `crm-${i}` }));

interface Figures {
  rate: number;
  requests: number;
}

export async function bulkPeers(): Promise<void> {
  await inLab(
    async ({ zendesk, serverVersion, start }) => {
      const ours = await figuresOf(zendesk, JOBS.sideBySide, async () => {
        const source = { name: 'users', args: JOBS.sideBySide };
        await (await start('runZendeskBulk', { operation: 'users/create_many', source })).result();
      });
      const sideBySide = await peer(JOBS.sideBySide, LANES);
      const inOrder = await peer(JOBS.inOrder, 1);
      const title = `bulk-peers: users/create_many in jobs of ${DURATION / 1000} s; in brackets: how many times ours`;
      printTable(title, versions(serverVersion, nodeZendeskVersion()), [
        row('runZendeskBulk', ours, ours),
        row(`node-zendesk createMany + watch, ${LANES} side by side`, sideBySide, ours),
        row('node-zendesk createMany + watch, in order', inOrder, ours),
      ]);
    },
    { duration: DURATION, sources: { users: pagesOfUsers } },
  );
}

function pagesOfUsers(args: unknown, cursor: string | number | null) {
  const at = Number(cursor ?? 0);
  return { items: users(1), next: at + 1 < Number(args) ? at + 1 : null };
}

async function peer(jobs: number, lanes: number): Promise<Figures> {
  const zendesk = await startZendesk(DURATION);
  try {
    return await figuresOf(zendesk, jobs, () => importWithNodeZendesk(zendesk, users(1), jobs, lanes));
  } finally {
    await zendesk.stop();
  }
}

async function figuresOf(zendesk: FakeZendesk, jobs: number, run: () => Promise<void>): Promise<Figures> {
  const began = performance.now();
  await run();
  const seconds = (performance.now() - began) / 1000;
  const polls = zendesk.requests.filter(({ method }) => method === 'GET').length;
  return { rate: (jobs * RECORDS_A_JOB) / seconds, requests: (polls / seconds) * 60 };
}

function row(way: string, { rate, requests }: Figures, ours: Figures): Row {
  return {
    way,
    'records a second': besides(rounded(rate, 0), rounded(ours.rate, 0)),
    'polling requests a minute': besides(rounded(requests, 0), rounded(ours.requests, 0)),
  };
}
