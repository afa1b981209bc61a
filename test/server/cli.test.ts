import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ZendeskJobOutcome } from '../../src';
import { FakeZendesk, type FakeJobOptions } from '../../src/testing';
import { runCli, startCli } from '../cli/support';
import { address } from '../support/server';
import { eventually } from '../support/eventually';
import { SECRET_TOKEN, startSuite, type Suite } from '../support/suite';

let zendesk: FakeZendesk;
let suite: Suite;
let env: Record<string, string>;

beforeAll(async () => {
  zendesk = await FakeZendesk.start({
    auth: { oauthTokens: [SECRET_TOKEN] },
    jobDefaults: { queuedFor: 0 },
    onRecord: (record) => (record['external_id'] === 'crm-3' ? { details: 'Email: is invalid' } : undefined),
  });
  suite = await startSuite({
    accounts: {
      default: { baseUrl: zendesk.origin, oauthToken: SECRET_TOKEN },
      // An account without an earlier uncertain start, whose job could come as late as any other.
      adopting: { baseUrl: zendesk.origin, oauthToken: SECRET_TOKEN },
      wrong: { baseUrl: zendesk.origin, oauthToken: 'not-the-token' },
    },
  });
  env = {
    TEMPORAL_ADDRESS: address(),
    TEMPORAL_TASK_QUEUE: suite.taskQueue,
    ZENDESK_BASE_URL: zendesk.origin,
    ZENDESK_OAUTH_TOKEN: SECRET_TOKEN,
  };
});

afterAll(async () => {
  await suite.stop();
  await zendesk.stop();
});

const requestsAbout = (jobId: string) => zendesk.requests.filter(({ path }) => path.includes(jobId)).length;

const startsFor = async <T>(use: () => Promise<T>): Promise<[made: number, result: T]> => {
  const before = zendesk.starts.length;
  const result = await use();
  return [zendesk.starts.length - before, result];
};

