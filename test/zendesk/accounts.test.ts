import { accountsFromEnv, parseAccounts, ZendeskConfigurationError } from '../../src/zendesk/accounts';

const TOKEN = { oauthToken: 'token-of-acme' };
const LOCAL = 'http://127.0.0.1:8080';

function problemsOf(read: () => unknown): string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof ZendeskConfigurationError) return error.problems;
    throw error;
  }
  throw new Error('expected a ZendeskConfigurationError');
}

describe('accounts of a file', () => {
  test.each([
    ['OAuth token', { subdomain: 'acme', ...TOKEN }, { origin: 'https://acme.zendesk.com', credentials: TOKEN }],
    [
      'API token',
      { subdomain: 'Acme-2', email: 'a@acme.com', apiToken: 't' },
      { origin: 'https://acme-2.zendesk.com', credentials: { email: 'a@acme.com', apiToken: 't' } },
    ],
    [
      'OAuth client',
      { subdomain: 'acme', oauthClientId: 'c', oauthClientSecret: 's' },
      {
        origin: 'https://acme.zendesk.com',
        credentials: {
          oauthClientId: 'c',
          oauthClientSecret: 's',
          oauthScope: 'read write',
          oauthTokenLifetime: 7_200_000,
        },
      },
    ],
    [
      'OAuth client with a scope',
      { subdomain: 'acme', oauthClientId: 'c', oauthClientSecret: 's', oauthScope: 'read' },
      {
        origin: 'https://acme.zendesk.com',
        credentials: { oauthClientId: 'c', oauthClientSecret: 's', oauthScope: 'read', oauthTokenLifetime: 7_200_000 },
      },
    ],
    [
      'base URL',
      { baseUrl: 'https://zd.example.com/', ...TOKEN },
      { origin: 'https://zd.example.com', credentials: TOKEN },
    ],
    ['http on loopback', { baseUrl: LOCAL, ...TOKEN }, { origin: LOCAL, credentials: TOKEN }],
    [
      'http on localhost',
      { baseUrl: 'http://localhost:1', ...TOKEN },
      { origin: 'http://localhost:1', credentials: TOKEN },
    ],
    ['http on [::1]', { baseUrl: 'http://[::1]:1', ...TOKEN }, { origin: 'http://[::1]:1', credentials: TOKEN }],
    ['no credentials on loopback', { baseUrl: LOCAL }, { origin: LOCAL }],
    ['empty settings', { baseUrl: LOCAL, email: '', apiToken: null }, { origin: LOCAL }],
  ])('%s', (_, settings, account) => {
    expect(parseAccounts({ acme: settings })).toEqual([{ name: 'acme', ...account }]);
  });

  test.each(['90m', '5400000', 5_400_000])('an OAuth client asks for tokens that live for %p', (oauthTokenLifetime) => {
    const client = { subdomain: 'acme', oauthClientId: 'c', oauthClientSecret: 's' };
    const [account] = parseAccounts({ acme: { ...client, oauthTokenLifetime } });
    expect(account?.credentials).toMatchObject({ oauthTokenLifetime: 5_400_000 });
    const env = {
      ZENDESK_SUBDOMAIN: 'acme',
      ZENDESK_OAUTH_CLIENT_ID: 'c',
      ZENDESK_OAUTH_CLIENT_SECRET: 's',
      ZENDESK_OAUTH_TOKEN_LIFETIME: String(oauthTokenLifetime),
    };
    expect(accountsFromEnv(env)[0]?.credentials).toMatchObject({ oauthTokenLifetime: 5_400_000 });
  });

  test('many, in the order of the file', () => {
    const accounts = parseAccounts({ b: { subdomain: 'b', ...TOKEN }, a: { subdomain: 'a', ...TOKEN } });
    expect(accounts.map(({ name }) => name)).toEqual(['b', 'a']);
  });

  test.each([
    ['no origin', TOKEN, 'set acme.subdomain or acme.baseUrl'],
    ['two origins', { subdomain: 'a', baseUrl: LOCAL, ...TOKEN }, 'set acme.subdomain or acme.baseUrl, not both'],
    ['a host as subdomain', { subdomain: 'acme.zendesk.com', ...TOKEN }, 'acme.subdomain: expected "acme" for'],
    ['a URL as subdomain', { subdomain: 'https://acme', ...TOKEN }, 'acme.subdomain: expected "acme" for'],
    ['a subdomain with a path', { subdomain: 'evil.example/', ...TOKEN }, 'acme.subdomain: expected "acme" for'],
    ['no URL', { baseUrl: 'acme', ...TOKEN }, 'acme.baseUrl: expected an origin such as'],
    ['another protocol', { baseUrl: 'file:///etc', ...TOKEN }, 'acme.baseUrl: expected an origin such as'],
    [
      'a path',
      { baseUrl: 'https://a.example/api/v2', ...TOKEN },
      'acme.baseUrl: expected the origin alone: https://a.example',
    ],
    [
      'a query',
      { baseUrl: 'https://a.example?x', ...TOKEN },
      'acme.baseUrl: expected the origin alone: https://a.example',
    ],
    ['http', { baseUrl: 'http://a.example', ...TOKEN }, 'acme.baseUrl: expected https: credentials would travel'],
    [
      'http to a name like loopback',
      { baseUrl: 'http://127.0.0.1.a.example', ...TOKEN },
      'acme.baseUrl: expected https',
    ],
    ['no credentials', { subdomain: 'acme' }, 'set credentials: acme.oauthClientId + acme.oauthClientSecret, or'],
    ['no secret', { subdomain: 'a', oauthClientId: 'c' }, 'set acme.oauthClientSecret, as acme.oauthClientId is set'],
    ['no e-mail', { subdomain: 'a', apiToken: 't' }, 'set acme.email, as acme.apiToken is set'],
    [
      'two kinds',
      { subdomain: 'a', apiToken: 't', ...TOKEN },
      'set one kind of credentials, not acme.oauthToken and acme.email + acme.apiToken',
    ],
    [
      'a scope alone',
      { subdomain: 'a', oauthScope: 'read', ...TOKEN },
      'acme.oauthScope goes with acme.oauthClientId only',
    ],
    [
      'a lifetime alone',
      { subdomain: 'a', oauthTokenLifetime: '2h', ...TOKEN },
      'acme.oauthTokenLifetime goes with acme.oauthClientId only',
    ],
    ...(
      [
        ['4m', 'expected at least 5m, got "4m"'],
        ['49h', 'expected at most 2d, got "49h"'],
        ['long', 'expected a duration'],
        [true, 'expected a string or a number'],
      ] as const
    ).map(([oauthTokenLifetime, problem]): [string, object, string] => [
      `a lifetime of ${oauthTokenLifetime}`,
      { subdomain: 'a', oauthClientId: 'c', oauthClientSecret: 's', oauthTokenLifetime },
      `acme.oauthTokenLifetime: ${problem}`,
    ]),
    [
      '"/token" in the e-mail',
      { subdomain: 'a', email: 'a@b.c/token', apiToken: 't' },
      'acme.email: expected an e-mail',
    ],
    ['a line break', { subdomain: 'a', oauthToken: 'abc\n' }, 'acme.oauthToken: has a space, a line break'],
    ['an unknown setting', { subdomain: 'a', token: 'abc', ...TOKEN }, 'acme.token: no such setting'],
    ['a number', { subdomain: 'a', oauthToken: 12 }, 'acme.oauthToken: expected a string'],
    ['no object', 'acme', 'acme: expected an object'],
  ])('refused: %s', (_, settings, problem) => {
    expect(problemsOf(() => parseAccounts({ acme: settings }))).toEqual([expect.stringContaining(problem)]);
  });

  test.each([[[]], [null], ['x'], [{}]])('refused: %j', (configuration) => {
    expect(problemsOf(() => parseAccounts(configuration))).toHaveLength(1);
  });

  test.each(['', 'a b', 'ä', 'x'.repeat(101)])('refused: account name %j', (name) => {
    const problems = problemsOf(() => parseAccounts({ [name]: { subdomain: 'acme', ...TOKEN } }));
    expect(problems).toEqual([expect.stringMatching(/^account name ".*": expected 1 to 100 letters/)]);
  });

  test('every problem of every account is told at once, and no secret with it', () => {
    const problems = problemsOf(() =>
      parseAccounts({
        one: { apiToken: 'hunter2 ' },
        two: { baseUrl: 'https://user:hunter2@a.example', oauthToken: 'hunter2', secret: 'hunter2' },
        three: { baseUrl: 'https://user:hunter2@a.example', oauthToken: 'hunter2' },
        four: { subdomain: 'hunter2', oauthToken: ['hunter2'] },
      }),
    );
    expect(problems.map((problem) => /\b(one|two|three|four)\b/.exec(problem)?.[1])).toEqual([
      ...['one', 'one', 'one', 'two', 'three', 'four'],
    ]);
    expect(new ZendeskConfigurationError(problems).message).not.toContain('hunter2');
  });
});

