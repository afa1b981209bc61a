import { jobIdProblem, SHOW_MANY_LIMIT } from '../common/job-id';
import type { JobStatus } from '../common/types';
import { baseUrlProblems } from './account-settings';
import type { ZendeskAccount } from './account';
import { checkProxy, ZendeskConfigurationError } from './accounts';
import { answerFacts, errorOf, TOKEN_PATH, type Answer } from './answers';
import { createAuthorizer, type AccessToken, type Authorizer, type ClientCredentialsGrant } from './auth';
import { ZendeskAnswerInvalidError, ZendeskError, ZendeskInputError, ZendeskUnauthorizedError } from './errors';
import { readJson, redactJson } from './json';
import {
  parseList,
  parseShow,
  parseShowMany,
  parseStart,
  type JobPage,
  type NoteOdd,
  type OddElement,
  type ReadJobs,
} from './job-status';
import { inflightJobsOf, rateLimitOf, type RateLimit } from './rate-limits';
import { createRedactor, type Redact } from './redact';
import { UnexpectedShape } from './shape';
import type { StartRequest } from './start-input';
import { fold } from './text';
import { Transport, type TransportOptions } from './transport';

/** One exchange, answered or not, for metrics. Never holds a secret. */
export interface AnswerInfo {
  method: string;
  /** As in `job_statuses/{id}`, so that it makes a label. */
  endpoint: string;
  /** Absent when no answer came. */
  status?: number;
  /** Of the error it came to, as in `ERR_ZENDESK_RATE_LIMITED`. */
  code?: string;
  /** Milliseconds. */
  duration: number;
  requestId?: string;
  /** The account's requests a minute, where the answer told. */
  rateLimit?: RateLimit;
  /** The account's room for jobs, where the answer told. */
  inflightJobs?: RateLimit;
}

export interface ZendeskClientOptions extends TransportOptions {
  /** Told of every exchange, those for OAuth tokens too. Must not throw. */
  onAnswer?: (info: AnswerInfo) => void;
  /** Told of each element of a response that cannot be read, each time, without secrets. Must not throw. */
  onOddElement?: (odd: OddElement) => void;
}

interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** The path under /api/v2, with braces. */
  endpoint: string;
  path: string;
  query?: Record<string, string>;
  body?: unknown;
  freshConnection?: boolean;
  /** Called right before each request is sent: returns how many ms it may take. What it throws is thrown in place of sending. */
  beforeSend?: () => number;
}

/** Limits of `startTimeout`, in ms. Proxies in front of Zendesk respond by themselves after 100 s. */
export const START_TIMEOUT = { min: 1_000, max: 100_000, default: 60_000 } as const;

/** Zendesk's secrets have 40 characters and more. What is much shorter, as in a test, may be part of an ordinary word. */
const LEAST_SECRET = 16;

/** What an answer says beside its body. */
type Aside = ReturnType<typeof answerFacts>;

type Parse<T> = (body: unknown, aside: Aside) => T;

/**
 * Starts jobs of one account and reads their statuses. Every method throws a `ZendeskError`, `ZendeskInputError` before any request for
 * arguments that are none, or the signal's reason once it aborts. Nothing is tried again but a 401, once, with a new token.
 * Source: https://developer.zendesk.com/api-reference/ticketing/ticket-management/job_statuses/
 */
export class ZendeskClient {
  readonly #transport: Transport;
  readonly #authorizer: Authorizer;
  readonly #redact: Redact;
  readonly #redactAnswer: Redact;
  readonly #onAnswer: (info: AnswerInfo) => void;
  readonly #noteOdd: NoteOdd;
  #rateLimit?: RateLimit;
  #inflightJobs?: RateLimit;
  readonly #startTimeout: number;

