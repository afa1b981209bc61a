/** How well a bulk run uses Zendesk's 30 job slots once they are full, and what 1,000 records cost. */
import { JOB_LIMIT } from '../src/activities/job-slots';
import type { FakeZendesk } from '../src/testing';
import { inLab } from './support/lab';
import { COUNTED, runCost } from './support/run-cost';
import { printTable, rounded, type Row } from './support/table';
import { versions } from './support/versions';

const OPERATION = 'users/create_or_update_many';
/** Jobs of each run, and how long they take, in ms. */
const RUNS = [
  { jobs: 600, duration: 5_000 },
  { jobs: 300, duration: 10_000 },
];
const users = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ name: `User ${i}`, external_id: `crm-${i}` }));

export async function bulk(): Promise<void> {
  const rows: Row[] = [];
  let served = '';
  for (const { jobs, duration } of RUNS) {
    await inLab(
      async ({ zendesk, serverVersion, start }) => {
        served = serverVersion;
        const { used, refused } = await slotsOf(zendesk, duration, async () => {
          // One record a job: the slots are what this is about.
          const source = { name: 'one-by-one', args: jobs };
          await (await start('runZendeskBulk', { operation: OPERATION, source })).result();
        });
        rows.push({ 'jobs of': `${duration / 1000} s`, jobs, 'share of the slots': used, 'refused starts': refused });
      },
      {},
      duration,
      { 'one-by-one': oneByOne },
    );
  }
  printTable(
    `bulk: share of the ${JOB_LIMIT} job slots in use, from when they are full to the last start`,
    versions(served),
    rows,
  );

  await inLab(
    async ({ serverVersion, start }) => {
      const handle = await start('runZendeskBulk', { operation: OPERATION, items: users(1_000) });
      await handle.result();
      printTable('bulk: 1,000 records, jobs of 5 s', versions(serverVersion), [
        { way: 'runZendeskBulk', ...(await runCost(handle)) },
      ]);
      console.log(COUNTED);
    },
    {},
    5_000,
  );
}

/** Gives one record a page, so many in all. */
function oneByOne(args: unknown, cursor: string | number | null) {
  const at = Number(cursor ?? 0);
  return { items: [{ name: `User ${at}`, external_id: `crm-${at}` }], next: at + 1 < Number(args) ? at + 1 : null };
}

/** From when the slots were first full to the last start: time that jobs ran over time that they could have run. */
async function slotsOf(zendesk: FakeZendesk, duration: number, run: () => Promise<void>) {
  await run();
  const starts = zendesk.starts.map(({ at }) => at);
  const full = starts[JOB_LIMIT - 1]!;
  const end = starts.at(-1)!;
  const ran = starts.reduce((sum, at) => sum + Math.max(0, Math.min(at + duration, end) - Math.max(at, full)), 0);
  const posts = zendesk.requests.filter(({ method }) => method === 'POST').length;
  return {
    used: rounded(ran / ((end - full) * JOB_LIMIT), 3),
    refused: `${posts - starts.length} of ${posts}`,
  };
}
