/** The runs (a start, then the wait) whose histories are recorded, and what happens to them. */
import type { WorkflowHandle } from '@temporalio/client';
import type { FakeZendesk, FaultOptions } from '../src/testing';
import { pause, pendingPoll, RARE, type Scene } from './history-scenes';

/** The fake refuses records of this name. */
export const REFUSED_NAME = 'Refused';

/** Safe to repeat. */
const upsert = (...names: string[]) => ({
  operation: 'users/create_or_update_many',
  items: names.map((name) => ({ name, external_id: `crm-${name}` })),
});
/** Not safe to repeat. */
const create = (count = 2) => ({
  operation: 'tickets/create_many',
  items: Array.from({ length: count }, (_, i) => ({ subject: `Ticket ${i}`, comment: { body: 'Hello' } })),
});

const run = (input: (zendesk: FakeZendesk) => object): Scene => ({ type: 'runZendeskJob', input });

/** A run whose start meets a fault. */
const runWith = (input: object, fault: FaultOptions): Scene =>
  run((zendesk) => {
    zendesk.injectFault({ match: ({ method }) => method !== 'GET', ...fault });
    return input;
  });

async function startUnderWay(handle: WorkflowHandle): Promise<void> {
  const started = async () =>
    (await handle.describe()).raw.pendingActivities?.some(
      ({ activityType, lastStartedTime }) => activityType?.name === 'startZendeskJob' && lastStartedTime,
    );
  while (!(await started())) await pause(50);
}

/** Every way in which a start can end, by the name of its history. */
export const runScenes: Record<string, Scene> = {
  'run-completed': run(() => upsert('Ann', 'Ben', 'Cy')),
  'run-findable': run(() => ({ ...upsert('Ann', 'Ben', 'Cy'), searchAttributes: true })),
  'run-completed-after-refusals': runWith(create(), { kind: 'rate-limit', retryAfter: 1, times: 2 }),
  'run-completed-after-too-many-jobs': runWith(create(), {
    kind: 'status',
    status: 422,
    body: { error: 'TooManyJobs', description: 'Too many jobs are currently queued or running. Try again later.' },
  }),
  'run-retried-by-the-server': runWith(upsert('Ann', 'Ben', 'Cy'), { kind: 'status', status: 500 }),
  'run-items-failed': run(() => ({ ...upsert('Ann', REFUSED_NAME), failOnItemErrors: true })),
  'run-refused': runWith(create(), { kind: 'status', status: 422 }),
  'run-never-started': runWith({ ...create(), timeout: '5s' }, { kind: 'rate-limit', times: Infinity }),
  'run-uncertain': runWith(create(7), { kind: 'reset', takesEffect: true }), // no other job has 7
  'run-adopted': runWith({ ...create(), onUncertainStart: 'adopt' }, { kind: 'reset', takesEffect: true }),
  'run-uncertain-with-two-candidates': {
    ...runWith({ ...create(), onUncertainStart: 'adopt' }, { kind: 'reset', takesEffect: true, delay: 2000 }),
    async then(handle, zendesk) {
      await startUnderWay(handle);
      zendesk.addJob({ operation: 'tickets/create_many', total: 2 });
    },
  },
  'run-input-invalid': run(() => ({ ...create(), items: [] })),
  'run-cancelled-while-starting': {
    ...runWith(create(), { kind: 'slow', delay: 2000 }),
    async then(handle) {
      await startUnderWay(handle);
      await handle.cancel();
    },
  },
  'run-cancelled-while-waiting': {
    ...run(() => ({ ...create(), polling: RARE })),
    async then(handle) {
      await pendingPoll(handle);
      await handle.cancel();
    },
  },
};