describe('accounts of the environment', () => {
  const noFile = () => {
    throw new Error('no file should be read');
  };

  test.each([
    [
      { ZENDESK_SUBDOMAIN: 'acme', ZENDESK_EMAIL: 'a@acme.com', ZENDESK_API_TOKEN: 't' },
      { origin: 'https://acme.zendesk.com', credentials: { email: 'a@acme.com', apiToken: 't' } },
    ],
    [
      { ZENDESK_BASE_URL: LOCAL, ZENDESK_OAUTH_TOKEN: 't', ZENDESK_SUBDOMAIN: '', ZENDESK_ACCOUNTS_FILE: '' },
      { origin: LOCAL, credentials: { oauthToken: 't' } },
    ],
    [
      { ZENDESK_SUBDOMAIN: 'acme', ZENDESK_OAUTH_CLIENT_ID: 'c', ZENDESK_OAUTH_CLIENT_SECRET: 's' },
      {
        origin: 'https://acme.zendesk.com',
        credentials: {
          oauthClientId: 'c',
          oauthClientSecret: 's',
          oauthScope: 'read write',
          oauthTokenLifetime: 7_200_000,
        },
      },
    ],
    [{ ZENDESK_BASE_URL: LOCAL }, { origin: LOCAL }],
  ])('one account: %j', (env, account) => {
    expect(accountsFromEnv(env, noFile)).toEqual([{ name: 'default', ...account }]);
  });

  test('a file', () => {
    const files: Record<string, string> = { '/run/accounts.json': '{"acme":{"subdomain":"acme","oauthToken":"t"}}' };
    const accounts = accountsFromEnv({ ZENDESK_ACCOUNTS_FILE: '/run/accounts.json' }, (path) => files[path]!);
    expect(accounts).toEqual([{ name: 'acme', origin: 'https://acme.zendesk.com', credentials: { oauthToken: 't' } }]);
  });

  test.each([
    [{}, 'set ZENDESK_SUBDOMAIN (or ZENDESK_BASE_URL) and credentials, or ZENDESK_ACCOUNTS_FILE'],
    [{ ZENDESK_SUBDOMAIN: 'acme' }, 'set credentials: ZENDESK_OAUTH_CLIENT_ID + ZENDESK_OAUTH_CLIENT_SECRET, or'],
    [{ ZENDESK_SUBDOMAIN: 'acme', ZENDESK_EMAIL: 'a@b.c' }, 'set ZENDESK_API_TOKEN, as ZENDESK_EMAIL is set'],
    [{ ZENDESK_OAUTH_TOKEN: 't' }, 'set ZENDESK_SUBDOMAIN or ZENDESK_BASE_URL'],
    [
      { ZENDESK_ACCOUNTS_FILE: '/x', ZENDESK_SUBDOMAIN: 'acme' },
      'set ZENDESK_ACCOUNTS_FILE or ZENDESK_SUBDOMAIN, not both',
    ],
  ])('refused: %j', (env, problem) => {
    expect(problemsOf(() => accountsFromEnv(env, noFile))).toEqual([expect.stringContaining(problem)]);
  });

  test('a file that is not there is named', () => {
    const problems = problemsOf(() => accountsFromEnv({ ZENDESK_ACCOUNTS_FILE: '/no/such/file' }));
    expect(problems).toEqual(['ZENDESK_ACCOUNTS_FILE: cannot read /no/such/file (ENOENT)']);
  });

  test('a file that is no JSON is named, not quoted', () => {
    const problems = problemsOf(() => accountsFromEnv({ ZENDESK_ACCOUNTS_FILE: '/a' }, () => '{"a": hunter2}'));
    expect(problems).toEqual(['ZENDESK_ACCOUNTS_FILE: /a is no JSON']);
  });
});

