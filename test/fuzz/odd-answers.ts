/** HTTP answers that are nearly Zendesk's, or nothing like them: pure, by a seed. Bytes as they go over the wire. */
import { STATUS_CODES } from 'node:http';
import { gzipSync } from 'node:zlib';
import { seededRandom } from '../../dev/seeded-random';

export interface OddAnswer {
  bytes: Buffer;
  /** What becomes of the connection once they are sent. */
  then: 'keep' | 'end' | 'reset' | 'hang';
}

/** Stands for the id that was asked for. */
const ID = 'V3-0123456789abcdef';

// prettier-ignore
const BODIES: unknown[] = [
  { job_status: { id: ID, url: 'https://a.zendesk.com/x.json', total: 9, progress: 4, status: 'working', message: null, results: null } },
  { job_status: { id: ID, job_type: 'Bulk Create Ticket', status: 'queued', total: 3, progress: null, message: null, results: null } },
  { job_status: { id: ID, status: 'completed', total: 3, progress: 3, message: 'Completed at 2026-01-01 00:00:00 +0000', results: [
    { index: 0, id: 35, account_id: 1 },
    { action: 'update', id: 36, status: 'Updated', success: true },
    { index: 2, error: 'UserUpdateFailed', id: 37, details: 'Name:  x has already been taken' },
  ] } },
  { job_status: { id: ID, status: 'completed', total: null, progress: null, message: null, results: { success: true } } },
  { job_status: { id: ID, status: 'failed', total: 1, progress: 0, message: 'Failed', results: [{ index: 0, error: 'TicketCreateFailed', errors: [] }] } },
  { job_statuses: [{ id: ID, status: 'working', total: 9, progress: 3 }, { id: 'V3-1', status: 'killed' }] },
  { job_statuses: [{ id: ID, status: 'working' }], meta: { has_more: true, after_cursor: 'abc' }, links: { next: 'https://b.example/' } },
  { access_token: 'token-of-the-server', token_type: 'bearer', expires_in: 1800 },
  { error: 'RecordNotFound', description: 'Not found' },
  { error: 'TooManyJobs', description: 'Too many jobs', current_job_ids: ['V3-1', 'V3-2'] },
  { error: { title: 'Forbidden', message: 'You do not have access' } },
  { errors: [{ code: 'x', title: 'y', detail: 'z' }] },
  { error: 'RecordInvalid', description: 'errors', details: { name: [{ description: 'taken', error: 'DuplicateValue' }] } },
  { error: 'invalid_token', error_description: 'The access token provided is expired' },
];
/** In place of a value. */
// prettier-ignore
const VALUES: unknown[] = [
  null, true, false, 0, -1, 0.5, 1e21, -1e308, 2 ** 53, '', ' ', 'x', '12', '\u0000', '\ud800', '😀', 'x'.repeat(5_000),
  [], {}, [[]], [null], [1, 2, 3], 'completed', 'working', 'Failed', 'ENDLESS', 'DEEP',
  { toString: 1, valueOf: 1 }, [{ toString: null }], [{ description: { toString: null } }], { toJSON: 'x' }, { length: 1e9 },
  { hasOwnProperty: 1, constructor: { prototype: { polluted: 1 } } }, JSON.parse('{"__proto__":{"polluted":1}}'),
];
// prettier-ignore
const KEYS = [
  '__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'toJSON', 'then', 'length', '', '0', 'id', 'status', 'results',
  'error', 'errors', 'details', 'current_job_ids',
];
// prettier-ignore
const TEXTS = [
  '', 'null', '[]', '""', '0', '{', '{"job_status":', 'Not found', '\ufeff{}', 'NaN', '{"a":1}{"b":2}', '1e999', '<html>',
  '<html><title>Down</title></html>', '<title'.repeat(20_000), '['.repeat(100_000), `${'[{"a":'.repeat(20_000)}`,
];
// prettier-ignore
const STATUSES = [
  200, 200, 200, 200, 200, 200, 201, 202, 203, 204, 206, 299, 300, 301, 302, 304, 307, 308, 400, 401, 403, 404, 404, 405, 408, 409,
  422, 425, 429, 429, 451, 499, 500, 502, 503, 504, 520, 599, 600, 999, 100, 0, 42,
];
// prettier-ignore
const HEADERS: Record<string, string[]> = {
  'retry-after': ['0', '1', '-5', '1e9', 'abc', '3.5', 'Wed, 21 Oct 2015 07:28:00 GMT', 'Fri, 31 Dec 9999 23:59:59 GMT', '9'.repeat(400), ''],
  'ratelimit-limit': ['700', '0', '-1', 'x', '9'.repeat(30)],
  'ratelimit-remaining': ['699', '700000', '-1', 'NaN', ''],
  'ratelimit-reset': ['30', '1e5', '-1', '99999999999'],
  'x-rate-limit': ['700', '7, 8'],
  'x-rate-limit-remaining': ['3', '3, 4'],
  'zendesk-ratelimit-inflight-jobs': ['total=30; remaining=29; resets=60', 'total=;;;=', ' ;'.repeat(500), 'total=30'],
  'x-request-id': ['r-1', 'a, b', 'x'.repeat(2_000), ''],
  location: ['https://elsewhere.example/', '//elsewhere.example', '/api/v2/other', 'javascript:alert(1)', 'http://[', ''],
  'content-type': ['application/json', 'text/html', 'application/json; charset=utf-16', ';;;'],
  'content-encoding': ['gzip', 'br', 'deflate', 'identity', 'nonsense', 'gzip, gzip'],
  'transfer-encoding': ['chunked', 'gzip', 'identity'],
  'content-length': ['0', '5', '99999999999999999999', '-1', 'abc'],
  connection: ['close', 'keep-alive', 'upgrade'],
  upgrade: ['websocket'],
  'set-cookie': ['a=b; Domain=.example'],
  refresh: ['0; url=https://elsewhere.example/'],
  link: ['<https://elsewhere.example/>; rel="next"'],
  'bad name': ['x'],
  'x-control': ['\u0001', 'ü', 'x'.repeat(20_000)],
};

