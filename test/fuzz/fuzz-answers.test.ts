/**
 * 10,000 odd answers through the real client, over real connections that are kept alive. FUZZ_SEED and FUZZ_ANSWERS make other
 * and more of them.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Socket } from 'node:net';
import { nextLookAt, nextLookAfterTrouble } from '../../src/activities/pacing';
import type { JobStatus } from '../../src/common/types';
import { ZendeskClient } from '../../src/zendesk/client';
import { ZendeskError } from '../../src/zendesk/errors';
import { mayPass, startWas } from '../../src/zendesk/start-certainty';
import { outcomeOf } from '../../src/zendesk/outcome';
import { startRequest } from '../../src/zendesk/start-request';
import { listen } from '../zendesk/support/local-server';
import { oddAnswer } from './odd-answers';

const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_125);
const ANSWERS = Number(process.env['FUZZ_ANSWERS'] ?? 10_000);
const AT_ONCE = 16;
const HOUR = 3_600_000;
const NOW = 1_800_000_000_000;

test('odd answers come to a result or to a typed error, within bounds', async () => {
  const prototypes = [Object, Array, String, Number, Function].map(({ prototype }) => prototype);
  const before = prototypes.map((prototype) => Reflect.ownKeys(prototype));
  const origin = await listen(answerOddly);
  const told = new Map<string, number>();
  const wrong: string[] = [];

  let next = 0;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      const client = clientOf(origin);
      while (next < ANSWERS) {
        const number = next++;
        try {
          const end = await ask(client, origin, number);
          told.set(end, (told.get(end) ?? 0) + 1);
        } catch (error) {
          wrong.push(`answer ${number} of seed ${SEED}: ${String(error)}`);
        }
      }
      client.close();
    }),
  );

  expect(wrong).toEqual([]);
  expect(prototypes.map((prototype) => Reflect.ownKeys(prototype))).toEqual(before);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  // The answers are odd enough to come to every end, and not too odd to be read.
  expect([...told.keys()].sort()).toEqual([
    'ERR_ZENDESK_ANSWER_INVALID',
    'ERR_ZENDESK_JOB_NOT_FOUND',
    'ERR_ZENDESK_NO_ANSWER',
    'ERR_ZENDESK_RATE_LIMITED',
    'ERR_ZENDESK_REJECTED',
    'ERR_ZENDESK_TOO_MANY_JOBS',
    'ERR_ZENDESK_UNAUTHORIZED',
    'ERR_ZENDESK_UNAVAILABLE',
    'result',
  ]);
  expect(told.get('result')).toBeGreaterThan(ANSWERS / 100);
}, 240_000);

/** What it came to. Throws where that is not of the documented form. */
async function ask(client: ZendeskClient, origin: string, number: number): Promise<string> {
  try {
    for (const jobStatus of await send(client, origin, number)) checkResult(jobStatus);
    return 'result';
  } catch (error) {
    if (!(error instanceof ZendeskError)) throw error;
    checkError(error);
    return error.code;
  } finally {
    checkLimits(client);
  }
}

/** Every kind of request. The number of the answer travels with it. */
async function send(client: ZendeskClient, origin: string, number: number): Promise<JobStatus[]> {
  const id = `n-${number}`;
  switch (number % 5) {
    case 0:
      return [await client.show(id)];
    case 1:
      return (await client.showMany([id, 'V3-1'])).jobStatuses;
    case 2:
      return (await client.list({ cursor: id })).jobStatuses;
    case 3:
      await client.start(startRequest({ operation: 'deleted_tickets/{ticket_id}', params: { ticket_id: number } }));
      return [];
    default: {
      // Answered twice, where the first answer is a token.
      const credentials = {
        oauthClientId: id,
        oauthClientSecret: 'client-secret',
        oauthScope: 'read',
        oauthTokenLifetime: 7_200_000,
      };
      const other = clientOf(origin, credentials);
      return await other
        .show(id)
        .then((jobStatus) => [jobStatus])
        .finally(() => other.close());
    }
  }
}

const clientOf = (origin: string, credentials?: ConstructorParameters<typeof ZendeskClient>[0]['credentials']) =>
  new ZendeskClient(
    { name: 'default', origin, credentials },
    { timeout: 500, startTimeout: 1_000, maxBodyBytes: 1_000_000 },
  );

/** What is parsed can be paced, made an outcome of, and written to a history. */
function checkResult(jobStatus: JobStatus): void {
  const { status, progress, total } = jobStatus;
  const age = 60_000;
  const facts = { now: NOW, waitStartedAt: NOW - age, minInterval: 1_000, maxInterval: age, random: 0.5 };
  const delay = nextLookAt({ status, progress, total }, { ...facts, workingSince: NOW - age / 2, before: null }) - NOW;
  within(delay, 1_000, age, 'delay');
  const outcome = outcomeOf('default', jobStatus, { results: 'all', polls: 1 });
  // One object speaks for all records.
  const rows = Array.isArray(jobStatus.results)
    ? outcome.results.length
    : Math.max(outcome.results.length, outcome.succeeded);
  if (outcome.succeeded + outcome.failed < rows) throw new Error('rows were counted wrongly');
  within(outcome.unreported, 0, Number.MAX_VALUE, 'unreported');
  within(JSON.stringify(jobStatus).length, 2, 1_000_000, 'size of the job status');
  within(JSON.stringify({ ...outcome, results: [] }).length, 2, 5_000, 'size of the outcome without rows');
}

function checkError(error: ZendeskError): void {
  within(error.message.length, 10, 1_000, 'length of the message');
  if (error.status !== undefined) within(error.status, 0, 999, 'status');
  if (error.requestId !== undefined) within(error.requestId.length, 0, 101, 'length of the request id');
  if (error.retryAfter !== undefined) within(error.retryAfter, 1, HOUR, 'Retry-After');
  const { retryAfter } = error;
  const facts = {
    now: NOW,
    waitStartedAt: NOW - 60_000,
    attempt: 3,
    minInterval: 1_000,
    maxInterval: 60_000,
    random: 0,
  };
  within(nextLookAfterTrouble({ ...facts, retryAfter }) - NOW, 1_000, HOUR + 1_000, 'delay');
  if (!['refused', 'uncertain'].includes(startWas(error)) || typeof mayPass(error) !== 'boolean') throw error;
}

function checkLimits({ rateLimit, inflightJobs }: ZendeskClient): void {
  for (const limit of [rateLimit, inflightJobs]) {
    if (!limit) continue;
    within(limit.limit, 1, 1e9, 'limit');
    within(limit.remaining, 0, limit.limit, 'remaining');
    within(limit.resetsIn ?? 0, 0, HOUR, 'reset');
  }
}

function within(value: number, least: number, most: number, what: string): void {
  if (!(value >= least && value <= most)) throw new Error(`${what}: ${value} is not from ${least} to ${most}`);
}

/** Speaks HTTP as badly as the answers are. */
function answerOddly(socket: Socket): void {
  let request = '';
  socket.on('data', (chunk: Buffer) => {
    request += chunk.toString('latin1');
    const [head = '', body] = request.split('\r\n\r\n');
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    if (body === undefined || body.length < length) return;
    const number = Number(/n-(\d+)/.exec(request)?.[1] ?? /deleted_tickets\/(\d+)/.exec(head)?.[1]);
    request = '';
    const { bytes, then } = oddAnswer(number, SEED, `n-${number}`);
    socket.write(bytes, () => {
      if (then === 'end') socket.end();
      // What was sent may still be on its way.
      if (then === 'reset') void sleep(5).then(() => socket.resetAndDestroy());
    });
  });
}
