import type { ZendeskAccount, ZendeskCredentials } from './account';

/** The response to `POST /oauth/tokens`. */
export interface AccessToken {
  value: string;
  /** Milliseconds. Undefined where the response has no lifetime: the token is used until a 401. */
  expiresIn?: number;
}

export interface ClientCredentialsGrant {
  grant_type: 'client_credentials';
  client_id: string;
  client_secret: string;
  scope: string;
  /** Seconds. Without it Zendesk gives a token of its default lifetime, and leaves the lifetime out of the response. */
  expires_in: number;
}

/** Says what goes into the `Authorization` header. */
export interface Authorizer {
  /** Undefined for an account without credentials. Throws what fetching a token throws. */
  authorization(): Promise<string | undefined>;
  /** Replaces what Zendesk has just refused. False where there is nothing to replace it by. */
  renew(refused: string): Promise<boolean>;
  /** All that must not be shown to anyone, as of now. */
  secrets(): string[];
}

type OAuthClient = Extract<ZendeskCredentials, { oauthClientId: string }>;
type FixedCredentials = Exclude<ZendeskCredentials, OAuthClient>;

export function createAuthorizer(
  { credentials, readAgain = () => credentials }: Pick<ZendeskAccount, 'credentials' | 'readAgain'>,
  fetchToken: (grant: ClientCredentialsGrant) => Promise<AccessToken>,
  now: () => number = Date.now,
): Authorizer {
  /** A file that is just being replaced changes nothing: Zendesk says whether what there was is good. */
  const latest = <Kind>(known: Kind): Kind => {
    try {
      return readAgain() as Kind;
    } catch {
      return known;
    }
  };
  return credentials && 'oauthClientId' in credentials
    ? new TokenAuthorizer(credentials, latest, fetchToken, now)
    : new FixedAuthorizer(credentials, latest);
}

/** Sends the same until it is refused. Then a file may hold something newer. */
class FixedAuthorizer implements Authorizer {
  #current: FixedAuthorization;
  #replaced: string[] = [];

  constructor(
    private credentials: FixedCredentials | undefined,
    private readonly latest: (known: FixedCredentials | undefined) => FixedCredentials | undefined,
  ) {
    this.#current = fixedAuthorization(credentials);
  }

  async authorization(): Promise<string | undefined> {
    return this.#current.header;
  }

  async renew(refused: string): Promise<boolean> {
    if (refused !== this.#current.header) return true; // Somebody else's renewal was faster.
    this.credentials = this.latest(this.credentials);
    const latest = fixedAuthorization(this.credentials);
    if (refused === latest.header) return false;
    this.#replaced = this.#current.secrets;
    this.#current = latest;
    return true;
  }

  secrets(): string[] {
    return [...this.#current.secrets, ...this.#replaced];
  }
}

/**
 * Asks for tokens by the client credentials grant, whenever one is about to end or was refused. One request serves all who wait for it.
 * Such a grant has no refresh token: one asks again, and an older token stays good until its end. A client secret that
 * stands in a file is read for each of them.
 */
class TokenAuthorizer implements Authorizer {
  #token?: { value: string; renewAt: number };
  #replaced?: string;
  #replacedSecret?: string;
  #pending?: Promise<void>;

  constructor(
    private client: OAuthClient,
    private readonly latest: (known: OAuthClient) => OAuthClient,
    private readonly fetchToken: (grant: ClientCredentialsGrant) => Promise<AccessToken>,
    private readonly now: () => number,
  ) {}

  async authorization(): Promise<string> {
    if (!this.#token || this.now() >= this.#token.renewAt) await this.#fetchOnce();
    return this.#header();
  }

  async renew(refused: string): Promise<boolean> {
    // Somebody else's renewal may have been faster.
    if (refused === this.#header()) await this.#fetchOnce();
    return true;
  }

  secrets(): string[] {
    const all = [this.client.oauthClientSecret, this.#replacedSecret, this.#token?.value, this.#replaced];
    return all.filter((secret) => secret !== undefined);
  }

  #header(): string {
    return `Bearer ${this.#token?.value}`;
  }

  #fetchOnce(): Promise<void> {
    this.#pending ??= this.#fetch().finally(() => (this.#pending = undefined));
    return this.#pending;
  }

  async #fetch(): Promise<void> {
    const known = this.client;
    this.client = this.latest(known);
    const { oauthClientId: client_id, oauthClientSecret: client_secret, oauthScope: scope } = this.client;
    const expires_in = Math.round(this.client.oauthTokenLifetime / 1000);
    if (client_secret !== known.oauthClientSecret) this.#replacedSecret = known.oauthClientSecret;
    const asked = this.now();
    const token = await this.fetchToken({
      grant_type: 'client_credentials',
      client_id,
      client_secret,
      scope,
      expires_in,
    });
    this.#replaced = this.#token?.value;
    this.#token = { value: token.value, renewAt: asked + useFor(token.expiresIn) };
  }
}

/**
 * How long to use a token, in ms: 80 % of its life and not its last minute, but half of its life at least. A token of unknown life is
 * used until a 401, which costs one refused request; no rule of ours would know better.
 */
export function useFor(expiresIn: number | undefined): number {
  if (expiresIn === undefined || !(expiresIn > 0)) return Infinity;
  return Math.max(expiresIn / 2, Math.min(expiresIn * 0.8, expiresIn - 60_000));
}

interface FixedAuthorization {
  header?: string;
  secrets: string[];
}

function fixedAuthorization(credentials: FixedCredentials | undefined): FixedAuthorization {
  if (!credentials) return { secrets: [] };
  if ('oauthToken' in credentials) {
    return { header: `Bearer ${credentials.oauthToken}`, secrets: [credentials.oauthToken] };
  }
  const pair = `${credentials.email}/token:${credentials.apiToken}`;
  return { header: `Basic ${Buffer.from(pair).toString('base64')}`, secrets: [pair, credentials.apiToken] };
}