describe('await', () => {
  test('shows how far the job is, then what became of its records', async () => {
    const failures = [{ index: 3, error: 'UserUpdateFailed', details: 'Email: is invalid' }];
    const job = { operation: 'users/create_many', total: 40, duration: 60_000, failures };
    const jobId = zendesk.addJob({ ...job, endsAs: 'never' });
    const running = runCli(['await', jobId], env);
    await eventually('some looks', () => zendesk.requestsTo(new RegExp(jobId)).length >= 4, 60);
    zendesk.finishJob(jobId);
    const { code, stdout, stderr } = await running;
    expect(code).toBe(0);
    expect(stdout).toMatch(`Zendesk job ${jobId} completed: 39 succeeded, 1 failed, of 40 records\n`);
    expect(stdout).toMatch(/3 .*UserUpdateFailed {2}Email: is invalid/);
    expect(stderr).toContain(`Waiting in workflow zendesk-job/default/${jobId}\n`);
    expect(stderr).toMatch(/^working, \d+ of 40$/m);
    expect(stderr).not.toMatch(/error|no worker/);
  });

  test('prints one JSON document and nothing else', async () => {
    const jobId = zendesk.addJob({ total: 5, duration: 2_000, failures: 1 });
    const { code, stdout, stderr } = await runCli(['await', jobId, '--json'], env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const outcome = JSON.parse(stdout);
    expect(outcome).toMatchObject({ jobId, status: 'completed', succeeded: 4, failed: 1 });
    expect(outcome.results).toHaveLength(5);
  });

  test.each([
    ['failed', { endsAs: 'failed' }, [], 4, 'ZendeskJobFailed'],
    ['killed', { endsAs: 'killed' }, [], 4, 'ZendeskJobKilled'],
    ['too slow', { endsAs: 'never' }, ['--timeout', '2s'], 6, 'ZendeskJobTimedOut'],
    ['of an unknown account', {}, ['--account', 'other'], 8, 'ZendeskAccountUnknown'],
    ['of an account with a wrong token', {}, ['--account', 'wrong'], 8, 'ZendeskAuthenticationFailed'],
    ['with failed records, if asked', { failures: 2 }, ['--fail-on-item-errors'], 7, 'ZendeskItemsFailed'],
  ] satisfies [string, FakeJobOptions, string[], number, string][])('a job %s', async (_, job, args, code, type) => {
    const jobId = zendesk.addJob({ total: 5, duration: 100, ...job });
    const json = await runCli(['await', jobId, '--json', ...args], env);
    expect(json.code).toBe(code);
    expect(JSON.parse(json.stdout)).toMatchObject({ error: { type, details: { jobId } } });

    const text = await runCli(
      ['watch', `zendesk-job/${/--account,(\w+)/.exec(String(args))?.[1] ?? 'default'}/${jobId}`],
      env,
    );
    expect(text.code).toBe(code);
    expect(text.stderr).toMatch(/^error: .+$/m);
    for (const output of [json, text]) expect(output.stdout + output.stderr).not.toMatch(/\n +at |never-to-be-seen/);
  });

  test('what was last seen of a job that timed out is said', async () => {
    const jobId = zendesk.addJob({ total: 5, endsAs: 'never' });
    const { code, stderr } = await runCli(['await', jobId, '--timeout', '2s'], env);
    expect(code).toBe(6);
    expect(stderr).toMatch(/^ {2}last seen: working/m);
  });

  test('the failed records of a failed job are shown', async () => {
    const jobId = zendesk.addJob({ total: 2, duration: 0, endsAs: 'failed' });
    const { stdout } = await runCli(['await', jobId], env);
    expect(stdout).toContain('0 succeeded, 2 failed, of 2 records');
    expect(stdout.match(/TicketCreateFailed/g)).toHaveLength(2);
  });

  test('Ctrl-C leaves the wait running; awaiting again attaches to it', async () => {
    const jobId = zendesk.addJob({ total: 50, duration: 3_600_000 });
    const first = startCli(['await', jobId], env);
    await eventually('the first progress', () => first.stderr().includes('working'));
    first.signal('SIGINT');
    const { code, stdout, stderr } = await first.ended;
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr).toMatch(
      /see it again with: temporal-zendesk-jobs watch (\S+); stop it with: temporal-zendesk-jobs cancel \1\n$/,
    );

    const workflowId = `zendesk-job/default/${jobId}`;
    const again = [startCli(['await', jobId], env), startCli(['watch', workflowId], env)];
    for (const run of again) await eventually('progress again', () => run.stderr().includes('working'));
    zendesk.finishJob(jobId);
    const ends = await Promise.all(again.map(({ ended }) => ended));
    for (const { code } of ends) expect(code).toBe(0);
    expect(ends[0]!.stdout).toEqual(ends[1]!.stdout);
    const { polls } = (await suite.client.workflow.getHandle(workflowId).result()) as ZendeskJobOutcome;
    expect(requestsAbout(jobId)).toBe(polls);
  });

  test('Ctrl-C is told to machines as JSON', async () => {
    const jobId = zendesk.addJob({ endsAs: 'never' });
    const cli = startCli(['await', jobId, '--json'], env);
    await eventually('the first poll', () => requestsAbout(jobId) > 0);
    cli.signal('SIGINT');
    const { code, stdout } = await cli.ended;
    expect(code).toBe(130);
    const workflowId = `zendesk-job/default/${jobId}`;
    expect(JSON.parse(stdout)).toMatchObject({ error: { type: 'Interrupted', details: { workflowId } } });
    await suite.client.workflow.getHandle(workflowId).terminate();
  });

  test('no worker is said, and waited for', async () => {
    const cli = startCli(['await', 'V3-1', '--task-queue', 'nobody', '--workflow-id', 'nobody-waits'], env);
    await eventually('the note', () => cli.stderr().includes('no worker polls task queue nobody'));
    await suite.client.workflow.getHandle('nobody-waits').terminate();
    expect(await cli.ended).toMatchObject({ code: 1, stderr: expect.stringContaining('terminated') });
  });

  test('a namespace that does not exist is bad input', async () => {
    const { code, stderr } = await runCli(['await', 'V3-1'], { ...env, TEMPORAL_NAMESPACE: 'no-such' });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: .*no namespace "no-such".*TEMPORAL_NAMESPACE\n$/);
  });
});

