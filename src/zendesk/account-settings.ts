/** From the settings of one account to its origin and credentials: pure, and the same for files and the environment. */
import { durationProblem, toMilliseconds } from '../common/duration';
import type { ZendeskAccount, ZendeskCredentials } from './account';
import { cut } from './text';

/** Settings as people write them. Empty ones count as not given. */
export interface AccountSettings {
  /** As in `acme` of https://acme.zendesk.com. */
  subdomain?: string | null;
  /** An origin, instead of the subdomain. https, or http on loopback. */
  baseUrl?: string | null;
  oauthClientId?: string | null;
  oauthClientSecret?: string | null;
  /** Default `read write`. */
  oauthScope?: string | null;
  /** Lifetime of its tokens: 5 minutes to 48 hours, in ms or as in `90m`. Default two hours. */
  oauthTokenLifetime?: string | number | null;
  oauthToken?: string | null;
  email?: string | null;
  apiToken?: string | null;
}

type Setting = keyof AccountSettings;

/** How people know a setting: `ZENDESK_API_TOKEN` in the environment, `acme.apiToken` in a file. */
export type Label = (setting: Setting | `${Setting}File`) => string;

const CREDENTIALS: Setting[][] = [['oauthClientId', 'oauthClientSecret'], ['oauthToken'], ['email', 'apiToken']];
const SECRETS = ['oauthClientId', 'oauthClientSecret', 'oauthToken', 'apiToken'] as const satisfies Setting[];
/** Settings that go with an OAuth client only. */
const CLIENT_OPTIONS: Setting[] = ['oauthScope', 'oauthTokenLifetime'];
/** In ms. Zendesk's bounds; its own default is 30 minutes. Source: its support article 10212201463962. */
const TOKEN_LIFETIME = { min: 5 * 60_000, max: 48 * 3_600_000, default: 2 * 3_600_000 };

/** Either the account or what is wrong with it. No problem quotes a secret. */
export function accountOf(
  name: string,
  settings: AccountSettings,
  label: Label,
): { account: ZendeskAccount } | { problems: string[] } {
  const problems = [
    ...nameProblems(name),
    ...originProblems(settings, label),
    ...credentialsProblems(settings, label),
    ...SECRETS.filter((setting) => settings[setting] && !/^[\x21-\x7e]+$/.test(settings[setting])).map(
      (setting) => `${label(setting)}: has a space, a line break or another character that no credential has`,
    ),
  ];
  if (problems.length > 0) return { problems };
  const credentials = credentialsOf(settings);
  return { account: { name, origin: originOf(settings), ...(credentials && { credentials }) } };
}

function nameProblems(name: string): string[] {
  if (/^[A-Za-z0-9._-]{1,100}$/.test(name)) return [];
  return [`account name ${JSON.stringify(cut(name, 100))}: expected 1 to 100 letters, digits, ".", "_" or "-"`];
}

function originProblems({ subdomain, baseUrl }: AccountSettings, label: Label): string[] {
  if (subdomain && baseUrl) return [`set ${label('subdomain')} or ${label('baseUrl')}, not both`];
  if (baseUrl) return baseUrlProblems(baseUrl).map((problem) => `${label('baseUrl')}: ${problem}`);
  if (!subdomain) return [`set ${label('subdomain')} or ${label('baseUrl')}`];
  if (/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(subdomain)) return [];
  return [`${label('subdomain')}: expected "acme" for https://acme.zendesk.com (letters, digits and "-" only)`];
}

/** What keeps an address from being an origin that credentials may be sent to. */
export function baseUrlProblems(baseUrl: string): string[] {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) return ['expected an origin such as https://acme.zendesk.com'];
  if (url.username || url.password) return ['expected no user and no password: credentials have their own settings'];
  if (url.pathname !== '/' || url.search || url.hash) return [`expected the origin alone: ${url.origin}`];
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    return [`expected https: credentials would travel in the clear to ${url.host}`];
  }
  return [];
}

function credentialsProblems(settings: AccountSettings, label: Label): string[] {
  const given = CREDENTIALS.filter((kind) => kind.some((setting) => settings[setting]));
  const [kind] = given;
  const misplaced = kind === CREDENTIALS[0] ? undefined : CLIENT_OPTIONS.find((setting) => settings[setting]);
  if (misplaced !== undefined) return [`${label(misplaced)} goes with ${label('oauthClientId')} only`];
  if (kind === undefined) return isLocal(settings) ? [] : [`set ${kindsOf(label)}`];
  if (given.length > 1) {
    return [`set one kind of credentials, not ${given.map((kind) => kind.map(label).join(' + ')).join(' and ')}`];
  }
  const missing = kind.filter((setting) => !settings[setting]);
  if (missing.length > 0) {
    const present = kind.filter((setting) => settings[setting]);
    return [`set ${missing.map(label).join(', ')}, as ${present.map(label).join(', ')} is set`];
  }
  if (settings.email && !/^[^\s:/]+@[^\s:/]+$/.test(settings.email)) {
    return [`${label('email')}: expected an e-mail address, without "/token"`];
  }
  const { oauthTokenLifetime } = settings;
  const problem = oauthTokenLifetime && durationProblem(oauthTokenLifetime, TOKEN_LIFETIME.min, TOKEN_LIFETIME.max);
  return problem ? [`${label('oauthTokenLifetime')}: ${problem}`] : [];
}

function originOf({ subdomain, baseUrl }: AccountSettings): string {
  return new URL(baseUrl || `https://${subdomain}.zendesk.com`).origin;
}

function credentialsOf(settings: AccountSettings): ZendeskCredentials | undefined {
  const { oauthClientId, oauthClientSecret, oauthScope, oauthTokenLifetime, oauthToken, email, apiToken } = settings;
  if (oauthClientId && oauthClientSecret) {
    return {
      oauthClientId,
      oauthClientSecret,
      oauthScope: oauthScope || 'read write',
      oauthTokenLifetime: oauthTokenLifetime ? toMilliseconds(oauthTokenLifetime) : TOKEN_LIFETIME.default,
    };
  }
  if (oauthToken) return { oauthToken };
  return email && apiToken ? { email, apiToken } : undefined;
}

function kindsOf(label: Label): string {
  return `credentials: ${CREDENTIALS.map((kind) => kind.map(label).join(' + ')).join(', or ')}`;
}

function isLocal({ baseUrl }: AccountSettings): boolean {
  return baseUrl != null && URL.canParse(baseUrl) && isLoopback(new URL(baseUrl).hostname);
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
