/** What a bulk run costs in Temporal: actions and events of 1,000 records, and the events of each run of a long one. */
import { inLab } from './support/lab';
import { COUNTED, runCost } from './support/run-cost';
import { printTable, type Row } from './support/table';
import { versions } from './support/versions';

const DURATION = 5_000;
const COUNT = 1_000;

const users = Array.from({ length: COUNT }, (_, i) => ({ name: `User ${i}`, external_id: `crm-${i}` }));
const tickets = Array.from({ length: COUNT }, (_, i) => ({ subject: `Ticket ${i}`, comment: { body: 'x' } }));
const inputs = [
  { operation: 'users/create_or_update_many', items: users },
  { operation: 'tickets/create_many', items: tickets },
];

export async function bulkCost(): Promise<void> {
  await inLab(
    async ({ serverVersion, start }) => {
      const rows: Row[] = [];
      for (const input of inputs) {
        const handle = await start('runZendeskBulk', input);
        await handle.result();
        rows.push({ operation: input.operation, ...(await runCost(handle)) });
      }
      const title = `bulk-cost: ${COUNT} records, jobs of ${DURATION / 1000} s`;
      printTable(title, versions(serverVersion), rows);
      console.log(COUNTED);
    },
    { duration: DURATION },
  );
}