describe('without a worker', () => {
  const nobody = `nobody-${process.pid}`;

  test('await and run stop at their timeout, say so and how to go on', async () => {
    const jobId = zendesk.addJob({ total: 1, duration: 0 });
    const user = JSON.stringify([{ external_id: 'crm-0', name: 'Ann' }]);
    const args = ['--task-queue', nobody, '--timeout', '1s'];
    const [waited, ran] = await Promise.all([
      runCli(['await', jobId, ...args], env),
      runCli(['run', 'users/create_or_update_many', '-', ...args], env, user),
    ]);
    for (const { code, stdout, stderr } of [waited, ran]) {
      expect({ code, stdout }).toEqual({ code: 9, stdout: '' });
      expect(stderr).toMatch(
        /^error: no worker polls task queue nobody-\d+, and 1s are over\. Start one: TEMPORAL_TASK_QUEUE=nobody-\d+ temporal-zendesk-jobs worker\..*temporal-zendesk-jobs watch \S+$/m,
      );
    }

    const again = await runCli(['await', jobId], env);
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('1 succeeded') });
    expect(again.stderr).toMatch(
      /started before, on task queue nobody-\d+, which no worker polls: it is started again/,
    );
  });

  test('a wait has a timeout of Temporal’s too, after its own', async () => {
    const jobId = zendesk.addJob({ endsAs: 'never' });
    await runCli(['await', jobId, '--task-queue', nobody, '--timeout', '1s'], env);
    const { raw } = await suite.client.workflow.getHandle(`zendesk-job/default/${jobId}`).describe();
    expect(Number(raw.executionConfig?.workflowExecutionTimeout?.seconds)).toBe(601);
  });

  test.each([
    ['await', ['await', 'V3-1']],
    ['run', ['run', 'users/create_or_update_many', '-']],
    ['import', ['import', 'users/create_or_update_many', 'IMPORTED']],
  ])('%s --require-worker fails at once and starts nothing', async (_, args) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'require-worker-'));
    try {
      const file = path.join(folder, 'users.ndjson');
      await writeFile(file, '{"external_id":"crm-0","name":"Ann"}\n');
      const given = args.map((word) => (word === 'IMPORTED' ? file : word));
      const run = await runCli([...given, '--require-worker', '--task-queue', nobody], env, '[{"external_id":"a"}]');
      expect(run).toMatchObject({ code: 9, stdout: '' });
      expect(run.stderr).toMatch(/^error: no worker polls task queue nobody-\d+: nothing is started\. Start one: /);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('--require-worker changes nothing where there is one', async () => {
    const jobId = zendesk.addJob({ total: 1, duration: 0 });
    expect(await runCli(['await', jobId, '--require-worker'], env)).toMatchObject({ code: 0 });
  });
});

describe('pause, resume and cancel', () => {
  const bulk = async (records: number) => {
    const items = Array.from({ length: records }, (_, i) => ({ external_id: `${i}`, name: `User ${i}` }));
    return await suite.start('runZendeskBulk', [{ operation: 'users/create_or_update_many', items, maxJobs: 1 }]);
  };

  test('a bulk run is paused, resumed, and ends', async () => {
    const { workflowId } = await bulk(250);
    const paused = await runCli(['pause', workflowId], env);
    expect(paused).toMatchObject({ code: 0, stderr: '' });
    expect(paused.stdout).toMatch(
      new RegExp(
        `^Paused: .* Go on with: temporal-zendesk-jobs resume ${workflowId}\\nIt is (paused|checking): \\d+ of `,
      ),
    );
    const resumed = await runCli(['resume', workflowId, '--json'], env);
    expect(JSON.parse(resumed.stdout)).toMatchObject({ workflowId, action: 'resume', worker: true });
    expect(JSON.parse(resumed.stdout).progress.status).not.toBe('paused');
    expect(await suite.client.workflow.getHandle(workflowId).result()).toMatchObject({ succeeded: 250 });
  });

  test('a wait is cancelled', async () => {
    const jobId = zendesk.addJob({ endsAs: 'never' });
    const cli = startCli(['await', jobId], env);
    await eventually('the first progress', () => cli.stderr().includes('working'));
    const { code, stdout } = await runCli(['cancel', `zendesk-job/default/${jobId}`], env);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Cancellation is requested\. .*temporal-zendesk-jobs watch zendesk-job\/default\/\S+\n$/);
    expect(await cli.ended).toMatchObject({ code: 1, stderr: expect.stringContaining('the wait was cancelled') });
  });

  test('what cannot be done is refused', async () => {
    const jobId = zendesk.addJob({ endsAs: 'never' });
    const { workflowId } = await suite.awaitJob({ jobId });
    const pause = await runCli(['pause', workflowId], env);
    expect(pause).toMatchObject({ code: 2, stderr: expect.stringContaining('only bulk runs and imports can pause') });
    await runCli(['cancel', workflowId], env);
    await suite.client.workflow
      .getHandle(workflowId)
      .result()
      .catch(() => undefined);
    const cancel = await runCli(['cancel', workflowId], env);
    expect(cancel).toMatchObject({ code: 2, stderr: expect.stringContaining('has ended before (cancelled)') });
    expect(await runCli(['resume', 'no-such-workflow'], env)).toMatchObject({ code: 2 });
  });

  test('it is said that nothing happens without a worker', async () => {
    const taskQueue = `nobody-${process.pid}`;
    const workflowId = `lonely-${process.pid}`;
    await suite.client.workflow.start('awaitZendeskJob', { args: [{ jobId: 'V3-1' }], taskQueue, workflowId });
    const { code, stderr } = await runCli(['cancel', workflowId], env);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^No worker polls task queue nobody-\d+/);
    await suite.client.workflow.getHandle(workflowId).terminate();
  });
});

