/** The bulk runs whose histories are recorded, and what happens to them. */
import type { FakeZendesk, FaultOptions } from '../src/testing';
import { pause, type Scene } from './history-scenes';
import { REFUSED_NAME } from './history-run-scenes';

const upsert = (count: number) => ({
  operation: 'users/create_or_update_many',
  items: Array.from({ length: count }, (_, i) => ({
    name: i === 3 ? REFUSED_NAME : `User ${i}`,
    external_id: `crm-${i}`,
  })),
});
const create = (count: number) => ({
  operation: 'tickets/create_many',
  items: Array.from({ length: count }, (_, i) => ({ subject: `Ticket ${i}` })),
});

const bulk = (input: (zendesk: FakeZendesk) => object): Scene => ({ type: 'runZendeskBulk', input });

/** A run whose starts meet a fault. */
const bulkWith = (input: object, fault: FaultOptions): Scene =>
  bulk((zendesk) => {
    zendesk.injectFault({ match: ({ method }) => method !== 'GET', ...fault });
    return input;
  });

/** By the name of its history. */
export const bulkScenes: Record<string, Scene> = {
  'bulk-completed': bulk(() => upsert(250)),
  'bulk-findable': bulk(() => ({ ...upsert(150), searchAttributes: true })),
  'bulk-completed-after-refusals': bulkWith(create(150), { kind: 'rate-limit', retryAfter: 1, times: 2 }),
  'bulk-continued-as-new': bulk(() => ({ ...upsert(450), batchesPerRun: 2 })),
  'bulk-uncertain': bulkWith(create(150), { kind: 'reset', takesEffect: true }),
  'bulk-refused': bulkWith(create(150), { kind: 'status', status: 403, times: 2 }),
  'bulk-input-invalid': bulk(() => ({ ...create(1), operation: 'tickets/create_mny' })),
  'bulk-paused-and-resumed': {
    ...bulk(() => ({ ...upsert(250), maxJobs: 1 })),
    async then(handle) {
      await handle.signal('pause');
      await pause(1_000);
      await handle.signal('resume');
    },
  },
  'bulk-cancelled': {
    ...bulk(() => ({ ...create(250), maxJobs: 1 })),
    async then(handle) {
      await pause(1_000);
      await handle.cancel();
    },
  },
};
