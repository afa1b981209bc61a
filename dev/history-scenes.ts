/** The waits whose histories are recorded, and what happens to them. */
import type { WorkflowHandle } from '@temporalio/client';
import type { FakeZendesk } from '../src/testing';

export const RARE = { minInterval: '30m', maxInterval: '1h' };

export interface Scene {
  type: 'awaitZendeskJob' | 'awaitZendeskJobs' | 'runZendeskJob' | 'runZendeskBulk';
  /** The workflow's. What is to go wrong meanwhile is arranged here, too. */
  input(zendesk: FakeZendesk): object;
  /** What happens to the workflow while it goes on. */
  then?(handle: WorkflowHandle, zendesk: FakeZendesk): Promise<void>;
}

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until a poll has come to nothing. */
export async function pendingPoll(handle: WorkflowHandle): Promise<void> {
  while (!(await handle.describe()).raw.pendingActivities?.[0]?.lastFailure) await pause(50);
}

/** Every way in which a wait for jobs can end, by the name of its history. */
export const awaitScenes: Record<string, Scene> = {
  'one-completed-at-once': {
    type: 'awaitZendeskJob',
    input: (zendesk) => ({ jobId: zendesk.addJob({ total: 3, duration: 0, failures: 1 }) }),
  },
  'one-completed-after-checkpoints': {
    type: 'awaitZendeskJob',
    input: (zendesk) => ({ jobId: zendesk.addJob({ total: 40, queuedFor: 2000, duration: 10_000 }), results: 'none' }),
  },
  'one-failed': {
    type: 'awaitZendeskJob',
    input: (zendesk) => ({ jobId: zendesk.addJob({ total: 2, duration: 0, endsAs: 'failed' }) }),
  },
  'one-killed': {
    type: 'awaitZendeskJob',
    input: (zendesk) => ({ jobId: zendesk.addJob({ duration: 0, endsAs: 'killed' }) }),
  },
  'one-lost': { type: 'awaitZendeskJob', input: () => ({ jobId: 'V3-00000000000000000000000000000000' }) },
  'one-timed-out': {
    type: 'awaitZendeskJob',
    input: (zendesk) => ({ jobId: zendesk.addJob({ endsAs: 'never' }), timeout: '3s' }),
  },
  'one-timed-out-in-trouble': {
    type: 'awaitZendeskJob',
    input: (zendesk) => {
      const jobId = zendesk.addJob({ endsAs: 'never' });
      zendesk.injectFault({ kind: 'unavailable', times: Infinity, match: { path: new RegExp(jobId) } });
      return { jobId, timeout: '2s' };
    },
  },
  'one-items-failed': {
    type: 'awaitZendeskJob',
    input: (zendesk) => ({ jobId: zendesk.addJob({ total: 3, duration: 0, failures: 1 }), failOnItemErrors: true }),
  },
  'one-rejected': {
    type: 'awaitZendeskJob',
    input: (zendesk) => {
      const jobId = zendesk.addJob();
      zendesk.injectFault({ kind: 'status', status: 403, match: { path: new RegExp(jobId) } });
      return { jobId };
    },
  },
  'one-authentication-failed': {
    type: 'awaitZendeskJob',
    input: (zendesk) => ({ jobId: zendesk.addJob(), account: 'wrong' }),
  },
  'one-account-unknown': { type: 'awaitZendeskJob', input: () => ({ jobId: 'V3-1', account: 'nobody' }) },
  'one-input-invalid': { type: 'awaitZendeskJob', input: () => ({ jobId: '../users/1' }) },
  'one-cancelled': {
    type: 'awaitZendeskJob',
    input: (zendesk) => ({ jobId: zendesk.addJob({ endsAs: 'never' }), polling: RARE }),
    async then(handle) {
      await pendingPoll(handle);
      await handle.cancel();
    },
  },
  'one-polled-now': {
    type: 'awaitZendeskJob',
    input: (zendesk) => ({ jobId: zendesk.addJob({ duration: 2000 }), polling: RARE }),
    async then(handle) {
      await pendingPoll(handle);
      await pause(3000);
      await handle.signal('pollNow');
    },
  },
  'one-findable': {
    type: 'awaitZendeskJob',
    input: (zendesk) => ({ jobId: zendesk.addJob({ total: 3, duration: 2000 }), searchAttributes: true }),
  },
  'many-findable': {
    type: 'awaitZendeskJobs',
    input: (zendesk) => ({
      jobIds: [zendesk.addJob({ duration: 0 }), zendesk.addJob({ duration: 0, endsAs: 'failed' })],
      searchAttributes: true,
    }),
  },
  'many-mixed': {
    type: 'awaitZendeskJobs',
    input: (zendesk) => ({
      jobIds: [
        zendesk.addJob({ total: 4, duration: 4000, failures: 1 }),
        zendesk.addJob({ duration: 0, endsAs: 'failed' }),
        zendesk.addJob({ duration: 0, endsAs: 'killed' }),
        zendesk.addJob({ endsAs: 'never' }),
      ],
      timeout: '8s',
    }),
  },
  'many-in-groups': {
    type: 'awaitZendeskJobs',
    input: (zendesk) => ({
      jobIds: Array.from({ length: 150 }, (_, i) => zendesk.addJob({ total: 2, duration: 40 * i })),
    }),
  },
  'many-items-failed': {
    type: 'awaitZendeskJobs',
    input: (zendesk) => ({ jobIds: [zendesk.addJob({ duration: 0, failures: 1 })], failOnItemErrors: true }),
  },
  'many-rejected': {
    type: 'awaitZendeskJobs',
    input: (zendesk) => {
      const jobIds = Array.from({ length: 150 }, () => zendesk.addJob({ endsAs: 'never' }));
      zendesk.injectFault({ kind: 'status', status: 403, match: { path: /show_many/ } });
      return { jobIds };
    },
  },
  'many-cancelled': {
    type: 'awaitZendeskJobs',
    input: (zendesk) => ({
      jobIds: [zendesk.addJob({ endsAs: 'never' }), zendesk.addJob({ endsAs: 'never' })],
      polling: RARE,
    }),
    async then(handle) {
      await pendingPoll(handle);
      await handle.cancel();
    },
  },
};
