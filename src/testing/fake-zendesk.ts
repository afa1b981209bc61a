/** A real HTTP server that behaves like Zendesk's job API, for tests and demos. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JobStatus } from '../common/types';
import { Auth } from './auth';
import { findBulkOperation, startBulkJob, type FakeStart, type FoundOperation } from './bulk-starts';
import { systemClock, type Clock } from './clock';
import { answerControl, CONTROL_PREFIX } from './control-api';
import { deliver, deliveredStatus } from './delivery';
import { invalidEndpoint } from './errors';
import { RecordFailures, type FakeFailures } from './failures';
import type { FakeZendeskOptions } from './fake-zendesk-options';
import { faultAnswer, Faults, withPadding, type FaultOptions } from './faults';
import { logEntry, receive, type Answer, type FakeRequest, type Received } from './http';
import type { FakeJobOptions } from './job-options';
import { answerJobStatuses } from './job-status-api';
import { JobStore } from './job-store';
import { KnownRecords } from './known-records';
import { inflightJobsHeader, RateLimits } from './rate-limits';
import { RequestLimits, type FakeRequestLimits } from './request-limits';

const DAY = 24 * 60 * 60 * 1000;
/** Only the last requests and starts are kept: a fake may run for days. */
const LOG_SIZE = 10_000;

/**
 * Zendesk's job statuses and bulk starts on a local port.
 *
 *     const zendesk = await FakeZendesk.start();
 *     const jobId = zendesk.addJob({ total: 100, duration: 10_000, failures: 3 });
 *     // … point the code under test at zendesk.origin …
 *     await zendesk.stop();
 *
 * Behaves as recorded traffic does where that differs from the documentation: results are null before the end, rows of
 * different operations have different fields, ids do not ascend, a completed job can have failed records.
 */
export class FakeZendesk {
  readonly clock: Clock;
  /** Where it listens, e.g. `http://127.0.0.1:43117`. */
  readonly origin: string;
  readonly #server: Server;
  readonly #options: FakeZendeskOptions;
  readonly #jobLimit: number;
  readonly #jobs: JobStore;
  readonly #auth: Auth;
  readonly #rateLimits: RateLimits;
  readonly #faults = new Faults();
  readonly #failures = new RecordFailures();
  readonly #requestLimits = new RequestLimits();
  readonly #known = new KnownRecords();
  readonly #requests: FakeRequest[] = [];
  readonly #starts: FakeStart[] = [];
  readonly #stopping = new AbortController();

