import { FakeZendesk } from '../../src/testing';
import { eventually } from '../support/eventually';
import { runCli, startCli, startFakeCli } from './support';

describe('jobs', () => {
  const token = 'tok-0123456789-never-to-be-seen';
  let zendesk: FakeZendesk;
  let env: Record<string, string>;

  beforeEach(async () => {
    zendesk = await FakeZendesk.start({ auth: { oauthTokens: [token] } });
    env = { ZENDESK_BASE_URL: zendesk.origin, ZENDESK_OAUTH_TOKEN: token };
  });
  afterEach(() => zendesk.stop());

  test('are a table', async () => {
    const id = zendesk.addJob({ operation: 'users/create_many', total: 40, queuedFor: 0, duration: 0 });
    const { code, stdout, stderr } = await runCli(['jobs'], env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [header, row] = stdout.split('\n');
    expect(header).toMatch(/^id +type +status +progress +message$/);
    expect(row).toMatch(new RegExp(`^${id}  Bulk Create User  completed  40/40     Completed at `));
  });

  test('of an account that has none', async () => {
    expect(await runCli(['jobs'], env)).toMatchObject({ code: 0, stdout: expect.stringContaining('no recent jobs') });
  });

  test.each([
    [3, 3, 1],
    [150, 120, 2],
  ])('up to %d of 120', async (limit, count, requests) => {
    for (let i = 0; i < 120; i++) zendesk.addJob();
    const { code, stdout } = await runCli(['jobs', '--limit', String(limit), '--json'], env);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toHaveLength(count);
    expect(zendesk.requests).toHaveLength(requests);
  });

  test.each([
    [
      'a wrong token',
      ['jobs'],
      { ZENDESK_OAUTH_TOKEN: 'tok-wrong-never-to-be-seen' },
      8,
      'ZendeskAuthenticationFailed',
    ],
    ['an unknown account', ['jobs', '--account', 'other'], {}, 8, 'ZendeskAccountUnknown'],
    ['an odd account', ['jobs', '--account', 'a b'], {}, 2, 'ZendeskInputInvalid'],
    ['no account at all', ['jobs'], { ZENDESK_BASE_URL: '' }, 2, 'ZendeskConfigurationError'],
    ['a Zendesk that is not there', ['jobs'], { ZENDESK_BASE_URL: 'http://127.0.0.1:1' }, 8, 'ZendeskUnavailable'],
  ])('%s', async (_, args, changes, code, type) => {
    const run = await runCli([...args, '--json'], { ...env, ...changes });
    expect(run.code).toBe(code);
    expect(JSON.parse(run.stdout)).toMatchObject({ error: { type } });
    expect(run.stdout + run.stderr).not.toContain('never-to-be-seen');
  });
});

describe('fake', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('runs jobs that are started over HTTP, until %s', async (signal) => {
    const fake = await startFakeCli(['--fail-every', '2', '--job-duration', '0']);
    expect(fake.stdout()).toContain(`ZENDESK_BASE_URL=${fake.origin}`);

    const started = await fetch(`${fake.origin}/api/v2/users/create_many`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ users: [{ name: 'Ann' }, { name: 'Bob' }, { name: 'Eve' }] }),
    });
    expect(await started.json()).toMatchObject({ job_status: { status: 'queued', total: 3 } });
    const { stdout } = await runCli(['jobs', '--json'], { ZENDESK_BASE_URL: fake.origin });
    expect(JSON.parse(stdout)).toMatchObject([{ job_type: 'Bulk Create User', total: 3 }]);

    fake.signal(signal);
    expect(await fake.ended).toMatchObject({ code: 0, stderr: '' });
  });

  test('asks for credentials, fails records by key and over all jobs, and has faults and limits', async () => {
    const token = { ZENDESK_OAUTH_TOKEN: 'token' };
    const fake = await startFakeCli(
      [
        '--auth',
        ...['--fail-record', 'bad', '--fail-every', '3', '--job-duration', '0', '--max-body', '150'],
        ...['--fault', '{"kind": "challenge", "match": {"path": "create_many"}}'],
      ],
      token,
    );
    const start = (users: object[], authorization = 'Bearer token') =>
      fetch(`${fake.origin}/api/v2/users/create_many`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization },
        body: JSON.stringify({ users }),
      });
    expect((await start([{}])).headers.get('cf-mitigated')).toBe('challenge');
    expect((await start([{}], 'Bearer wrong')).status).toBe(401);
    expect((await start([{ name: 'x'.repeat(150) }])).status).toBe(413);
    expect((await start([{ external_id: 'bad' }, {}])).status).toBe(200);
    expect((await start([{}, {}])).status).toBe(200);

    const jobs = await eventually('the end of both jobs', async () => {
      const { stdout } = await runCli(['jobs', '--json'], { ZENDESK_BASE_URL: fake.origin, ...token });
      const found = JSON.parse(stdout) as { status: string; results: { error?: string }[] | null }[];
      return found.every(({ status }) => status === 'completed') ? found : undefined;
    });
    const failed = jobs.map(({ results }) => results!.map(({ error }) => error !== undefined));
    expect(failed).toEqual(
      expect.arrayContaining([
        [true, false],
        [true, false],
      ]),
    );
    fake.signal('SIGTERM');
    await fake.ended;
  });

  test.each([
    ['--fault', '{"kind": "earthquake"}', 'kind'],
    ['--fault', 'reset', 'JSON'],
    ['--fail-every', '0', 'Expected a whole number'],
  ])('an option %s %s is refused', async (option, value, message) => {
    const { code, stderr } = await runCli(['fake', '--port', '0', option, value]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  test.each<[string, Record<string, string>]>([
    ['an OAuth client', { ZENDESK_OAUTH_CLIENT_ID: 'sync', ZENDESK_OAUTH_CLIENT_SECRET: 'hush' }],
    ['an API token', { ZENDESK_EMAIL: 'ann@example.com', ZENDESK_API_TOKEN: 'secret' }],
  ])('lets %s of the environment in, and nobody else', async (_, credentials) => {
    const fake = await startFakeCli(['--auth'], credentials);
    expect((await fetch(`${fake.origin}/api/v2/job_statuses`)).status).toBe(401);
    expect((await runCli(['jobs'], { ZENDESK_BASE_URL: fake.origin, ...credentials })).code).toBe(0);
    fake.signal('SIGTERM');
    await fake.ended;
  });

  test('does not start with --auth where the environment has no credentials', async () => {
    const { code, stderr } = await runCli(['fake', '--port', '0', '--auth']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('ZENDESK_OAUTH_TOKEN')]);
  });

  test('stands still on a manual clock, until it is told the time', async () => {
    const fake = await startFakeCli(['--manual-clock', '--fail-every', '2', '--job-duration', '1h']);
    const post = async (path: string, body: object) => {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${fake.origin}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
      return (await answer.json()) as { job_status: { id: string } };
    };
    const { job_status } = await post('/api/v2/users/create_many', { users: [{ name: 'Ann' }, { name: 'Bob' }] });
    await post('/_fake/clock', { advance: 2 * 3600 * 1000 });
    const answer = await fetch(`${fake.origin}/api/v2/job_statuses/${job_status.id}`);
    expect(await answer.json()).toMatchObject({
      job_status: { status: 'completed', results: [{ status: 'Created' }, { error: 'UserCreateFailed', index: 1 }] },
    });
    fake.signal('SIGTERM');
    await fake.ended;
  });

  test('a port that is taken is said plainly', async () => {
    const first = await startFakeCli();
    const second = startCli(['fake', '--port', new URL(first.origin).port]);
    expect(await second.ended).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^error: cannot listen on .*\n$/),
    });
    first.signal('SIGTERM');
    await first.ended;
  });
});
