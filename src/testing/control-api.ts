/** `/_fake/`: the fake driven over HTTP, by another process or in another language. It asks for no credentials. */
import { is, number, object, StructError } from 'superstruct';
import { ManualClock } from './clock';
import type { FakeJobOptions } from './job-options';
import type { FakeZendesk } from './fake-zendesk';
import type { FaultOptions } from './faults';
import { isObject, type Answer, type Received } from './http';

export const CONTROL_PREFIX = '/_fake/';

type Control = (zendesk: FakeZendesk, body: Record<string, unknown>) => Answer;

const CONTROLS: Record<string, Control> = {
  'GET health': (zendesk) => ({ status: 200, body: { ok: true, now: zendesk.clock.now() } }),
  'GET requests': (zendesk) => ({ status: 200, body: { requests: zendesk.requests } }),
  'POST jobs': (zendesk, body) => {
    const id = zendesk.addJob(body as FakeJobOptions);
    return { status: 201, body: { id, job_status: zendesk.job(id) ?? null } };
  },
  'POST faults': (zendesk, body) => {
    zendesk.injectFault(readFault(body));
    return { status: 201, body: { ok: true } };
  },
  'DELETE faults': (zendesk) => {
    zendesk.clearFaults();
    return { status: 200, body: { ok: true } };
  },
  'POST failures': (zendesk, body) => {
    zendesk.failRecords(body);
    return { status: 200, body: { ok: true } };
  },
  'POST limits': (zendesk, body) => {
    zendesk.limitRequests(body);
    return { status: 200, body: { ok: true } };
  },
  'POST clock': (zendesk, body) => moveClock(zendesk, body),
};

export function answerControl(zendesk: FakeZendesk, { method, url, body }: Received): Answer {
  const control = CONTROLS[`${method} ${url.pathname.slice(CONTROL_PREFIX.length)}`];
  if (!control) return refused(404, `There is no such control. There are: ${Object.keys(CONTROLS).join(', ')}`);
  if (body !== undefined && !isObject(body)) return refused(400, 'Expected a JSON object as body');
  try {
    return control(zendesk, body ?? {});
  } catch (error) {
    if (error instanceof StructError || error instanceof RangeError) return refused(400, error.message);
    throw error;
  }
}

/** JSON has no Infinity: `"times": "forever"` stands for it. */
export function readFault(body: Record<string, unknown>): FaultOptions {
  return { ...body, ...(body.times === 'forever' ? { times: Infinity } : {}) } as unknown as FaultOptions;
}

const advance = object({ advance: number() });
const set = object({ set: number() });

function moveClock({ clock }: FakeZendesk, body: unknown): Answer {
  if (!(clock instanceof ManualClock)) {
    return refused(409, 'This fake runs on the system clock. Start it with a ManualClock to move its time.');
  }
  if (is(body, advance)) clock.advance(body.advance);
  else if (is(body, set)) clock.set(body.set);
  else return refused(400, 'Expected { "advance": milliseconds } or { "set": milliseconds since the epoch }');
  return { status: 200, body: { now: clock.now() } };
}

function refused(status: number, error: string): Answer {
  return { status, body: { error } };
}