describe('run', () => {
  const users = Array.from({ length: 5 }, (_, i) => ({
    name: `User ${i}`,
    external_id: `crm-${i}`,
    email: `user${i}@example.com`,
  }));
  const tickets = JSON.stringify([{ subject: 'One' }, { subject: 'Two' }]);
  let folder: string;
  beforeAll(async () => (folder = await mkdtemp(path.join(tmpdir(), 'temporal-zendesk-jobs-cli-'))));
  afterAll(() => rm(folder, { recursive: true }));
  afterEach(() => zendesk.clearFaults());

  test('of a file starts one job, shows how far it is, then which records failed', async () => {
    const file = path.join(folder, 'users.json');
    await writeFile(file, JSON.stringify(users));
    const [made, { code, stdout, stderr }] = await startsFor(() =>
      runCli(['run', 'users/create_or_update_many', file], env),
    );
    expect(made).toBe(1);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Zendesk job \S+ completed: 4 succeeded, 1 failed, of 5 records\n/);
    expect(stdout).toMatch(/^index +(id +)?external id +e-mail +error +details$/m);
    expect(stdout).toMatch(/^ +3 .*crm-3 +user3@example\.com +UserCreateFailed +Email: is invalid$/m);
    expect(stderr).toMatch(/^Running in workflow zendesk-run\/users\/create_or_update_many\/[0-9a-f-]{36}\n/);
    expect(stderr).toMatch(/^working, \d of 5$/m);
    expect(stderr).not.toMatch(/error|no worker/);
  });

  test('of stdin prints one JSON document, and fails for failed records if asked to', async () => {
    const start = JSON.stringify({ items: users });
    const args = ['run', 'users/create_or_update_many', '-', '--json'];
    const [done, failed] = await Promise.all([
      runCli(args, env, start),
      runCli([...args, '--fail-on-item-errors'], env, start),
    ]);
    expect(done.code).toBe(0);
    expect(JSON.parse(done.stdout)).toMatchObject({ status: 'completed', succeeded: 4, failed: 1 });
    expect(JSON.parse(done.stdout).results[3]).toMatchObject({ ok: false, externalId: 'crm-3' });
    expect(done.stderr).toMatch(/^Running in workflow \S+\n$/);
    expect(failed.code).toBe(7);
    expect(JSON.parse(failed.stdout)).toMatchObject({ error: { type: 'ZendeskItemsFailed' } });
  });

  test('with the id of a run that is there attaches to it: one id starts one job', async () => {
    const args = ['run', 'tickets/create_many', '-', '--json', '--workflow-id', `nightly-${suite.taskQueue}`];
    const [made, runs] = await startsFor(async () => {
      const both = await Promise.all([runCli(args, env, tickets), runCli(args, env, tickets)]);
      return [...both, await runCli(args, env, tickets)];
    });
    expect(made).toBe(1);
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(new Set(runs.map(({ stdout }) => JSON.parse(stdout).jobId)).size).toBe(1);
    expect(
      runs.filter(({ stderr }) => /It (is running already|has ended before .*): nothing is started/.test(stderr)),
    ).toHaveLength(2);
  });

  test('that nobody can know of exits with 10 and names the job that may be it', async () => {
    zendesk.injectFault({ kind: 'status', status: 500, takesEffect: true, match: { path: 'tickets/create_many' } });
    const [made, { code, stdout, stderr }] = await startsFor(() =>
      runCli(['run', 'tickets/create_many', '-'], env, tickets),
    );
    expect(made).toBe(1);
    expect({ code, stdout }).toEqual({ code: 10, stdout: '' });
    expect(stderr).toMatch(/^error: whether Zendesk received the start of tickets\/create_many is unknown/m);
    expect(stderr).toContain(`\n${zendesk.starts.at(-1)!.jobId}  Bulk Create Ticket  `);
  });

  test('that nobody can know of is taken over if asked to', async () => {
    zendesk.injectFault({ kind: 'status', status: 500, takesEffect: true, match: { path: 'tickets/create_many' } });
    const args = [
      'run',
      'tickets/create_many',
      '-',
      '--json',
      '--on-uncertain-start',
      'adopt',
      '--account',
      'adopting',
    ];
    const [made, { code, stdout }] = await startsFor(() => runCli(args, env, tickets));
    expect(made).toBe(1);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ jobId: zendesk.starts.at(-1)!.jobId, succeeded: 2 });
  });

  test('shows why a start is tried again', async () => {
    zendesk.injectFault({ kind: 'unavailable', times: 2, match: { path: 'users/create_or_update_many' } });
    const { code, stderr } = await runCli(['run', 'users/create_or_update_many', '-'], env, JSON.stringify(users));
    expect(code).toBe(0);
    expect(stderr).toMatch(/^starting: .*503.*; Temporal tries again$/m);
  });

  test('that Zendesk refuses exits with 8', async () => {
    zendesk.injectFault({ kind: 'status', status: 422, match: { path: 'tickets/create_many' } });
    const [made, { code, stderr }] = await startsFor(() => runCli(['run', 'tickets/create_many', '-'], env, tickets));
    expect({ made, code }).toEqual({ made: 0, code: 8 });
    expect(stderr).toMatch(/^error: .*422/m);
  });
});

