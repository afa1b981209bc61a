/** How well a bulk run uses Zendesk's job slots, from when they are first full to the last start. */
import { JOB_LIMIT } from '../src/activities/job-slots';
import type { FakeZendesk } from '../src/testing';
import { inLab } from './support/lab';
import { printTable, rounded, type Row } from './support/table';
import { versions } from './support/versions';

const JOBS = 600;
/** How long the jobs of each run take, in ms. */
const DURATIONS = [5_000, 10_000, 60_000];

export async function bulkSlots(): Promise<void> {
  const rows: Row[] = [];
  let served = '';
  for (const duration of DURATIONS) {
    await inLab(
      async ({ zendesk, serverVersion, start }) => {
        served = serverVersion;
        // One record a job: the slots are what this is about.
        const source = { name: 'one-by-one', args: JOBS };
        await (await start('runZendeskBulk', { operation: 'users/create_or_update_many', source })).result();
        rows.push({ 'jobs of': `${duration / 1000} s`, ...slotsOf(zendesk, duration) });
      },
      { duration, sources: { 'one-by-one': oneByOne } },
    );
  }
  printTable(`bulk-slots: ${JOBS} jobs, share of the ${JOB_LIMIT} job slots in use once full`, versions(served), rows);
}

/** Gives one record a page, so many in all. */
function oneByOne(args: unknown, cursor: string | number | null) {
  const at = Number(cursor ?? 0);
  return { items: [{ name: `User ${at}`, external_id: `crm-${at}` }], next: at + 1 < Number(args) ? at + 1 : null };
}

/** Time that jobs ran over time that they could have run. */
function slotsOf(zendesk: FakeZendesk, duration: number) {
  const starts = zendesk.starts.map(({ at }) => at);
  const full = starts[JOB_LIMIT - 1]!;
  const end = starts.at(-1)!;
  const ran = starts.reduce((sum, at) => sum + Math.max(0, Math.min(at + duration, end) - Math.max(at, full)), 0);
  const posts = zendesk.requests.filter(({ method }) => method === 'POST').length;
  const minutes = (end - full) / 60_000;
  return {
    'share of the slots': rounded(ran / ((end - full) * JOB_LIMIT), 3),
    'refused starts': `${posts - starts.length} of ${posts}`,
    'other requests a minute': Math.round((zendesk.requests.length - posts) / minutes),
  };
}
