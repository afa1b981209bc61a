import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createProgram } from '../../src/cli/program';
import { runCli } from './support';

/** Port 1 answers nobody. */
const NO_SERVER = { TEMPORAL_ADDRESS: '127.0.0.1:1' };

test('--version is that of the package', async () => {
  const { code, stdout } = await runCli(['--version']);
  expect({ code, stdout }).toEqual({ code: 0, stdout: '0.1.0\n' });
});

test.each([[['--help']], [['await', '--help']]])('%p explains the exit codes', async (args) => {
  const { code, stdout } = await runCli(args);
  expect(code).toBe(0);
  expect(stdout).toMatch(/130 +interrupted/);
});

test('whoever reads the output may stop, as head does', async () => {
  const child = spawn(process.execPath, ['lib/cli/main.js', '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

describe('wrong usage exits with 2 and says what is wrong', () => {
  test.each([
    ['no command', [], /Usage: temporal-zendesk-jobs/],
    ['an unknown command', ['wait'], /unknown command 'wait'/],
    ['an unknown option', ['await', 'V3-1', '--poll'], /unknown option '--poll'/],
    ['no job id', ['await'], /missing required argument 'jobId'/],
    ['no file', ['run', 'tickets/create_many'], /missing required argument 'file'/],
    [
      'an unknown way out of doubt',
      ['run', 'tickets/create_many', '-', '--on-uncertain-start', 'retry'],
      /Allowed choices are fail, adopt/,
    ],
    ['two job ids', ['await', 'V3-1', 'V3-2'], /too many arguments/],
    ['rows of an unknown kind', ['await', 'V3-1', '--results', 'some'], /Allowed choices are all, failed, none/],
    ['a limit that is no number', ['jobs', '--limit', 'x'], /whole number from 1 to 1000/],
    ['a port beyond the last', ['fake', '--port', '70000'], /whole number from 0 to 65535/],
    ['a duration that is none', ['fake', '--job-duration', 'soon'], /expected a duration/],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await runCli(args, NO_SERVER);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
  });
});

describe('bad input is refused before anything is started, so without a server too', () => {
  test.each([
    ['a job id that is a path', ['await', '../users/1'], 'jobId'],
    ['an empty job id', ['await', ''], 'jobId'],
    ['a job id of 10 kB', ['await', 'x'.repeat(10_000)], 'jobId'],
    ['a timeout in the past', ['await', 'V3-1', '--timeout', '-5s'], 'timeout'],
    ['a timeout of a year', ['await', 'V3-1', '--timeout', '1y'], 'timeout'],
    ['an account that is a path', ['await', 'V3-1', '--account', '../x'], 'account'],
  ])('%s', async (_, args, field) => {
    const { code, stdout, stderr } = await runCli(args, NO_SERVER);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^error: awaitZendeskJob: ${field}: .*\\n$`));
  });

  test('as JSON', async () => {
    const { code, stdout, stderr } = await runCli(['await', 'a b', '--json'], NO_SERVER);
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      error: { type: 'ZendeskInputInvalid', details: { problems: [{ field: 'jobId' }] } },
    });
  });
});

describe('a run of wrong records is refused before anything is started', () => {
  const user = { name: 'Ann', external_id: 'crm-1' };
  test.each([
    [
      'an unknown operation',
      'users/upsert_many',
      [user],
      'operation: "users/upsert_many" is none of Zendesk\'s, did you',
    ],
    ['no records', 'users/create_many', [], 'users/create_many: items: expected 1 to 100 records, got 0'],
    ['too many records', 'users/create_many', Array(101).fill(user), 'got 101: use runZendeskBulk'],
    ['records where ids are wanted', 'tickets/destroy_many', [{ id: 1 }], 'items: this operation takes ids'],
    [
      'a record without a key',
      'users/create_or_update_many',
      [{ name: 'Ann' }],
      'items[0].email: expected email or external_id',
    ],
    ['no parameter for the path', 'tickets/{ticket_id}/merge', { body: { ids: [1] } }, 'params: '],
    ['a field that a start does not have', 'users/create_many', { users: [user] }, 'stdin has unknown fields: users;'],
    ['a text', 'users/create_many', 'users', 'stdin should hold a list of records, or an object with some of items,'],
  ])('%s', async (_, operation, records, message) => {
    const { code, stdout, stderr } = await runCli(['run', operation, '-'], NO_SERVER, JSON.stringify(records));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: [^\n]*\n$/);
    expect(stderr).toContain(message);
  });

  test.each([
    ['nothing', '', /^error: stdin is empty\n$/],
    ['what is no JSON', '[{"name": "Ann"', /^error: stdin is not JSON: see line 1, column 16\n$/],
    ['a token', 'zd-token-5f4dcc3b5aa765d6', /^error: stdin is not JSON: see line 1, column 1\n$/],
    ['a token in a record', '[\n{"token": zd-5f4dcc}]', /^error: stdin is not JSON: see line 2, column 11\n$/],
    [
      'newline-delimited JSON',
      '{"name": "Ann"}\n\n{"name": "Bob"}\n',
      /^error: stdin is not one JSON document\. It is newline-delimited JSON.*temporal-zendesk-jobs import [^\n]*\n$/,
    ],
    ['lines of which only one is JSON', '{"name": "Ann"}\n{"name"\n', /^error: stdin is not JSON: [^\n]*\n$/],
  ])('%s on stdin', async (_, stdin, message) => {
    const { code, stdout, stderr } = await runCli(['run', 'users/create_many', '-'], NO_SERVER, stdin);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  test('a file that is not there, as JSON too', async () => {
    const args = ['run', 'users/create_many', 'no-such.json'];
    const { code, stdout, stderr } = await runCli(args, NO_SERVER);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: no-such\.json cannot be read: ENOENT[^\n]*\n$/);
    const json = await runCli([...args, '--json'], NO_SERVER);
    expect(json.code).toBe(2);
    expect(JSON.parse(json.stdout)).toMatchObject({ error: { type: 'UsageError', details: { file: 'no-such.json' } } });
  });
});

describe('no Temporal server exits with 3 and names the address and the variable', () => {
  test.each([[['await', 'V3-1']], [['watch', 'some-workflow']]])('%p', async (args) => {
    const { code, stdout, stderr } = await runCli(args, NO_SERVER);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(/^error: no Temporal server answers at 127\.0\.0\.1:1 .*TEMPORAL_ADDRESS.*\n$/);
  });

  test('as JSON, with a secret in the environment that is not told', async () => {
    const env = { ...NO_SERVER, TEMPORAL_API_KEY: 'key-never-to-be-seen' };
    const { code, stdout, stderr } = await runCli(['await', 'V3-1', '--json'], env);
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ error: { type: 'TemporalUnreachable' } });
    expect(stdout + stderr).not.toContain('never-to-be-seen');
  });
});

test('no command takes a secret as an option, which every process of the machine could see', () => {
  const options = createProgram().commands.flatMap(({ options }) => options);
  expect(options.length).toBeGreaterThan(20);
  // An option that takes one of a few words cannot hold a secret.
  const free = options.filter(({ argChoices }) => argChoices === undefined).map(({ flags }) => flags);
  expect(free.filter((flags) => /token|secret|password|credential|key|oauth|email/i.test(flags))).toEqual([]);
});

describe('a worker that cannot start says why', () => {
  test.each([
    ['no account', {}, 2, /ZENDESK_SUBDOMAIN/],
    [
      'no file of a secret',
      { ZENDESK_BASE_URL: 'http://127.0.0.1:1', ZENDESK_OAUTH_TOKEN_FILE: '/no/such/file' },
      2,
      /ZENDESK_OAUTH_TOKEN_FILE: cannot read \/no\/such\/file \(ENOENT\)/,
    ],
    ['plain http', { ZENDESK_BASE_URL: 'http://example.com', ZENDESK_OAUTH_TOKEN: 'tok-secret' }, 2, /https/],
    ['no Temporal server', { ZENDESK_BASE_URL: 'http://127.0.0.1:1' }, 3, /127\.0\.0\.1:1/],
  ])('%s', async (_, env, expected, message) => {
    const { code, stderr } = await runCli(['worker'], { ...NO_SERVER, ...env });
    expect(code).toBe(expected);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/tok-secret|\n +at /);
  });
});