describe('a secret in a file of its own', () => {
  const files: Record<string, string> = {
    '/run/secrets/token': 'token-of-acme\n',
    '/run/secrets/windows': 'token-of-acme\r\n',
    '/run/secrets/empty': '\n',
    '/run/secrets/two-lines': 'hunter2\nhunter3\n',
  };
  const readFile = (path: string) => {
    const text = files[path];
    if (text === undefined) throw Object.assign(new Error(`no ${path}`), { code: 'EACCES' });
    return text;
  };
  const ORIGIN = { ZENDESK_BASE_URL: 'https://zd.example.com' };

  test.each([
    [{ ZENDESK_OAUTH_TOKEN_FILE: '/run/secrets/token' }, TOKEN],
    [{ ZENDESK_OAUTH_TOKEN_FILE: '/run/secrets/windows', ZENDESK_OAUTH_TOKEN: '' }, TOKEN],
    [
      { ZENDESK_EMAIL: 'a@b.c', ZENDESK_API_TOKEN_FILE: '/run/secrets/token' },
      { email: 'a@b.c', apiToken: 'token-of-acme' },
    ],
    [
      { ZENDESK_OAUTH_CLIENT_ID: 'c', ZENDESK_OAUTH_CLIENT_SECRET_FILE: '/run/secrets/token' },
      {
        oauthClientId: 'c',
        oauthClientSecret: 'token-of-acme',
        oauthScope: 'read write',
        oauthTokenLifetime: 7_200_000,
      },
    ],
  ])('%j', (env, credentials) => {
    expect(accountsFromEnv({ ...ORIGIN, ...env }, readFile)).toMatchObject([{ name: 'default', credentials }]);
  });

  test('of an account among many', () => {
    const settings = { subdomain: 'acme', oauthTokenFile: '/run/secrets/token' };
    expect(parseAccounts({ acme: settings }, readFile)).toMatchObject([{ name: 'acme', credentials: TOKEN }]);
  });

  test('is read again on demand', () => {
    let token = 'old';
    const [account] = accountsFromEnv({ ...ORIGIN, ZENDESK_OAUTH_TOKEN_FILE: '/token' }, () => token);
    token = 'new\n';
    expect(account).toMatchObject({ credentials: { oauthToken: 'old' } });
    expect(account?.readAgain?.()).toEqual({ oauthToken: 'new' });
    token = '';
    expect(problemsOf(() => account?.readAgain?.())).toEqual(['ZENDESK_OAUTH_TOKEN_FILE: /token is empty']);
  });

  test.each<[string, Record<string, string>, string]>([
    [
      'that is there twice',
      { ZENDESK_OAUTH_TOKEN_FILE: '/run/secrets/token', ZENDESK_OAUTH_TOKEN: 'hunter2' },
      'set ZENDESK_OAUTH_TOKEN or ZENDESK_OAUTH_TOKEN_FILE, not both',
    ],
    [
      'that cannot be read',
      { ZENDESK_OAUTH_TOKEN_FILE: '/run/secrets/other' },
      'ZENDESK_OAUTH_TOKEN_FILE: cannot read /run/secrets/other (EACCES)',
    ],
    [
      'that is empty',
      { ZENDESK_OAUTH_TOKEN_FILE: '/run/secrets/empty' },
      'ZENDESK_OAUTH_TOKEN_FILE: /run/secrets/empty is empty',
    ],
    [
      'of two lines',
      { ZENDESK_OAUTH_TOKEN_FILE: '/run/secrets/two-lines' },
      'ZENDESK_OAUTH_TOKEN_FILE: has a space, a line break or another character that no credential has',
    ],
    [
      'without what goes with it',
      { ZENDESK_API_TOKEN_FILE: '/run/secrets/token' },
      'set ZENDESK_EMAIL, as ZENDESK_API_TOKEN_FILE is set',
    ],
    [
      'beside another kind',
      { ZENDESK_OAUTH_TOKEN_FILE: '/run/secrets/token', ZENDESK_EMAIL: 'a@b.c', ZENDESK_API_TOKEN: 'hunter2' },
      'set one kind of credentials, not ZENDESK_OAUTH_TOKEN_FILE and ZENDESK_EMAIL + ZENDESK_API_TOKEN',
    ],
    [
      'beside a file of accounts',
      { ZENDESK_OAUTH_TOKEN_FILE: '/run/secrets/token', ZENDESK_BASE_URL: '', ZENDESK_ACCOUNTS_FILE: '/x' },
      'set ZENDESK_ACCOUNTS_FILE or ZENDESK_OAUTH_TOKEN_FILE, not both',
    ],
  ])('refused: %s', (_, env, problem) => {
    expect(problemsOf(() => accountsFromEnv({ ...ORIGIN, ...env }, readFile))).toEqual([problem]);
  });

  test('that is really not there is named', () => {
    const settings = { subdomain: 'acme', oauthTokenFile: '/no/such/file' };
    const problem = 'acme.oauthTokenFile: cannot read /no/such/file (ENOENT)';
    expect(problemsOf(() => parseAccounts({ acme: settings }))).toEqual([problem]);
  });
});
