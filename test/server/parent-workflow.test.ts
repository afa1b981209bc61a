/** The example of examples/parent-workflow, as a user's worker runs it: bundled against the built package. */
import path from 'node:path';
import { ActivityFailure, WorkflowFailedError } from '@temporalio/client';
import { CancelledFailure, ChildWorkflowFailure } from '@temporalio/common';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import type { SyncInput, syncToZendesk } from '../../examples/parent-workflow/workflows';
import { FakeZendesk, type FakeJobOptions } from '../../src/testing';
import { eventually } from '../support/eventually';
import { startSuite, type Suite } from '../support/suite';

let zendesk: FakeZendesk;
let suite: Suite;

beforeAll(async () => {
  zendesk = await FakeZendesk.start({ auth: { oauthTokens: ['token'] }, jobDefaults: { queuedFor: 0 } });
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath: path.resolve(__dirname, '../../examples/parent-workflow/workflows.ts'),
    logger: new DefaultLogger('WARN'),
  });
  suite = await startSuite({
    accounts: {
      default: { baseUrl: zendesk.origin, oauthToken: 'token' },
      wrong: { baseUrl: zendesk.origin, oauthToken: 'not-the-token' },
    },
    worker: { workflowBundle },
  });
});

afterAll(async () => {
  await suite.stop();
  await zendesk.stop();
});

const job = (options: FakeJobOptions = {}) => zendesk.addJob({ total: 10, duration: 1000, ...options });
const sync = (input: SyncInput) => suite.client.workflow.start<typeof syncToZendesk>('syncToZendesk', inQueue(input));
const inQueue = (input: SyncInput) => ({
  workflowId: `sync-${input.usersJob}`,
  taskQueue: suite.taskQueue,
  args: [input] as [SyncInput],
});
const requestsAbout = (jobId: string) => zendesk.requests.filter(({ path }) => path.includes(jobId)).length;

test('a parent blocks on jobs by a child and by helpers, and reports every record that was refused', async () => {
  const failures = [{ index: 3, error: 'UserCreateFailed', details: 'Email: is invalid' }];
  const usersJob = job({ failures });
  const ticketJobs = [job({ total: 5 }), job({ total: 5, failures: [{ index: 1, error: 'TicketCreateFailed' }] })];
  const handle = await sync({ usersJob, organizationsJob: job(), ticketJobs });
  expect(await handle.result()).toEqual({
    users: {
      succeeded: 9,
      refused: [expect.objectContaining({ jobId: usersJob, ...failures[0] })],
      unclear: [],
    },
    organizations: { succeeded: 10, refused: [], unclear: [] },
    tickets: {
      succeeded: 9,
      refused: [expect.objectContaining({ jobId: ticketJobs[1], index: 1, error: 'TicketCreateFailed' })],
      unclear: [],
    },
  });
  const { events } = await handle.fetchHistory();
  const children = events!.flatMap(({ startChildWorkflowExecutionInitiatedEventAttributes: found }) => found ?? []);
  expect(children.map(({ workflowType }) => workflowType?.name)).toEqual(['awaitZendeskJob']);
});

test('jobs that did not complete are reported with their errors, whichever way they were awaited', async () => {
  const usersJob = job({ endsAs: 'failed', duration: 0 });
  const organizationsJob = job({ endsAs: 'killed', duration: 0 });
  const ticketsJob = job({ endsAs: 'killed', duration: 0 });
  const handle = await sync({ usersJob, organizationsJob, ticketJobs: [ticketsJob, job({ duration: 0 })] });

  const { users, organizations, tickets } = await handle.result();
  expect(users.unclear).toEqual([expect.stringContaining(`${usersJob} failed`)]);
  expect(users.refused).toHaveLength(10);
  expect(organizations.unclear).toEqual([expect.stringContaining(`${organizationsJob} was killed`)]);
  expect(tickets).toMatchObject({ succeeded: 10, unclear: [expect.stringContaining(`${ticketsJob} was killed`)] });
});

test('what a sync cannot go on without ends it, with the type of the error', async () => {
  const handle = await sync({ usersJob: job(), organizationsJob: job(), ticketJobs: [job()], account: 'wrong' });
  const error = await handle.result().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(WorkflowFailedError);
  const { cause } = error as WorkflowFailedError;
  const reason = cause instanceof ChildWorkflowFailure ? cause.cause : cause;
  expect(reason).toMatchObject({ type: 'ZendeskAuthenticationFailed', nonRetryable: true });
});

test('cancelling the parent cancels every wait, and leaves the jobs alone', async () => {
  const usersJob = job({ endsAs: 'never' });
  const organizationsJob = job({ endsAs: 'never' });
  const ticketJobs = [job({ endsAs: 'never' }), job({ endsAs: 'never' })];
  const handle = await sync({ usersJob, organizationsJob, ticketJobs });
  await eventually('a look at every job', () => [usersJob, organizationsJob, ...ticketJobs].every(requestsAbout));
  const childId = await eventually('the child', async () => {
    const { raw } = await handle.describe();
    return raw.pendingChildren?.[0]?.workflowId;
  });

  await handle.cancel();
  const error = await handle.result().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(WorkflowFailedError);
  const { cause } = error as WorkflowFailedError;
  const wrapped = cause instanceof ActivityFailure || cause instanceof ChildWorkflowFailure ? cause.cause : cause;
  expect(wrapped).toBeInstanceOf(CancelledFailure);
  expect((await handle.describe()).status.name).toBe('CANCELLED');
  await eventually('the end of the child', async () => {
    const child = await suite.client.workflow.getHandle(childId).describe();
    return child.status.name === 'CANCELLED';
  });
  expect(zendesk.job(usersJob)?.status).toBe('working');
});
