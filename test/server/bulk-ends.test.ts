/** How a bulk run ends: early, late, cancelled, reset; and that each ending says what was done and what was not. */
import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { ApplicationFailure, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import type { ZendeskSink, ZendeskSource } from '../../src/activities';
import { jsonBytes } from '../../src/common/byte-budgets';
import type { RemainingRecords } from '../../src/common/bulk-types';
import { FakeZendesk } from '../../src/testing';
import {
  endedDetailsOf,
  jobsOf,
  ndjson,
  progressOf,
  resultOf,
  rowsIn,
  sends,
  startBulkSuite,
  tickets,
  timesSent,
  users,
  type BulkSuite,
} from '../support/bulk-suite';
import { eventually } from '../support/eventually';
import { failureOf, startSuite } from '../support/suite';

const create = 'tickets/create_many';
const upsert = 'users/create_or_update_many';

let suite: BulkSuite;
let source: ZendeskSource;
let sink: ZendeskSink;

beforeAll(async () => {
  suite = await startBulkSuite(
    {
      onRecord: ({ name }) =>
        String(name).includes('誤り')
          ? { error: 'UserCreateError', details: '名前は正しくありません。'.repeat(30) }
          : undefined,
    },
    {
      activities: {
        sources: {
          own: {
            read: (args, cursor) => (typeof source === 'function' ? source : source.read)(args, cursor),
            check: (args) => (typeof source === 'function' ? undefined : source.check?.(args)),
          },
        },
        sinks: {
          own: {
            write: (rows, context) => (typeof sink === 'function' ? sink : sink.write)(rows, context),
            close: (context) => (typeof sink === 'function' ? undefined : sink.close?.(context)),
          },
        },
      },
    },
  );
});
afterEach(() => suite.zendesk.clearFaults());
afterAll(() => suite.stop());

const zendesk = () => suite.zendesk;
const countOf = ({ ranges }: RemainingRecords) => ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
const cancelled = async (handle: WorkflowHandle) => {
  const error = await handle.result().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof WorkflowFailedError ? error.cause?.name : error;
};

describe('a run that ends early', () => {
  test('since Zendesk refuses its fourth start says what was done, which jobs ran and what was not sent', async () => {
    zendesk().injectFault({ kind: 'status', status: 403, match: sends('forbidden 300') });
    const folder = await suite.folder();
    const file = path.join(folder, 'rows.ndjson');
    const input = {
      operation: create,
      source: { name: 'ndjson', args: { path: await ndjson(folder, tickets(1_000, 'forbidden')) } },
      sink: { name: 'ndjson', args: { path: file } },
      maxJobs: 1,
    };
    const [failure, { result, remaining, jobIds }] = await endedDetailsOf(await suite.bulk(input));
    expect(failure).toMatchObject({ type: 'ZendeskRequestRejected', nonRetryable: true });
    expect(result).toMatchObject({ total: 300, succeeded: 300, jobs: 3 });
    expect(jobIds).toEqual([]);
    expect(remaining.ranges.at(0)?.[0]).toBe(300);
    expect(countOf(remaining) + (1_000 - (remaining.fromIndex ?? 1_000))).toBe(700);
    expect((await rowsIn(file)).map(({ index }) => index)).toEqual([...Array(300).keys()]);
  });

  test('counts the records of jobs that still run as uncertain, with their job, in the sink too', async () => {
    zendesk().injectFault({ kind: 'status', status: 403, match: sends('running 200') });
    const folder = await suite.folder();
    const file = path.join(folder, 'rows.ndjson');
    zendesk().injectFault({ kind: 'status', status: 503, times: Infinity, match: { path: /job_statuses/ } });
    const input = { operation: create, items: tickets(250, 'running'), sink: { name: 'ndjson', args: { path: file } } };
    const [failure, { result, remaining, jobIds }] = await endedDetailsOf(await suite.bulk(input));
    expect(failure.type).toBe('ZendeskRequestRejected');
    const jobs = jobsOf(zendesk(), 'running');
    expect([...jobIds].sort()).toEqual(jobs.map(({ jobId }) => jobId).sort());
    const sent = jobs.reduce((sum, { records }) => sum + records.length, 0);
    expect(result).toMatchObject({ total: sent, succeeded: 0, failed: 0, uncertainRecords: sent });
    expect(countOf(remaining)).toBe(250 - sent);
    expect(result.uncertain.map(({ candidates }) => candidates[0]?.jobId).sort()).toEqual([...jobIds].sort());
    const rows = await rowsIn(file);
    expect(rows).toHaveLength(sent);
    expect(new Set(rows.map((row) => row.result))).toEqual(new Set(['uncertain']));
  });

  test('ends though starts that are safe to repeat are being retried', async () => {
    zendesk().injectFault({ kind: 'status', status: 503, times: Infinity, match: sends('retried 100') });
    zendesk().injectFault({ kind: 'status', status: 401, times: Infinity, match: { path: /job_statuses/ } });
    const began = Date.now();
    const [failure, { remaining }] = await endedDetailsOf(
      await suite.bulk({ operation: upsert, items: users(200, 'retried'), timeout: '1h' }),
    );
    expect(failure.type).toBe('ZendeskAuthenticationFailed');
    expect(remaining.ranges).toEqual([[100, 199]]);
    expect(Date.now() - began).toBeLessThan(60_000);
  });

  test('at its deadline says what it was waiting for', async () => {
    zendesk().injectFault({ kind: 'rate-limit', retryAfter: 5, times: Infinity, match: sends('waiting 0') });
    const [failure] = await endedDetailsOf(
      await suite.bulk({ operation: create, items: tickets(10, 'waiting'), timeout: '4s' }),
    );
    expect(failure.type).toBe('ZendeskJobTimedOut');
    expect(failure.message).toMatch(/429/);
  });
});

test('a run whose sink takes no rows until its deadline says why, and does not take finished jobs for running ones', async () => {
  sink = async () => {
    throw new Error('ENOSPC: no space left on device');
  };
  const input = { operation: create, items: tickets(150, 'full'), sink: { name: 'own' }, timeout: '15s' } as const;
  const [failure, { result, jobIds, sinkProblem, remaining }] = await endedDetailsOf(await suite.bulk(input));
  expect(failure).toMatchObject({ type: 'ZendeskJobTimedOut' });
  expect(failure.message).toContain('which jobs were not reported');
  expect(sinkProblem).toContain('ENOSPC');
  expect(jobIds.sort()).toEqual(
    jobsOf(zendesk(), 'full')
      .map(({ jobId }) => jobId)
      .sort(),
  );
  expect(result).toMatchObject({ total: 150, uncertainRecords: 150 });
  expect(result.uncertain.map(({ reason }) => reason)).toEqual(
    result.uncertain.map(({ candidates }) => `the run ended before job ${candidates[0]!.jobId} was reported`),
  );
  expect(remaining).toEqual({ ranges: [], fromIndex: null });
});

describe('a short timeout', () => {
  test('of 3 s is long enough to send a start that is safe to repeat', async () => {
    const input = { operation: upsert, items: users(3, 'short') };
    expect(await resultOf(await suite.bulk({ ...input, timeout: '3s' }))).toMatchObject({ succeeded: 3 });
    const run = await suite.start('runZendeskJob', [{ ...input, timeout: '3s' }]);
    expect(await run.result()).toMatchObject({ succeeded: 3 });
  });

  test('that is over before Zendesk accepts the start says so once: nothing contradicts it', async () => {
    zendesk().injectFault({ kind: 'status', status: 503, times: Infinity, match: sends('never 0') });
    const run = await suite.start('runZendeskJob', [{ operation: upsert, items: users(3, 'never'), timeout: '2s' }]);
    const { type, message } = await failureOf(run);
    expect(type).toBe('ZendeskJobTimedOut');
    expect(message).toMatch(
      /could not be started in time; starting it again is safe. The last failure: .*(503|the time for the start was over)/,
    );
    expect(message).not.toContain('not sent');
  });
});

describe('a run that is cancelled', () => {
  test('names the jobs that ran and what was not sent, to the query of the closed workflow', async () => {
    zendesk().injectFault({ kind: 'status', status: 503, times: Infinity, match: { path: /job_statuses/ } });
    const handle = await suite.bulk({ operation: create, items: tickets(500, 'stopped'), maxJobs: 2 });
    await eventually('two jobs', async () => (await progressOf(handle)).jobIds.length === 2);
    await handle.cancel();
    expect(await cancelled(handle)).toBe('CancelledFailure');
    const { status, jobIds, uncertain, remaining } = await progressOf(handle);
    expect(status).toBe('cancelled');
    expect([...jobIds].sort()).toEqual(
      jobsOf(zendesk(), 'stopped')
        .map(({ jobId }) => jobId)
        .sort(),
    );
    expect(uncertain).toBe(200);
    expect(remaining).toEqual({ ranges: [[200, 499]], fromIndex: null });
  });

  test('while it is being checked ends as cancelled, and leaves the sink of yesterday', async () => {
    source = {
      read: () => ({ items: [] }),
      check: () => new Promise((resolve) => setTimeout(() => resolve({ total: 1 }), 5_000)),
    };
    const handle = await suite.bulk({ operation: upsert, source: { name: 'own' } });
    await eventually('the check', async () => (await handle.describe()).raw.pendingActivities?.[0]?.lastStartedTime);
    await handle.cancel();
    expect(await cancelled(handle)).toBe('CancelledFailure');
    expect(await progressOf(handle)).toMatchObject({ status: 'cancelled' });
  });

  test('while its sink is being closed ends as cancelled, with the sink closed', async () => {
    let closing = 0;
    sink = {
      write: () => undefined,
      async close() {
        closing += 1;
        if (closing === 1) await new Promise((resolve) => setTimeout(resolve, 4_000));
      },
    };
    const handle = await suite.bulk({ operation: upsert, items: users(5, 'closing'), sink: { name: 'own' } });
    await eventually('the close', () => closing === 1);
    await handle.cancel();
    expect(await cancelled(handle)).toBe('CancelledFailure');
    expect(closing).toBe(2);
    expect(await progressOf(handle)).toMatchObject({ status: 'cancelled', succeeded: 5 });
  });
});

describe('a sink that cannot be closed', () => {
  test('fails a cancelled run no longer than a few tries take', async () => {
    sink = {
      write: () => undefined,
      close: () => {
        throw new Error('ENOSPC: no space left on device');
      },
    };
    zendesk().injectFault({ kind: 'status', status: 503, times: Infinity, match: { path: /job_statuses/ } });
    const handle = await suite.bulk({ operation: create, items: tickets(20, 'full'), sink: { name: 'own' } });
    await eventually('a job', async () => (await progressOf(handle)).jobIds.length === 1);
    await handle.cancel();
    expect(await cancelled(handle)).toBe('CancelledFailure');
  });

  test('fails the run as ZendeskSinkFailed, with the whole result', async () => {
    sink = {
      write: () => undefined,
      close: () => {
        throw ApplicationFailure.nonRetryable('EISDIR: illegal operation on a directory', 'ZendeskSinkFailed');
      },
    };
    const handle = await suite.bulk({ operation: upsert, items: users(5, 'unclosable'), sink: { name: 'own' } });
    const [failure, { result, remaining }] = await endedDetailsOf(handle);
    expect(failure).toMatchObject({ type: 'ZendeskSinkFailed', nonRetryable: true });
    expect(failure.message).toContain('EISDIR');
    expect(result).toMatchObject({ total: 5, succeeded: 5 });
    expect(remaining).toEqual({ ranges: [], fromIndex: null });
    const { events } = await handle.fetchHistory();
    const close = events!.find(
      (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'closeZendeskSink',
    );
    expect(close!.activityTaskScheduledEventAttributes!.retryPolicy!.maximumAttempts).toBe(10);
  });
});

describe('a reset', () => {
  async function resetTo(handle: WorkflowHandle, eventAfter: (types: string[]) => number): Promise<WorkflowHandle> {
    const { workflowService, options } = suite.client;
    const { events = [] } = await handle.fetchHistory();
    const types = events!.map(({ eventType }) => String(eventType));
    const from = eventAfter(types);
    const task = events!.find(
      ({ eventId, workflowTaskCompletedEventAttributes: completed }) => completed && Number(eventId) > from,
    );
    const { runId } = await handle.describe();
    const reset = await workflowService.resetWorkflowExecution({
      namespace: options.namespace,
      workflowExecution: { workflowId: handle.workflowId, runId },
      workflowTaskFinishEventId: task!.eventId,
      requestId: `reset-${handle.workflowId}`,
      reason: 'test',
    });
    return suite.client.workflow.getHandle(handle.workflowId, reset.runId!);
  }

  test.each(['at the beginning', 'in the middle'])(
    '%s of a finished run repeats no start, and loses no row',
    async (place) => {
      const name = place.replaceAll(' ', '-');
      const folder = await suite.folder();
      const file = path.join(folder, 'rows.ndjson');
      const input = {
        operation: create,
        source: { name: 'ndjson', args: { path: await ndjson(folder, tickets(1_000, name)) } },
        sink: { name: 'ndjson', args: { path: file } },
        maxJobs: 2,
      };
      const handle = await suite.bulk(input);
      const first = await resultOf(handle);
      expect(first).toMatchObject({ total: 1_000, succeeded: 1_000, jobs: 10 });

      const { events } = await handle.fetchHistory();
      const starts = events!.flatMap(({ eventId, activityTaskScheduledEventAttributes: activity }) =>
        activity?.activityType?.name === 'startZendeskBatch' ? [Number(eventId)] : [],
      );
      const again = await resetTo(handle, () => (place === 'in the middle' ? starts[6]! : 4));
      expect(await resultOf(again)).toMatchObject({ total: 1_000, succeeded: 1_000, uncertainRecords: 0 });
      expect(jobsOf(zendesk(), name)).toHaveLength(10);
      expect(Math.max(...timesSent(zendesk(), name).values())).toBe(1);
      expect((await rowsIn(file)).map(({ index }) => index)).toEqual([...Array(1_000).keys()]);
    },
  );

  test('of a single run does not start its job again', async () => {
    const handle = await suite.start('runZendeskJob', [{ operation: create, items: tickets(7, 'reset-job') }]);
    await handle.result();
    const again = await resetTo(handle, () => 0);
    expect(await again.result()).toMatchObject({ succeeded: 7 });
    expect(jobsOf(zendesk(), 'reset-job')).toHaveLength(1);
  });
});

test('records that stand in line when their worker is stopped are sent by another one, and are not uncertain', async () => {
  const fake = await FakeZendesk.start({ jobLimit: 1, jobDefaults: { queuedFor: 0, duration: 4_000 } });
  const accounts = { default: { baseUrl: fake.origin } };
  const taskQueue = `line-${Date.now()}`;
  const first = await startSuite({ accounts, taskQueue });
  try {
    const handle = await first.start('runZendeskBulk', [{ operation: create, items: tickets(300, 'line') }]);
    await eventually('a job', () => fake.starts.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const second = await startSuite({ accounts, taskQueue });
    await first.stop();
    expect(await resultOf(second.client.workflow.getHandle(handle.workflowId))).toMatchObject({
      total: 300,
      succeeded: 300,
      uncertain: [],
    });
    await second.stop();
  } finally {
    await fake.stop();
  }
});

describe('sizes', () => {
  test('3,000 records that fail with long Japanese messages: the history stays below 4 MB, the result below 400 kB', async () => {
    const items = Array.from({ length: 3_000 }, (_, i) => ({ name: `誤り ${i}`, external_id: `j-${i}` }));
    const folder = await suite.folder();
    const source = { name: 'ndjson', args: { path: await ndjson(folder, items) } };
    const handle = await suite.bulk({ operation: upsert, source });
    const result = await resultOf(handle);
    expect(result).toMatchObject({ total: 3_000, failed: 3_000 });
    expect(result.failures.length).toBeGreaterThan(100);
    expect(result.failures.length + result.failuresOmitted).toBe(3_000);
    expect(jsonBytes(result)).toBeLessThan(400_000);
    const { historySize } = await handle.describe();
    expect(historySize).toBeLessThan(4_000_000);
  });

  test('inline records are measured in bytes: what could not be carried to the next run is refused', async () => {
    const items = Array.from({ length: 30_600 }, (_, i) => ({ name: `日本語の名前 ${i}` }));
    const failure = await failureOf(await suite.bulk({ operation: create, items }));
    expect(failure.type).toBe('ZendeskInputInvalid');
    expect(failure.message).toMatch(/items: expected at most 1000000 bytes of JSON, got \d+: use a source/);
  });

  test('a start response with 3 MB of other fields brings its job, as of any other', async () => {
    zendesk().injectFault({ kind: 'padded', match: sends('padded 0') });
    const run = await suite.start('runZendeskJob', [{ operation: create, items: tickets(3, 'padded') }]);
    expect(await run.result()).toMatchObject({ succeeded: 3 });
  });
});

test('a sink that is the source is refused, and the file is as it was', async () => {
  const folder = await suite.folder();
  const file = await ndjson(folder, users(3, 'same'));
  const before = await readFile(file, 'utf8');
  const ref = { name: 'ndjson', args: { path: file } };
  const failure = await failureOf(await suite.bulk({ operation: upsert, source: ref, sink: ref }));
  expect(failure.type).toBe('ZendeskInputInvalid');
  expect(failure.message).toContain('sink.args.path');
  expect(await readFile(file, 'utf8')).toBe(before);
  await access(file);
});