describe('watch', () => {
  test('shows a wait for many jobs', async () => {
    const jobIds = [1, 2, 3].map((total) => zendesk.addJob({ total, duration: 3_600_000, failures: 1 }));
    const handle = await suite.awaitJobs({ jobIds });
    const run = startCli(['watch', handle.workflowId], env);
    await eventually('progress', () => run.stderr().includes('0 of 3 jobs'));
    for (const jobId of jobIds) zendesk.finishJob(jobId);
    const { code, stdout, stderr } = await run.ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^3 Zendesk jobs: 3 records succeeded, 3 failed\n/);
    expect(stderr).toMatch(/^(queued|working), 0 of 3 jobs ended$/m);
  });

  test('an id that nobody knows is bad input', async () => {
    const { code, stdout, stderr } = await runCli(['watch', 'no-such-workflow'], env);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: .*"no-such-workflow".*\n$/);
  });
});

describe('check', () => {
  test('all is fine', async () => {
    const { code, stdout } = await runCli(['check'], env);
    expect(stdout.replace(/\d+(\.\d+)?(ms|s)/g, 'T').split('\n')).toEqual([
      expect.stringMatching(/^✓ Temporal: \S+, namespace default, server \d+\.\d+\.\d+/),
      `✓ Task queue ${suite.taskQueue}: 1 worker, last seen T ago`.replace(/\d+(\.\d+)?(ms|s)/g, 'T'),
      expect.stringMatching(/^✓ Account default: http:\S+ answered in T, \d+ of 100000 requests a minute left$/),
      '',
    ]);
    expect(code).toBe(0);
  });

  test.each([
    ['no Temporal', { TEMPORAL_ADDRESS: '127.0.0.1:1' }, 3, [false, true]],
    ['no such namespace', { TEMPORAL_NAMESPACE: 'no-such' }, 2, [false, true]],
    ['no worker', { TEMPORAL_TASK_QUEUE: 'nobody' }, 9, [true, false, true]],
    ['a wrong token', { ZENDESK_OAUTH_TOKEN: 'tok-wrong-never-to-be-seen' }, 8, [true, true, false]],
    ['no Zendesk', { ZENDESK_BASE_URL: 'http://127.0.0.1:1' }, 8, [true, true, false]],
    ['no account', { ZENDESK_BASE_URL: '', ZENDESK_OAUTH_TOKEN: '' }, 2, [true, true, false]],
  ])('%s', async (_, changes, code, oks) => {
    const { stdout, stderr, ...run } = await runCli(['check', '--json'], { ...env, ...changes });
    expect(run.code).toBe(code);
    const { ok, checks } = JSON.parse(stdout) as { ok: boolean; checks: { ok: boolean }[] };
    expect(ok).toBe(false);
    expect(checks.map((check) => check.ok)).toEqual(oks);
    expect(stdout + stderr).not.toContain('never-to-be-seen');
  });

  test('says what to do about each problem', async () => {
    const wrong = { TEMPORAL_TASK_QUEUE: 'nobody', ZENDESK_OAUTH_TOKEN: 'wrong' };
    const { stdout } = await runCli(['check'], { ...env, ...wrong });
    expect(stdout.match(/^✗ /gm)).toHaveLength(2);
    expect(stdout.match(/^ {2}→ /gm)).toHaveLength(2);
  });
});
