import { createZendeskActivities, ZendeskAccounts, type ZendeskActivities } from '../../src/activities';
import { slotsTaken } from '../../src/activities/events';
import type { PollRound } from '../../src/common/polling';
import { FakeZendesk } from '../../src/testing';
import { measured, recorded } from './support/measured';
import { newRound } from './support/poll-round';

const TOKEN = 'tok-0123456789-never-to-be-seen';

let zendesk: FakeZendesk;
let accounts: ZendeskAccounts;
let activities: ZendeskActivities;

beforeEach(async () => {
  zendesk = await FakeZendesk.start({
    auth: { oauthTokens: [TOKEN] },
    rateLimit: { limit: 700 },
    jobDefaults: { queuedFor: 0, duration: 0 },
  });
  accounts = ZendeskAccounts.of(
    {
      default: { baseUrl: zendesk.origin, oauthToken: TOKEN },
      wrong: { baseUrl: zendesk.origin, oauthToken: 'not-the-token' },
      nobody: { baseUrl: 'http://127.0.0.1:1' },
    },
    { reader: { minRequestInterval: 0, batchWindow: 20 } },
  );
  activities = createZendeskActivities({ accounts });
});

afterEach(async () => {
  accounts.close();
  await zendesk.stop();
});

const round = (jobIds: string[], fields: Partial<PollRound> = {}) => newRound(jobIds, Date.now() - 30_000, fields);

const now = () => ({ currentAttemptScheduledTimestampMs: Date.now(), scheduledTimestampMs: Date.now() });
const poll = (input: PollRound) => measured(() => activities.pollZendeskJobs(input), now());
const request = (account = 'default') => measured(() => activities.listZendeskJobStatuses({ account }));
const of = (name: string, metrics: string[]) => metrics.filter((metric) => metric.startsWith(name));
const valueOf = (name: string, metrics: string[]) => Number(of(name, metrics).at(-1)?.split(' ').at(-1));

describe('a request', () => {
  test('is counted by endpoint and status, and tells of the rate limit and the job slots', async () => {
    zendesk.addJob({ endsAs: 'never' });
    const { metrics, lines } = await request();
    expect(metrics).toEqual([
      'zendesk_requests_total{account=default,endpoint=job_statuses,error=none,method=GET,status=200} 1',
      expect.stringMatching(
        /^zendesk_request_duration_seconds\{account=default,endpoint=job_statuses,method=GET\} 0(\.\d+)?$/,
      ),
      'zendesk_rate_limit_requests{account=default} 700',
      'zendesk_rate_limit_remaining_requests{account=default} 699',
      'zendesk_job_slots{account=default} 30',
      'zendesk_job_slots_used{account=default} 1',
    ]);
    const durationMs = expect.any(Number) as number;
    const requestId = expect.any(String) as string;
    expect(lines).toEqual([
      {
        line: 'DEBUG Zendesk answered',
        attributes: {
          account: 'default',
          method: 'GET',
          endpoint: 'job_statuses',
          status: 200,
          error: 'none',
          durationMs,
          requestId,
        },
      },
    ]);
  });

  test('for one job is counted under its endpoint, not under its id', async () => {
    const jobId = zendesk.addJob();
    const { metrics } = await measured(() => activities.showZendeskJobStatus({ jobId }));
    expect(of('zendesk_requests', metrics)).toEqual([
      'zendesk_requests_total{account=default,endpoint=job_statuses/{id},error=none,method=GET,status=200} 1',
    ]);
  });

  test.each<[string, string, Parameters<FakeZendesk['injectFault']>[0] | undefined, string, string]>([
    ['is refused', 'default', { kind: 'status', status: 403 }, '403', 'ERR_ZENDESK_REJECTED'],
    ['meets trouble', 'default', { kind: 'unavailable' }, '503', 'ERR_ZENDESK_UNAVAILABLE'],
    ['gets HTML', 'default', { kind: 'html' }, '200', 'ERR_ZENDESK_ANSWER_INVALID'],
    ['gets no answer', 'default', { kind: 'reset' }, 'none', 'ERR_ZENDESK_NO_ANSWER'],
    ['has wrong credentials', 'wrong', undefined, '401', 'ERR_ZENDESK_UNAUTHORIZED'],
    ['cannot connect', 'nobody', undefined, 'none', 'ERR_ZENDESK_UNREACHABLE'],
  ])('that %s is counted so', async (_, account, fault, status, error) => {
    if (fault) zendesk.injectFault(fault);
    const { metrics } = await request(account);
    expect(of('zendesk_requests', metrics)).toEqual([
      `zendesk_requests_total{account=${account},endpoint=job_statuses,error=${error},method=GET,status=${status}} 1`,
    ]);
  });
});

