import { setImmediate as tick } from 'node:timers/promises';
import type { ZendeskCredentials } from '../../src/zendesk/account';
import { createAuthorizer, useFor, type AccessToken, type ClientCredentialsGrant } from '../../src/zendesk/auth';

const CLIENT = {
  oauthClientId: 'client-1',
  oauthClientSecret: 'client-secret',
  oauthScope: 'read',
  oauthTokenLifetime: 2 * 3_600_000,
};
const noFetch = () => Promise.reject(new Error('no token should be fetched'));

describe('credentials that stay', () => {
  test.each([
    ['API token', { email: 'a@acme.com', apiToken: 'abc' }, `Basic ${btoa('a@acme.com/token:abc')}`],
    ['OAuth token', { oauthToken: 'abc' }, 'Bearer abc'],
    ['none', undefined, undefined],
  ])('%s', async (_, credentials, header) => {
    const authorizer = createAuthorizer({ credentials }, noFetch);
    expect(await authorizer.authorization()).toBe(header);
    if (header !== undefined) expect(await authorizer.renew(header)).toBe(false);
  });
});

describe('credentials that stand in a file', () => {
  /** The file has the next one each time it is read; an error stands for a file that cannot be read. */
  function fileOf<Credentials extends ZendeskCredentials>(credentials: Credentials, ...later: (Credentials | Error)[]) {
    const readAgain = () => {
      const latest = later.shift();
      if (latest instanceof Error) throw latest;
      return latest ?? credentials;
    };
    return { credentials, readAgain };
  }

  test('are read again once they are refused: what is new is sent, and both are kept from view', async () => {
    const authorizer = createAuthorizer(fileOf({ oauthToken: 'old' }, { oauthToken: 'new' }), noFetch);
    expect(await authorizer.renew('Bearer old')).toBe(true);
    expect(await authorizer.authorization()).toBe('Bearer new');
    expect(authorizer.secrets()).toEqual(['new', 'old']);
    // Of several that were refused at once, one has read it.
    expect(await authorizer.renew('Bearer old')).toBe(true);
  });

  test.each<[string, ZendeskCredentials | Error]>([
    ['still the same', { oauthToken: 'old' }],
    ['is just being replaced', new Error('ENOENT')],
  ])('a file that %s leaves a refusal what it is', async (_, later) => {
    const authorizer = createAuthorizer(fileOf<ZendeskCredentials>({ oauthToken: 'old' }, later), noFetch);
    expect(await authorizer.renew('Bearer old')).toBe(false);
    expect(await authorizer.authorization()).toBe('Bearer old');
  });

  test('a client secret is read for each token', async () => {
    const sent: string[] = [];
    const fetchToken = async ({ client_secret }: ClientCredentialsGrant) => {
      sent.push(client_secret);
      return { value: `token-${sent.length}` };
    };
    const latest = [CLIENT, new Error('ENOENT'), { ...CLIENT, oauthClientSecret: 'rotated' }];
    const authorizer = createAuthorizer(fileOf(CLIENT, ...latest), fetchToken);
    for (let i = 1; i <= 3; i++) await authorizer.renew((await authorizer.authorization())!);
    expect(sent).toEqual(['client-secret', 'client-secret', 'rotated', 'client-secret']);
    expect(authorizer.secrets()).toEqual(['client-secret', 'rotated', 'token-4', 'token-3']);
  });
});

/** A token endpoint of 30-minute tokens and a clock that stands still. */
function tokenEndpoint({ life }: { life?: number } = { life: 30 * 60_000 }) {
  const grants: ClientCredentialsGrant[] = [];
  const clock = { now: 0 };
  const fetchToken = async (grant: ClientCredentialsGrant): Promise<AccessToken> => {
    grants.push(grant);
    const value = `token-${grants.length}`;
    await tick();
    return { value, expiresIn: life };
  };
  return { grants, clock, authorizer: createAuthorizer({ credentials: CLIENT }, fetchToken, () => clock.now) };
}

describe('OAuth client credentials', () => {
  test('ask for a token once, and use it', async () => {
    const { grants, authorizer } = tokenEndpoint();
    expect(await authorizer.authorization()).toBe('Bearer token-1');
    expect(await authorizer.authorization()).toBe('Bearer token-1');
    expect(grants).toEqual([
      {
        grant_type: 'client_credentials',
        client_id: 'client-1',
        client_secret: 'client-secret',
        scope: 'read',
        expires_in: 7200,
      },
    ]);
  });

  test('20 callers at once make one request, and one more at the next renewal', async () => {
    const { grants, clock, authorizer } = tokenEndpoint();
    const callers = () => Promise.all(Array.from({ length: 20 }, () => authorizer.authorization()));
    expect(new Set(await callers())).toEqual(new Set(['Bearer token-1']));
    clock.now = 24 * 60_000 - 1;
    expect(new Set(await callers())).toEqual(new Set(['Bearer token-1']));
    clock.now = 24 * 60_000;
    expect(new Set(await callers())).toEqual(new Set(['Bearer token-2']));
    expect(grants).toHaveLength(2);
  });

  test('a token of unknown life is used until a 401, then renewed once', async () => {
    const { grants, clock, authorizer } = tokenEndpoint({});
    const first = (await authorizer.authorization())!;
    clock.now = 365 * 24 * 3_600_000;
    expect(await authorizer.authorization()).toBe(first);
    expect(grants).toHaveLength(1);
    expect(await authorizer.renew(first)).toBe(true);
    expect(await authorizer.authorization()).toBe('Bearer token-2');
    expect(grants).toHaveLength(2);
  });

  test('20 callers whose token was refused make one request', async () => {
    const { grants, authorizer } = tokenEndpoint();
    const refused = (await authorizer.authorization())!;
    const renewed = await Promise.all(Array.from({ length: 20 }, () => authorizer.renew(refused)));
    expect(renewed.every(Boolean)).toBe(true);
    expect(await authorizer.renew(refused)).toBe(true);
    expect(await authorizer.authorization()).toBe('Bearer token-2');
    expect(grants).toHaveLength(2);
  });

  test('a request for a token that failed is made again by the next caller', async () => {
    let asked = 0;
    const fetchToken = async () => {
      if (++asked === 1) throw new Error('down');
      return { value: 'token-2' };
    };
    const authorizer = createAuthorizer({ credentials: CLIENT }, fetchToken);
    await expect(authorizer.authorization()).rejects.toThrow('down');
    expect(await authorizer.authorization()).toBe('Bearer token-2');
  });

  test('the secret, the token and the one before are kept from view', async () => {
    const { authorizer } = tokenEndpoint();
    const first = (await authorizer.authorization())!;
    await authorizer.renew(first);
    expect(authorizer.secrets().sort()).toEqual(['client-secret', 'token-1', 'token-2']);
  });

  test.each([
    ['48 h', 48 * 3_600_000, 0.8 * 48 * 3_600_000],
    ['30 min', 30 * 60_000, 24 * 60_000],
    ['5 min, the shortest at Zendesk', 5 * 60_000, 4 * 60_000],
    ['3 min', 180_000, 120_000],
    ['1 min', 60_000, 30_000],
    ['2 s', 2_000, 1_000],
  ])('a token that lives for %s', (_, life, use) => {
    expect(useFor(life)).toBeCloseTo(use);
  });

  test.each([undefined, 0, -1, NaN])('a lifetime of %s is unknown', (life) => {
    expect(useFor(life)).toBe(Infinity);
  });
});
