/** Which Zendesk accounts there are, how to reach them and with which credentials: read and checked, nothing sent. */
import { readFileSync } from 'node:fs';
import { nullable, object, optional, string } from 'superstruct';
import { accountOf, type AccountSettings } from './account-settings';

export type ZendeskCredentials =
  | { email: string; apiToken: string }
  | { oauthToken: string }
  | { oauthClientId: string; oauthClientSecret: string; oauthScope: string };

export interface ZendeskAccount {
  name: string;
  /** As in `https://acme.zendesk.com`. */
  origin: string;
  /** None only on loopback, where a fake may ask for none. */
  credentials?: ZendeskCredentials;
}

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

const VARIABLES: Record<keyof AccountSettings, string> = {
  subdomain: 'ZENDESK_SUBDOMAIN',
  baseUrl: 'ZENDESK_BASE_URL',
  oauthClientId: 'ZENDESK_OAUTH_CLIENT_ID',
  oauthClientSecret: 'ZENDESK_OAUTH_CLIENT_SECRET',
  oauthScope: 'ZENDESK_OAUTH_SCOPE',
  oauthToken: 'ZENDESK_OAUTH_TOKEN',
  email: 'ZENDESK_EMAIL',
  apiToken: 'ZENDESK_API_TOKEN',
};
const SETTINGS = Object.keys(VARIABLES) as (keyof AccountSettings)[];
const ACCOUNTS_FILE = 'ZENDESK_ACCOUNTS_FILE';

const setting = optional(nullable(string()));
const settingsStruct = object({
  subdomain: setting,
  baseUrl: setting,
  oauthClientId: setting,
  oauthClientSecret: setting,
  oauthScope: setting,
  oauthToken: setting,
  email: setting,
  apiToken: setting,
});

/**
 * Reads `{ <account name>: { subdomain | baseUrl, oauthClientId + oauthClientSecret (+ oauthScope) | oauthToken | email +
 * apiToken } }`. Throws `ZendeskConfigurationError` with every problem of every account.
 */
export function parseAccounts(configuration: unknown): ZendeskAccount[] {
  if (typeof configuration !== 'object' || configuration === null || Array.isArray(configuration)) {
    throw new ZendeskConfigurationError(['expected an object: account name -> settings']);
  }
  const entries = Object.entries(configuration);
  if (entries.length === 0) throw new ZendeskConfigurationError(['expected at least one account']);
  return allSound(
    entries.map(([name, settings]: [string, unknown]) => {
      const label = (setting: string) => `${name}.${setting}`;
      const [error, checked] = settingsStruct.validate(settings);
      if (!error) return accountOf(name, checked, label);
      // superstruct's own words quote the value, which may be a secret.
      const problems = error.failures().map(({ key, type }) => {
        if (key === undefined) return `${name}: expected an object`;
        return `${label(String(key))}: ${type === 'never' ? 'no such setting' : 'expected a string'}`;
      });
      return { problems };
    }),
  );
}

/**
 * One account, named `default`, by `ZENDESK_SUBDOMAIN` or `ZENDESK_BASE_URL` and credentials, or those of the JSON file that
 * `ZENDESK_ACCOUNTS_FILE` names. Empty variables count as not set. Throws `ZendeskConfigurationError`.
 */
export function accountsFromEnv(
  env: Record<string, string | undefined>,
  readFile: (path: string) => string = (path) => readFileSync(path, 'utf8'),
): ZendeskAccount[] {
  const path = env[ACCOUNTS_FILE];
  const given = SETTINGS.filter((setting) => env[VARIABLES[setting]]);
  if (path) {
    const others = given.map((setting) => VARIABLES[setting]).join(', ');
    if (others !== '') throw new ZendeskConfigurationError([`set ${ACCOUNTS_FILE} or ${others}, not both`]);
    return parseAccounts(readJson(path, readFile));
  }
  if (given.length === 0) {
    const problem = `set ${VARIABLES.subdomain} (or ${VARIABLES.baseUrl}) and credentials, or ${ACCOUNTS_FILE}`;
    throw new ZendeskConfigurationError([problem]);
  }
  const settings = Object.fromEntries(given.map((setting) => [setting, env[VARIABLES[setting]]]));
  return allSound([accountOf('default', settings, (setting) => VARIABLES[setting])]);
}

function allSound(results: ReturnType<typeof accountOf>[]): ZendeskAccount[] {
  const problems = results.flatMap((result) => ('problems' in result ? result.problems : []));
  if (problems.length > 0) throw new ZendeskConfigurationError(problems);
  return results.flatMap((result) => ('account' in result ? result.account : []));
}

function readJson(path: string, readFile: (path: string) => string): unknown {
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
