/** Which Zendesk accounts there are, how to reach them and with which credentials: read and checked, nothing sent. */
import { readFileSync } from 'node:fs';
import { define, nullable, object, optional, string } from 'superstruct';
import type { ZendeskAccount } from './account';
import { accountOf, type Label } from './account-settings';
import { proxyFor } from './proxy';
import { filesIn, withSecretsRead, type ReadFile, type WrittenSettings } from './secret-files';

/** The configuration cannot be used. `problems` says what to set, one line each, and holds no secret. */
export class ZendeskConfigurationError extends Error {
  override readonly name = 'ZendeskConfigurationError';
  readonly code = 'ERR_ZENDESK_CONFIGURATION';

  constructor(
    readonly problems: string[],
    what = 'Zendesk accounts',
  ) {
    super(`${what} cannot be used: ${problems.join('; ')}`);
  }
}

const VARIABLES = {
  subdomain: 'ZENDESK_SUBDOMAIN',
  baseUrl: 'ZENDESK_BASE_URL',
  oauthClientId: 'ZENDESK_OAUTH_CLIENT_ID',
  oauthClientSecret: 'ZENDESK_OAUTH_CLIENT_SECRET',
  oauthClientSecretFile: 'ZENDESK_OAUTH_CLIENT_SECRET_FILE',
  oauthScope: 'ZENDESK_OAUTH_SCOPE',
  oauthTokenLifetime: 'ZENDESK_OAUTH_TOKEN_LIFETIME',
  oauthToken: 'ZENDESK_OAUTH_TOKEN',
  oauthTokenFile: 'ZENDESK_OAUTH_TOKEN_FILE',
  email: 'ZENDESK_EMAIL',
  apiToken: 'ZENDESK_API_TOKEN',
  apiTokenFile: 'ZENDESK_API_TOKEN_FILE',
} satisfies Record<keyof WrittenSettings, string>;
const SETTINGS = Object.keys(VARIABLES) as (keyof WrittenSettings)[];
const ACCOUNTS_FILE = 'ZENDESK_ACCOUNTS_FILE';

const setting = optional(nullable(string()));
/** Not a union, which fails once for each of its branches. */
const lifetime = define<string | number>('lifetime', (value) => typeof value === 'string' || typeof value === 'number');
const settingsStruct = object({
  subdomain: setting,
  baseUrl: setting,
  oauthClientId: setting,
  oauthClientSecret: setting,
  oauthClientSecretFile: setting,
  oauthScope: setting,
  oauthTokenLifetime: optional(nullable(lifetime)),
  oauthToken: setting,
  oauthTokenFile: setting,
  email: setting,
  apiToken: setting,
  apiTokenFile: setting,
});

const readText: ReadFile = (path) => readFileSync(path, 'utf8');

/**
 * Reads `{ <account name>: { subdomain | baseUrl, oauthClientId + oauthClientSecret (+ oauthScope, oauthTokenLifetime) | oauthToken | email +
 * apiToken } }`, with `oauthClientSecretFile`, `oauthTokenFile` or `apiTokenFile` for a secret in a file of its own. Throws
 * `ZendeskConfigurationError` with every problem of every account.
 */
export function parseAccounts(configuration: unknown, readFile: ReadFile = readText): ZendeskAccount[] {
  if (typeof configuration !== 'object' || configuration === null || Array.isArray(configuration)) {
    throw new ZendeskConfigurationError(['expected an object: account name -> settings']);
  }
  const entries = Object.entries(configuration);
  if (entries.length === 0) throw new ZendeskConfigurationError(['expected at least one account']);
  return allSound(
    entries.map(([name, settings]: [string, unknown]) => {
      const label = (setting: string) => `${name}.${setting}`;
      const [error, checked] = settingsStruct.validate(settings);
      if (!error) return writtenAccount(name, checked, label, readFile);
      // superstruct's own words quote the value, which may be a secret.
      const problems = error.failures().map(({ key, type }) => {
        if (key === undefined) return `${name}: expected an object`;
        const expected = key === 'oauthTokenLifetime' ? 'a string or a number' : 'a string';
        return `${label(String(key))}: ${type === 'never' ? 'no such setting' : `expected ${expected}`}`;
      });
      return { problems };
    }),
  );
}

/**
 * One account, named `default`, by `ZENDESK_SUBDOMAIN` or `ZENDESK_BASE_URL` and credentials, or those of the JSON file that
 * `ZENDESK_ACCOUNTS_FILE` names. A secret may stand in a file that its variable with `_FILE` names. Empty variables count as not
 * set. Throws `ZendeskConfigurationError`.
 */
export function accountsFromEnv(
  env: Record<string, string | undefined>,
  readFile: ReadFile = readText,
): ZendeskAccount[] {
  const path = env[ACCOUNTS_FILE];
  const given = SETTINGS.filter((setting) => env[VARIABLES[setting]]);
  if (path) {
    const others = given.map((setting) => VARIABLES[setting]).join(', ');
    if (others !== '') throw new ZendeskConfigurationError([`set ${ACCOUNTS_FILE} or ${others}, not both`]);
    return parseAccounts(readJson(path, readFile), readFile);
  }
  if (given.length === 0) {
    const problem = `set ${VARIABLES.subdomain} (or ${VARIABLES.baseUrl}) and credentials, or ${ACCOUNTS_FILE}`;
    throw new ZendeskConfigurationError([problem]);
  }
  const settings = Object.fromEntries(given.map((setting) => [setting, env[VARIABLES[setting]]]));
  return allSound([writtenAccount('default', settings, labelOfVariable, readFile)]);
}

const labelOfVariable: Label = (setting) => VARIABLES[setting as keyof typeof VARIABLES];

type Result = ReturnType<typeof accountOf>;

function writtenAccount(name: string, written: WrittenSettings, label: Label, readFile: ReadFile): Result {
  const read = (): Result => {
    const found = withSecretsRead(written, label, readFile);
    return 'problems' in found ? found : accountOf(name, found.settings, found.label);
  };
  const first = read();
  if ('problems' in first || filesIn(written).length === 0) return first;
  return { account: { ...first.account, readAgain: () => allSound([read()])[0]?.credentials } };
}

/** Throws `ZendeskConfigurationError` where `HTTPS_PROXY` cannot be used for one of the accounts. */
export function checkProxy(origins: string[]): void {
  try {
    origins.forEach(proxyFor);
  } catch (error) {
    throw new ZendeskConfigurationError([(error as Error).message], 'The proxy');
  }
}

function allSound(results: Result[]): ZendeskAccount[] {
  const problems = results.flatMap((result) => ('problems' in result ? result.problems : []));
  if (problems.length > 0) throw new ZendeskConfigurationError(problems);
  return results.flatMap((result) => ('account' in result ? result.account : []));
}

function readJson(path: string, readFile: ReadFile): unknown {
  let text: string;
  try {
    text = readFile(path);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new ZendeskConfigurationError([`${ACCOUNTS_FILE}: cannot read ${path} (${reason})`]);
  }
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own words quote the text, secrets and all.
    throw new ZendeskConfigurationError([`${ACCOUNTS_FILE}: ${path} is no JSON`]);
  }
}