/** The same for the same number and seed. `id` is what the request asked for. */
export function oddAnswer(number: number, seed: number, id: string): OddAnswer {
  const random = seededRandom(seed + number * 7919);
  const chance = (share: number) => random() < share;
  const below = (end: number) => Math.floor(random() * end);
  const pick = <T>(from: readonly T[]): T => from[below(from.length)]!;

  /** Changes one place, however far down. */
  function changed(value: unknown): unknown {
    if (typeof value !== 'object' || value === null || chance(0.1)) return pick(VALUES);
    const at = below(Object.keys(value).length);
    if (Array.isArray(value)) return value.map((item, i) => (i === at ? changed(item) : item));
    const entries = Object.entries(value);
    if (chance(0.15)) return Object.fromEntries([...entries, [pick(KEYS), pick(VALUES)]]);
    if (chance(0.05)) return Object.fromEntries(entries.filter((_, i) => i !== at));
    return Object.fromEntries(entries.map(([key, item], i) => [key, i === at ? changed(item) : item]));
  }

  function text(): string {
    if (chance(0.08)) return pick(TEXTS);
    let body = pick(BODIES);
    for (let changes = below(4); changes > 0; changes--) body = changed(body);
    const depth = pick([30, 5_000, 50_000]);
    const whole = JSON.stringify(body)
      .replaceAll(ID, id)
      .replaceAll('"ENDLESS"', '1e999')
      .replaceAll('"DEEP"', '['.repeat(depth) + ']'.repeat(depth));
    if (chance(0.05)) return whole.slice(0, below(whole.length));
    return chance(0.03) ? whole + pick(TEXTS) : whole;
  }

  const body = Buffer.from(text());
  if (chance(0.05) && body.length > 0) {
    for (let bytes = 1 + below(3); bytes > 0; bytes--) body[below(body.length)] = below(256);
  }
  const zipped = chance(0.05);
  const sent = zipped ? gzipSync(body) : body;
  const status = pick(STATUSES);
  const headers = [`content-length: ${sent.length}`, ...(zipped ? ['content-encoding: gzip'] : [])];
  for (let more = below(4); more > 0; more--) {
    const name = pick(Object.keys(HEADERS));
    headers.push(`${name}: ${pick(HEADERS[name]!)}`);
  }
  if (chance(0.02)) headers.shift();
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${headers.join('\r\n')}\r\n\r\n`;
  const noise = chance(0.01) ? Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}') : Buffer.alloc(0);
  const bytes = Buffer.concat([Buffer.from(head, 'latin1'), sent, noise]);
  if (chance(0.02)) return { bytes: bytes.subarray(0, below(bytes.length)), then: pick(['end', 'reset']) };
  return { bytes, then: chance(0.01) ? 'hang' : chance(0.05) ? 'end' : 'keep' };
}
