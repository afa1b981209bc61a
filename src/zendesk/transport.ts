import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent, type AgentOptions } from 'node:https';
import got, { RequestError, TimeoutError } from 'got';
import { answerFacts, errorOfFailure, type Answer } from './answers';
import {
  ZendeskAnswerInvalidError,
  ZendeskResponseTooLargeError,
  type ZendeskError,
  type ZendeskRequest,
} from './errors';
import { proxyFor, tunnelAgent } from './proxy';
import type { Redact } from './redact';
import { USER_AGENT } from './user-agent';

export interface TransportOptions {
  /** Limit of a whole exchange, connecting included, in ms. Default 10 s. */
  timeout?: number;
  /**
   * The same for a start of a job: Zendesk may take long to respond to one that it has accepted, and a start without a response is
   * uncertain. 1 s to 100 s.
   * @defaultValue 60,000
   */
  startTimeout?: number;
  /** Longest body of an answer in bytes, counted after decompression. Default 16 MiB. */
  maxBodyBytes?: number;
  /** Default `temporal-zendesk-jobs/<version>`. */
  userAgent?: string;
}

export interface Exchange extends ZendeskRequest {
  query?: Record<string, string>;
  /** Sent as JSON. */
  body?: unknown;
  /** Value of the `Authorization` header. */
  authorization?: string;
  /** In place of the limit of the options: ms. */
  timeout?: number;
  /** Opens a connection for this request alone: an idle one may just be closing, which loses the request without a trace. */
  freshConnection?: boolean;
}

/**
 * Idle connections are closed before the server's end does it (5 s on Node's own): a request sent into a closing connection
 * would be lost.
 */
const IDLE = 4_000;

/**
 * Sends one request to one origin, through the proxy of `HTTPS_PROXY` if there is one, and reads the whole answer, whatever its status. Nothing is sent twice and no redirect is
 * followed. Throws `ZendeskUnreachableError`, `ZendeskNoAnswerError`, `ZendeskAnswerInvalidError` (broken off, too long), or
 * the signal's reason.
 */
export class Transport {
  readonly #proxy: URL | undefined;
  readonly #agents;
  readonly #freshAgents;
  readonly #maxBodyBytes: number;
  readonly #got;

  constructor(
    private readonly origin: string,
    private readonly redact: Redact,
    { timeout = 10_000, maxBodyBytes = 16 * 1024 * 1024, userAgent = USER_AGENT }: TransportOptions,
  ) {
    this.#maxBodyBytes = maxBodyBytes;
    this.#proxy = proxyFor(origin);
    this.#agents = agentsFor(this.#proxy, { keepAlive: true, timeout: IDLE });
    this.#freshAgents = agentsFor(this.#proxy);
    this.#got = got.extend({
      agent: this.#agents,
      followRedirect: false,
      headers: { accept: 'application/json', 'user-agent': userAgent },
      retry: { limit: 0 }, // Temporal retries.
      throwHttpErrors: false,
      timeout: { request: timeout },
    });
  }

  async send(
    { method, path, query, body, authorization, timeout, freshConnection }: Exchange,
    signal?: AbortSignal,
  ): Promise<Answer> {
    const tooLong = new AbortController();
    try {
      const exchange = this.#got(new URL(path, this.origin), {
        method: method as 'GET',
        searchParams: query,
        json: body,
        headers: { authorization },
        ...(timeout !== undefined && { timeout: { request: timeout } }),
        ...(freshConnection && { agent: this.#freshAgents }),
        signal: signal ? AbortSignal.any([signal, tooLong.signal]) : tooLong.signal,
      });
      void exchange.on('downloadProgress', ({ transferred, total = 0 }) => {
        if (Math.max(transferred, total) > this.#maxBodyBytes) tooLong.abort();
      });
      const { statusCode, headers, body: text } = await exchange;
      return { status: statusCode, headers, body: text };
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof RequestError)) throw error;
      throw this.#failure({ method, path }, error, tooLong.signal.aborted);
    }
  }

  close(): void {
    this.#agents.http.destroy();
    this.#agents.https.destroy();
    this.#freshAgents.http.destroy();
    this.#freshAgents.https.destroy();
  }

  /** Nothing of got's error is kept but its code and message: it holds the request, headers and all. */
  #failure(request: ZendeskRequest, error: RequestError, tooLong: boolean): ZendeskError {
    const { response, code } = error;
    if (response && (tooLong || !(error instanceof TimeoutError))) {
      const { statusCode: status, headers } = response;
      const facts = answerFacts({ status, headers }, this.redact);
      if (!tooLong)
        return new ZendeskAnswerInvalidError(request, { text: `the response broke off (${code})`, ...facts });
      const text = `the response is longer than ${this.#maxBodyBytes} bytes`;
      // A long page about an error says nothing about the size of job statuses.
      const isSuccess = status >= 200 && status < 300;
      return new (isSuccess ? ZendeskResponseTooLargeError : ZendeskAnswerInvalidError)(request, { text, ...facts });
    }
    const via = this.#proxy ? ` by the proxy ${this.#proxy.host} of HTTPS_PROXY` : '';
    const failure = {
      connected: wasConnected(error, this.#proxy !== undefined),
      code,
      message: `${error.message}${via}`,
    };
    return errorOfFailure(request, failure, this.redact);
  }
}

function agentsFor(proxy: URL | undefined, options: AgentOptions = {}): { http: HttpAgent; https: HttpsAgent } {
  return { http: new HttpAgent(options), https: proxy ? tunnelAgent(proxy, options) : new HttpsAgent(options) };
}

/** Over TLS, nothing is sent before the handshake is done. A request through a tunnel gets its socket only then. */
function wasConnected({ request, timings, options }: RequestError, tunnelled: boolean): boolean {
  if (tunnelled) return timings?.socket !== undefined;
  const secure = (options.url as URL | undefined)?.protocol === 'https:';
  return request?.reusedSocket === true || (secure ? timings?.secureConnect : timings?.connect) !== undefined;
}