describe('a poll', () => {
  test('is counted by the jobs that it asks for, duplicates once', async () => {
    const jobIds = [zendesk.addJob(), zendesk.addJob(), zendesk.addJob()];
    const { metrics } = await poll(round([...jobIds, jobIds[0]!]));
    expect(of('zendesk_jobs_per_poll', metrics)).toEqual(['zendesk_jobs_per_poll{account=default} 3']);
  });

  test('that finds the job at work ends no wait', async () => {
    const { metrics } = await poll(round([zendesk.addJob({ duration: 60_000 })]));
    expect(of('zendesk_job_wait', metrics)).toEqual([]);
    expect(of('zendesk_records', metrics)).toEqual([]);
  });

  test('that finds the end tells how long was waited, how late it is, and what became of the records', async () => {
    const jobId = zendesk.addJob({ total: 10, failures: 2, createdAt: Date.now() - 20_000, duration: 15_000 });
    const { metrics, lines } = await poll(round([jobId]));
    expect(of('zendesk_job_wait', metrics)).toEqual([
      expect.stringMatching(/^zendesk_job_wait_seconds\{account=default,end=completed\} /),
    ]);
    expect(valueOf('zendesk_job_wait', metrics)).toBeGreaterThanOrEqual(30);
    expect(valueOf('zendesk_job_lateness', metrics)).toBeGreaterThanOrEqual(5);
    expect(of('zendesk_records', metrics)).toEqual([
      'zendesk_records_total{account=default,result=succeeded} 8',
      'zendesk_records_total{account=default,result=failed} 2',
    ]);
    const counts = { status: 'completed', succeeded: 8, failed: 2, unreported: 0 };
    expect(lines.filter(({ line }) => line.startsWith('INFO'))).toEqual([
      {
        line: 'INFO Zendesk job ended',
        attributes: { account: 'default', jobId, ...counts, waitedMs: expect.any(Number) as number },
      },
    ]);
  });

  test('that finds a job killed says so louder', async () => {
    const jobId = zendesk.addJob({ endsAs: 'killed' });
    const { metrics, lines } = await poll(round([jobId]));
    expect(of('zendesk_job_wait', metrics)).toEqual([expect.stringContaining('end=killed')]);
    expect(lines).toContainEqual(expect.objectContaining({ line: 'WARN Zendesk job ended' }));
  });

  test('that finds no trace of the job tells that it is lost', async () => {
    const { metrics, lines } = await poll(round(['V3-unknown'], { startedAt: Date.now() - 120_000 }));
    expect(of('zendesk_job_wait', metrics)).toEqual([expect.stringContaining('end=lost')]);
    expect(of('zendesk_job_lateness', metrics)).toEqual([]);
    expect(lines).toContainEqual(expect.objectContaining({ line: 'WARN Zendesk does not know the job (any more)' }));
  });

  test('that finds the status of a job too large counts it as unreadable', async () => {
    const options = { maxBodyBytes: 10_000, reader: { minRequestInterval: 0 } };
    const small = ZendeskAccounts.of({ default: { baseUrl: zendesk.origin, oauthToken: TOKEN } }, options);
    activities = createZendeskActivities({ accounts: small });
    const jobId = zendesk.addJob({ total: 1, results: [{ index: 0, details: 'x'.repeat(20_000) }] });
    const { metrics, lines } = await poll(round([jobId]));
    small.close();
    expect(of('zendesk_job_wait', metrics)).toEqual([expect.stringContaining('end=unreadable')]);
    const line = "WARN The Zendesk job's status is longer than the worker accepts";
    expect(lines).toContainEqual(expect.objectContaining({ line }));
  });

  test('at the deadline tells that the time is up', async () => {
    const jobId = zendesk.addJob({ duration: 60_000 });
    const { metrics, lines } = await poll(round([jobId], { deadline: Date.now() }));
    expect(of('zendesk_job_wait', metrics)).toEqual([expect.stringContaining('end=timed_out')]);
    expect(lines).toContainEqual(expect.objectContaining({ line: 'WARN Zendesk job had not ended in time' }));
  });

  test('that meets a 429 tells of the pause, once for all that share it', async () => {
    zendesk.injectFault({ kind: 'rate-limit', retryAfter: 40 });
    const jobIds = [zendesk.addJob(), zendesk.addJob()];
    const { metrics, lines } = await measured(
      () => Promise.allSettled(jobIds.map((jobId) => activities.pollZendeskJobs(round([jobId])))),
      now(),
    );
    expect(of('zendesk_pause', metrics)).toEqual(['zendesk_pause_seconds{account=default} 40']);
    expect(lines.filter(({ line }) => line.startsWith('WARN'))).toEqual([
      {
        line: 'WARN Zendesk asked for a pause',
        attributes: {
          account: 'default',
          pauseMs: 40_000,
          code: 'ERR_ZENDESK_RATE_LIMITED',
          status: 429,
          requestId: expect.any(String) as string,
        },
      },
    ]);
  });

  test('that its worker breaks off is counted as such', async () => {
    zendesk.injectFault({ kind: 'hang' });
    const jobId = zendesk.addJob();
    const { metrics } = await measured(() => activities.showZendeskJobStatus({ jobId }), {}, 200);
    expect(of('zendesk_requests', metrics)).toEqual([
      'zendesk_requests_total{account=default,endpoint=job_statuses/{id},error=aborted,method=GET,status=none} 1',
    ]);
  });
});

