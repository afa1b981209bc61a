/** Who may ask: API tokens, OAuth tokens, and the client credentials grant. */
import { randomBytes } from 'node:crypto';
import type { Clock } from './clock';
import { invalidToken, notAuthenticated } from './errors';
import { isObject, type Answer, type Received } from './http';

/** Which credentials the fake accepts: any one of those named here. */
export interface FakeAuth {
  /** Sent as basic authentication of `{email}/token:{token}`. */
  apiToken?: { email: string; token: string };
  /** OAuth access tokens that do not expire. */
  oauthTokens?: string[];
  /** A client that gets its tokens at `POST /oauth/tokens`, by the client credentials grant. */
  oauthClient?: {
    id: string;
    secret: string;
    /** Life of a token in seconds. Default: what the request asks for, else 1,800 as on Zendesk. */
    expiresIn?: number;
    /** Leaves `expires_in` out of every response. Default: only where the request does not ask for one, as Zendesk. */
    omitExpiresIn?: boolean;
  };
}

const DEFAULT_EXPIRES_IN = 1800;

export class Auth {
  /** How many tokens were given out. */
  grants = 0;
  /** Token -> when it expires. */
  readonly #granted = new Map<string, number>();

  constructor(
    private readonly accepted: FakeAuth | undefined,
    private readonly clock: Clock,
  ) {}

  /** The 401 for a request without valid credentials, or nothing. */
  refusal(request: Received): Answer | undefined {
    if (!this.accepted) return undefined;
    const [scheme = '', credentials = ''] = (request.headers.authorization ?? '').split(' ');
    if (scheme.toLowerCase() === 'bearer') return this.#isValidToken(credentials) ? undefined : invalidToken;
    const { apiToken } = this.accepted;
    const expected = apiToken && Buffer.from(`${apiToken.email}/token:${apiToken.token}`).toString('base64');
    return scheme.toLowerCase() === 'basic' && credentials === expected ? undefined : notAuthenticated;
  }

  /** Answers `POST /oauth/tokens`. */
  grant({ method, body }: Received): Answer {
    const client = this.accepted?.oauthClient;
    const asked = isObject(body) ? body : {};
    if (method !== 'POST' || asked.grant_type !== 'client_credentials') {
      return oauthError(400, 'unsupported_grant_type', 'The authorization grant type is not supported.');
    }
    if (!client || asked.client_id !== client.id || asked.client_secret !== client.secret) {
      return oauthError(401, 'invalid_client', 'Client authentication failed.');
    }
    const requested = typeof asked.expires_in === 'number' ? asked.expires_in : undefined;
    const expiresIn = client.expiresIn ?? requested ?? DEFAULT_EXPIRES_IN;
    const token = randomBytes(32).toString('hex');
    this.#granted.set(token, this.clock.now() + expiresIn * 1000);
    this.grants += 1;
    const scope = typeof asked.scope === 'string' ? asked.scope : 'read write';
    const told = requested !== undefined && !client.omitExpiresIn ? { expires_in: expiresIn } : {};
    return { status: 200, body: { access_token: token, token_type: 'bearer', scope, ...told } };
  }

  /** Ends the life of every token given out so far. */
  revokeTokens(): void {
    this.#granted.clear();
  }

  #isValidToken(token: string): boolean {
    if (this.accepted?.oauthTokens?.includes(token)) return true;
    return this.clock.now() < (this.#granted.get(token) ?? 0);
  }
}

function oauthError(status: number, error: string, description: string): Answer {
  return { status, body: { error, error_description: description } };
}
