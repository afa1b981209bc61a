/** Which error comes of which answer: the one place for it. Pure. */
import type { IncomingHttpHeaders } from 'node:http';
import { envelopeOf, isFromProxy, type ErrorEnvelope } from './error-envelope';
import {
  type ZendeskError,
  type ZendeskErrorFacts,
  type ZendeskRequest,
  ZendeskJobNotFoundError,
  ZendeskNoAnswerError,
  ZendeskRateLimitedError,
  ZendeskRejectedError,
  ZendeskTooManyJobsError,
  ZendeskUnauthorizedError,
  ZendeskUnavailableError,
  ZendeskUnreachableError,
} from './errors';
import { first, retryAfterMs } from './rate-limits';
import type { Redact } from './redact';
import { cut, fold } from './text';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Where OAuth tokens come from. Outside of /api/v2. */
export const TOKEN_PATH = '/oauth/tokens';

const WORDS_LENGTH = 300;
/** 30 jobs may be queued or running. */
const MOST_JOB_IDS = 100;
const REDIRECTS = [301, 302, 303, 307, 308];
/** Verdicts on the form or size of a request, whoever gives them: the same request gets the same response again. */
const ABOUT_THE_REQUEST = [400, 413, 414, 422, 431];

/** The error that an answer comes to; undefined for a success. Zendesk's own words are quoted, less the secrets in them. */
export function errorOf(
  request: ZendeskRequest,
  answer: Answer,
  redact: Redact,
  now = Date.now(),
): ZendeskError | undefined {
  const { status, body } = answer;
  const succeeded = status >= 200 && status < 300;
  if (succeeded && !body.includes('TooManyJobs')) return undefined; // spares reading a long body twice
  const envelope = envelopeOf(body);
  const words = fold(redact(envelope.words));
  const facts = (hint = '', text = words): ZendeskErrorFacts => ({
    text: [cut(text, WORDS_LENGTH), hint].filter((part) => part !== '').join(' - '),
    ...answerFacts(answer, redact, now),
  });

  // Which status it has is documented nowhere.
  if (envelope.code === 'TooManyJobs') {
    const jobIds = envelope.currentJobIds.slice(0, MOST_JOB_IDS).map((id) => cut(redact(id), 128));
    return new ZendeskTooManyJobsError(request, facts(), jobIds);
  }
  if (succeeded) return undefined;
  if (status === 429) return new ZendeskRateLimitedError(request, facts());
  if (status === 408 || status >= 500) return new ZendeskUnavailableError(request, facts());
  if (REDIRECTS.includes(status)) return new ZendeskRejectedError(request, facts(ADDRESS_HINT, redirectText(answer)));
  if (isOutageOfProxy(request, answer, envelope)) {
    return new ZendeskUnavailableError(request, facts(status === 404 ? `${PROXY_HINT}; ${ADDRESS_HINT}` : PROXY_HINT));
  }
  if (request.path === TOKEN_PATH && [400, 401, 403].includes(status)) {
    return new ZendeskUnauthorizedError(request, facts(GRANT_HINT));
  }
  if (status === 401) return new ZendeskUnauthorizedError(request, facts(CREDENTIALS_HINT));
  if (status === 403) return new ZendeskRejectedError(request, facts(forbiddenHint(request)));
  if (status === 404) {
    return isAboutJob(request, envelope)
      ? new ZendeskJobNotFoundError(request, facts())
      : new ZendeskRejectedError(request, facts(envelope.code === 'RecordNotFound' ? '' : ADDRESS_HINT));
  }
  return new ZendeskRejectedError(request, facts());
}

const PROXY_HINT = 'not a response of Zendesk: a proxy or firewall in front of it refused the request';
const ADDRESS_HINT = "check the account's subdomain or base URL";
const GRANT_HINT = 'Zendesk refused the OAuth client: check its id, secret and scope';
const CREDENTIALS_HINT = "check the account's credentials";
const ROLE_HINT = "the user's role, the plan or the token's scope does not allow it";

/** The page of a proxy is a verdict on neither credentials nor address. The next request may reach Zendesk. */
function isOutageOfProxy({ path }: ZendeskRequest, { status, headers }: Answer, envelope: ErrorEnvelope): boolean {
  if (path !== TOKEN_PATH && ABOUT_THE_REQUEST.includes(status)) return false;
  return isFromProxy(envelope, headers);
}

/** Source: https://developer.zendesk.com/api-reference/ticketing/users/users/, of users/create_many and create_or_update_many. */
function forbiddenHint({ path }: ZendeskRequest): string {
  if (!/^\/api\/v2\/users\/(create_many|create_or_update_many)$/.test(path)) return ROLE_HINT;
  return `Zendesk may not have enabled bulk user import for the account, or ${ROLE_HINT}`;
}

/** What every error about an answer says: status, request id, Retry-After. */
export function answerFacts(
  { status, headers }: Pick<Answer, 'status' | 'headers'>,
  redact: Redact,
  now = Date.now(),
): Omit<ZendeskErrorFacts, 'text'> {
  const requestId = first(headers['x-request-id']) ?? first(headers['x-zendesk-request-id']);
  return {
    status,
    requestId: requestId === undefined ? undefined : cut(redact(requestId), 100),
    retryAfter: retryAfterMs(headers, now),
  };
}

/** OpenSSL's codes for a certificate whose issuer Node does not trust, such as that of a proxy that reads along. */
const UNTRUSTED = [
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
];
const CERTIFICATE_HINT =
  'the certificate is not trusted: if it is that of your own proxy or CA, set NODE_EXTRA_CA_CERTS to a PEM file of the CA';

/** Why a request got no answer. `connected`: the request may have been sent, and Zendesk may have acted upon it. */
export interface Failure {
  connected: boolean;
  /** Node's code, as in `ECONNREFUSED`. */
  code: string;
  message: string;
}

/** The error that a failed exchange comes to. */
export function errorOfFailure(request: ZendeskRequest, failure: Failure, redact: Redact): ZendeskError {
  const hint = UNTRUSTED.includes(failure.code) ? ` - ${CERTIFICATE_HINT}` : '';
  const reason = `${cut(fold(redact(failure.message)), WORDS_LENGTH)} (${failure.code})${hint}`;
  return failure.connected
    ? new ZendeskNoAnswerError(request, { text: `no answer: ${reason}` })
    : new ZendeskUnreachableError(request, { text: `not connected: ${reason}` });
}

/**
 * A job's own address answers `{"error":"RecordNotFound"}` for a job that is not there. `InvalidEndpoint` (wrong path), an
 * error object (`No help desk at …`: wrong subdomain) and plain text say that the address is wrong.
 */
function isAboutJob({ path }: ZendeskRequest, { form, code }: ErrorEnvelope): boolean {
  const asksForJob = /^\/api\/v2\/job_statuses\/(?!show_many$)[^/]+$/.test(path);
  if (!asksForJob || (form !== 'json' && form !== 'empty')) return false;
  return code === undefined || /^(Record)?Not ?Found$/i.test(code);
}

/** Only the origin: the rest of an address may hold a ticket for somebody's session. */
function redirectText({ headers }: Answer): string {
  const here = 'https://same.invalid';
  const origin = URL.canParse(headers.location ?? '', here) ? new URL(headers.location ?? '', here).origin : here;
  const target = origin === here ? 'another path' : origin;
  return `redirected to ${target}, which is not followed`;
}