describe('a start', () => {
  const records = { operation: 'tickets/create_many', items: [{ subject: 'a' }, { subject: 'b' }] } as const;
  const start = (input: object = records) => measured(() => activities.startZendeskJob(input as typeof records));

  test('that brings a job tells so, with its id and the request id in the log alone', async () => {
    const { metrics, lines } = await start();
    const [{ jobId } = { jobId: '' }] = zendesk.starts;
    expect(of('zendesk_starts', metrics)).toEqual([
      'zendesk_starts_total{account=default,operation=tickets/create_many,result=started} 1',
    ]);
    expect(lines).toContainEqual({
      line: 'INFO Zendesk job started',
      attributes: {
        account: 'default',
        jobId,
        operation: 'tickets/create_many',
        records: 2,
        requestId: expect.any(String) as string,
      },
    });
    expect(metrics.join()).not.toContain(jobId);
  });

  test.each<[string, Parameters<FakeZendesk['injectFault']>[0]]>([
    ['refused', { kind: 'rate-limit' }],
    ['refused', { kind: 'status', status: 409 }],
    ['rejected', { kind: 'status', status: 422 }],
    ['unanswered', { kind: 'reset' }],
    ['unanswered', { kind: 'status', status: 500 }],
  ])('counts as %s: %j', async (result, fault) => {
    zendesk.injectFault(fault);
    const { metrics } = await start();
    expect(of('zendesk_starts', metrics)).toEqual([
      `zendesk_starts_total{account=default,operation=tickets/create_many,result=${result}} 1`,
    ]);
  });

  test('that found no job slot counts as such', async () => {
    const { metrics } = await measured(() => slotsTaken('default', 'tickets/create_many'));
    expect(metrics).toEqual(['zendesk_starts_total{account=default,operation=tickets/create_many,result=no_slot} 1']);
  });

  test('of an input that cannot be right is none', async () => {
    const { metrics } = await start({ operation: 'tickets/create_mny', items: [{}] });
    expect(metrics).toEqual([]);
  });
});

describe('measuring harms nobody', () => {
  test('outside of an activity nothing is measured or said', async () => {
    const jobId = zendesk.addJob();
    expect(await accounts.connect('default').client.show(jobId)).toMatchObject({ id: jobId });
    expect(recorded()).toEqual([]);
  });

  test('a meter that fails does not break the work', async () => {
    const { Context } = await import('@temporalio/activity');
    const { result } = await measured(async () => {
      const broken = { ...Context.current().metricMeter };
      Object.assign(broken, {
        createCounter() {
          throw new Error('the Runtime has been shut down');
        },
      });
      Object.assign(Context.current(), { metricMeter: broken });
      return await activities.showZendeskJobStatus({ jobId: zendesk.addJob({ id: 'V3-1' }) });
    });
    expect(result).toMatchObject({ id: 'V3-1' });
  });
});