  private constructor(server: Server, options: FakeZendeskOptions) {
    const { port, address, family } = server.address() as AddressInfo;
    const anyHost = address === '0.0.0.0' || address === '::';
    const host = family === 'IPv6' ? `[${address}]` : address;
    this.origin = `http://${anyHost ? '127.0.0.1' : host}:${port}`;
    this.#server = server;
    this.#options = options;
    this.#jobLimit = options.jobLimit ?? 30;
    this.clock = options.clock ?? systemClock;
    this.#jobs = new JobStore(this.clock, options.retention ?? DAY);
    this.#auth = new Auth(options.auth, this.clock);
    this.#rateLimits = new RateLimits(options.rateLimit?.limit ?? 100_000);
    this.failRecords(options.failures ?? {});
    this.limitRequests(options.requestLimits ?? {});
    server.on('request', (request, response) => void this.#handle(request, response));
  }

  /** Rejects when the port is taken. */
  static async start(options: FakeZendeskOptions = {}): Promise<FakeZendesk> {
    // An idle connection outlives any pause between polls, so that no request meets one that is just being closed.
    const server = createServer({ keepAliveTimeout: 120_000 });
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1');
    await once(server, 'listening');
    return new FakeZendesk(server, options);
  }

  /** Adds a job that runs by itself, past any limit, and returns its id. Throws on options that are wrong. */
  addJob(options: FakeJobOptions = {}): string {
    return this.#jobs.add({ ...this.#options.jobDefaults, ...options }).id;
  }

  /** The job as Zendesk would show it now; undefined where it would answer 404. */
  job(id: string): JobStatus | undefined {
    const job = this.#jobs.find(id);
    return job && this.#jobs.statusOf(job, this.origin);
  }

  /** Ends a job now. Throws a `RangeError` when there is no such job, or it has ended. */
  finishJob(id: string, status: string = 'completed'): void {
    this.#jobs.end(id, status);
  }

  /** Ends a job now with status `killed`, and no results. Throws as `finishJob` does. */
  killJob(id: string): void {
    this.#jobs.end(id, 'killed');
  }

  /** Forgets a job, as Zendesk does after a day. Throws a `RangeError` when there is none. */
  expireJob(id: string): void {
    this.#jobs.expire(id);
  }

  /** Lets something go wrong with the next matching request(s). Throws on options that are wrong. */
  injectFault(fault: FaultOptions): { remove(): void } {
    return this.#faults.add(fault);
  }

  clearFaults(): void {
    this.#faults.clear();
  }

  /** Says anew which records of jobs that are started over HTTP fail; `{}`: none. Throws on options that are wrong. */
  failRecords(failures: FakeFailures): void {
    this.#failures.set(failures);
  }

  /** Says anew how large a request may be; `{}`: of any size. Throws on options that are wrong. */
  limitRequests(limits: FakeRequestLimits): void {
    this.#requestLimits.set(limits);
  }

  /** The last 10,000 requests, oldest first; those to `/_fake/` are not among them. */
  get requests(): readonly FakeRequest[] {
    return this.#requests;
  }

  /** The requests whose path, with its query, matches. */
  requestsTo(path: RegExp): FakeRequest[] {
    return this.#requests.filter((request) => request.path.search(path) >= 0);
  }

  /** The last 10,000 bulk jobs that were started over HTTP, oldest first. */
  get starts(): readonly FakeStart[] {
    return this.#starts;
  }

  /** How many OAuth tokens were given out. */
  get tokenGrants(): number {
    return this.#auth.grants;
  }

  /** Ends the life of every OAuth token given out so far. */
  revokeTokens(): void {
    this.#auth.revokeTokens();
  }

  /** Stops listening and closes every connection. May be called again. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const received = await receive(request, this.origin);
      if (received.url.pathname.startsWith(CONTROL_PREFIX)) {
        await deliver(response, answerControl(this, received), undefined, this.#stopping.signal);
      } else {
        await this.#play(received, response);
      }
    } catch (error) {
      const gone = request.socket.destroyed || response.headersSent || this.#stopping.signal.aborted;
      if (gone) response.destroy();
      else await deliver(response, brokenFake(error), undefined, this.#stopping.signal);
    }
  }

  async #play(received: Received, response: ServerResponse): Promise<void> {
    const logged = logEntry(received, this.clock.now());
    append(this.#requests, logged);
    const fault = this.#faults.take(logged);
    // What a proxy refuses does not reach Zendesk, and counts for no limit of it.
    const tooLarge = this.#requestLimits.refusal(received);
    const instead = fault && faultAnswer(fault);
    const limited = tooLarge || instead?.fromProxy ? undefined : this.#rateLimits.count(this.clock.now());
    const carryOut = () => tooLarge ?? limited ?? this.#answer(received);
    if (instead && fault.takesEffect) carryOut();
    const answer = this.#withHeaders(instead ?? withPadding(carryOut(), fault));
    logged.status = deliveredStatus(answer, fault);
    await deliver(response, answer, fault, this.#stopping.signal);
  }

  #answer(received: Received): Answer {
    const path = received.url.pathname;
    if (path === '/oauth/tokens') return this.#auth.grant(received);
    const refusal = this.#auth.refusal(received);
    if (refusal) return refusal;
    if (/^\/api\/v2\/job_statuses(\.json$|\/|$)/.test(path)) return answerJobStatuses(this.#jobs, received);
    const found = findBulkOperation(received);
    return found ? this.#start(found, received) : invalidEndpoint;
  }

  #start(found: FoundOperation, received: Received): Answer {
    const { tooManyJobs, bulkUserImport = true, jobDefaults = {} } = this.#options;
    const { onRecord = (record) => this.#failures.next(record) } = this.#options;
    const { answer, started } = startBulkJob(found, received, this.#jobs, this.#known, {
      jobLimit: this.#jobLimit,
      tooManyJobs: { status: 429, ...tooManyJobs },
      bulkUserImport,
      jobDefaults,
      onRecord,
    });
    if (started) append(this.#starts, { at: this.clock.now(), ...started });
    return answer;
  }

  #withHeaders(answer: Answer): Answer {
    if (answer.fromProxy) return answer;
    const headers = {
      'x-request-id': randomUUID(),
      'x-zendesk-api-version': 'v2',
      ...this.#rateLimits.headers(this.clock.now()),
      ...inflightJobsHeader(this.#jobLimit, this.#jobs.unfinished().length),
    };
    return { ...answer, headers: { ...headers, ...answer.headers } };
  }
}

/** A rule of the test threw, or a default of it does not fit: say so where the test can see it. */
function brokenFake(error: unknown): Answer {
  return { status: 500, body: { error: 'FakeZendeskError', description: String(error) } };
}

function append<T>(log: T[], entry: T): void {
  log.push(entry);
  if (log.length > LOG_SIZE) log.shift();
}