  /**
   * Throws `ZendeskConfigurationError` for an origin that credentials must not be sent to, for a `startTimeout` out of its limits, and for
   * an `HTTPS_PROXY` that cannot be used.
   */
  constructor(
    account: ZendeskAccount,
    { onAnswer = () => {}, onOddElement = () => {}, ...options }: ZendeskClientOptions = {},
  ) {
    const problems = baseUrlProblems(account.origin);
    if (problems.length > 0) throw new ZendeskConfigurationError(problems.map((text) => `${account.name}: ${text}`));
    checkProxy([account.origin]);
    this.#authorizer = createAuthorizer(account, (grant) => this.#fetchToken(grant));
    this.#redact = createRedactor(() => this.#authorizer.secrets());
    this.#redactAnswer = createRedactor(() =>
      this.#authorizer.secrets().filter(({ length }) => length >= LEAST_SECRET),
    );
    this.#transport = new Transport(account.origin, this.#redact, options);
    this.#onAnswer = onAnswer;
    this.#noteOdd = ({ jobId, problem }) => onOddElement({ jobId, problem: fold(this.#redact(problem)) });
    checkStartTimeout(options.startTimeout);
    this.#startTimeout = options.startTimeout ?? START_TIMEOUT.default;
  }

  /** The account's requests a minute, as of the last answer that told. */
  get rateLimit(): RateLimit | undefined {
    return this.#rateLimit;
  }

  /** The account's room for jobs (30 may be queued or running), as of the last answer that told. */
  get inflightJobs(): RateLimit | undefined {
    return this.#inflightJobs;
  }

  /** One page of the account's jobs, latest first. Jobs that cannot be read are left out. */
  async list(
    { pageSize = 100, cursor }: { pageSize?: number; cursor?: string } = {},
    signal?: AbortSignal,
  ): Promise<JobPage> {
    if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > 100) {
      throw new ZendeskInputError('pageSize', 'expected a whole number from 1 to 100');
    }
    if (cursor === '') throw new ZendeskInputError('cursor', 'expected `next` of the page before');
    const query = { 'page[size]': String(pageSize), ...(cursor !== undefined && { 'page[after]': cursor }) };
    return await this.#request({ ...jobStatuses(''), query }, (body) => parseList(body, this.#noteOdd), signal);
  }

  /** Throws `ZendeskJobNotFoundError` for a job that is not visible yet or no longer kept. */
  async show(jobId: string, signal?: AbortSignal): Promise<JobStatus> {
    checkJobId(jobId, 'jobId');
    const call = { ...jobStatuses(`/${jobId}`), endpoint: 'job_statuses/{id}' };
    return await this.#request(call, (body) => parseShow(body, jobId, this.#noteOdd), signal);
  }

  /**
   * In the order asked, duplicates too; jobs that Zendesk leaves out are left out, and so are those that cannot be read. One request for
   * each 100 ids, one after the other.
   */
  async showMany(jobIds: string[], signal?: AbortSignal): Promise<ReadJobs> {
    jobIds.forEach((jobId, i) => checkJobId(jobId, `jobIds[${i}]`));
    const distinct = [...new Set(jobIds)];
    const found = new Map<string, JobStatus>();
    const unreadable: ReadJobs['unreadable'] = [];
    const parse = (body: unknown) => parseShowMany(body, this.#noteOdd);
    for (let at = 0; at < distinct.length; at += SHOW_MANY_LIMIT) {
      const ids = distinct.slice(at, at + SHOW_MANY_LIMIT).join(',');
      const answer = await this.#request({ ...jobStatuses('/show_many'), query: { ids } }, parse, signal);
      for (const jobStatus of answer.jobStatuses) found.set(jobStatus.id, jobStatus);
      unreadable.push(...answer.unreadable);
    }
    return { jobStatuses: jobIds.flatMap((jobId) => found.get(jobId) ?? []), unreadable };
  }

  /**
   * Starts a job: `{job_status}` with any 2xx. `startWas` (start-certainty.ts) says of an error whether a job may have been queued.
   * A start that is not safe to repeat gets a connection of its own. `beforeSend` is called right before the request is sent, after
   * a token was fetched, and returns how many ms it may take at most; what it throws is thrown, and nothing is sent.
   */
  async start(
    { operation: endpoint, method, path, query, body, repeatSafe }: StartRequest,
    beforeSend: () => number = () => Infinity,
  ): Promise<{ jobId: string; requestId?: string }> {
    const parse = (answered: unknown, { requestId }: Aside) => ({ jobId: parseStart(answered), requestId });
    const call: Call = { method, endpoint, path, query, body, freshConnection: !repeatSafe };
    call.beforeSend = () => Math.min(beforeSend(), this.#startTimeout);
    return await this.#request(call, parse);
  }

  /** Closes idle connections, and breaks off what is under way. */
  close(): void {
    this.#transport.close();
  }

  async #request<T>(call: Call, parse: Parse<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    const authorization = await this.#authorizer.authorization();
    try {
      return await this.#exchange(call, parse, authorization, signal);
    } catch (error) {
      const refused = error instanceof ZendeskUnauthorizedError ? authorization : undefined;
      if (refused === undefined || !(await this.#authorizer.renew(refused))) throw error;
      return await this.#exchange(call, parse, await this.#authorizer.authorization(), signal);
    }
  }

  /** Asks without a signal: others may be waiting for the same token. */
  async #fetchToken(grant: ClientCredentialsGrant): Promise<AccessToken> {
    const call: Call = { method: 'POST', endpoint: 'oauth/tokens', path: TOKEN_PATH, body: grant };
    return await this.#exchange(call, parseToken);
  }

  async #exchange<T>(call: Call, parse: Parse<T>, authorization?: string, signal?: AbortSignal): Promise<T> {
    const timeout = call.beforeSend?.();
    const began = performance.now();
    let answer: Answer | undefined;
    let code: string | undefined;
    let rateLimit: RateLimit | undefined;
    let inflightJobs: RateLimit | undefined;
    try {
      answer = await this.#transport.send({ ...call, authorization, timeout }, signal);
      rateLimit = rateLimitOf(answer.headers);
      this.#rateLimit = rateLimit ?? this.#rateLimit;
      inflightJobs = inflightJobsOf(answer.headers);
      this.#inflightJobs = inflightJobs ?? this.#inflightJobs;
      const error = errorOf(call, answer, this.#redact);
      if (error) throw error;
      return this.#read(call, answer, parse);
    } catch (error) {
      code = error instanceof ZendeskError ? error.code : undefined;
      throw error;
    } finally {
      const { method, endpoint } = call;
      const duration = Math.round(performance.now() - began);
      const requestId = answer && answerFacts(answer, this.#redact).requestId;
      const status = answer?.status;
      this.#onAnswer({ method, endpoint, status, code, duration, requestId, rateLimit, inflightJobs });
    }
  }

  #read<T>(call: Call, answer: Answer, parse: Parse<T>): T {
    const aside = answerFacts(answer, this.#redact);
    const invalid = (text: string) => new ZendeskAnswerInvalidError(call, { text: fold(this.#redact(text)), ...aside });
    try {
      const body = readJson(answer.body, { cutDepth: true });
      return parse(call.path === TOKEN_PATH ? body : redactJson(body, this.#redactAnswer), aside);
    } catch (error) {
      if (error instanceof UnexpectedShape) throw invalid(error.message);
      if (!(error instanceof SyntaxError)) throw error;
      const got = answer.body.trimStart().startsWith('<') ? 'a page of HTML' : `${answer.body.length} characters`;
      throw invalid(`the answer is no JSON: ${got}`);
    }
  }
}

function jobStatuses(path: '' | `/${string}`): Call {
  return { method: 'GET', endpoint: `job_statuses${path}`, path: `/api/v2/job_statuses${path}` };
}

function checkJobId(jobId: unknown, field: string): void {
  const problem = jobIdProblem(jobId);
  if (problem !== undefined) throw new ZendeskInputError(field, problem);
}

/** Throws `ZendeskConfigurationError`. */
export function checkStartTimeout(startTimeout: number = START_TIMEOUT.default): void {
  const { min, max } = START_TIMEOUT;
  if (startTimeout >= min && startTimeout <= max) return;
  throw new ZendeskConfigurationError([`startTimeout: expected ${min} to ${max} ms, got ${startTimeout}`], 'Options');
}

/** Never quotes what it got. A lifetime that is not a number counts as missing. */
function parseToken(body: unknown): AccessToken {
  const { access_token: value, expires_in: seconds } = (body ?? {}) as Record<string, unknown>;
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) {
    throw new UnexpectedShape('access_token: expected a token, got none or one that no header can carry');
  }
  return { value, expiresIn: typeof seconds === 'number' ? seconds * 1000 : undefined };
}
