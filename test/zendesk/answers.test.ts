import { errorOf, errorOfFailure, TOKEN_PATH } from '../../src/zendesk/answers';
import type { ZendeskTooManyJobsError } from '../../src/zendesk/errors';

const SHOW = { method: 'GET', path: '/api/v2/job_statuses/V3-1' };
const LIST = { method: 'GET', path: '/api/v2/job_statuses' };
const SHOW_MANY = { method: 'GET', path: '/api/v2/job_statuses/show_many' };
const TOKEN = { method: 'POST', path: TOKEN_PATH };
const NOW = Date.parse('2026-11-01T12:00:00Z');
const asIs = (text: string) => text;

const of = (status: number, body: unknown = '', { request = SHOW, headers = {}, redact = asIs } = {}) =>
  errorOf(request, { status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) }, redact, NOW);

const NO_HELP_DESK = { error: { title: 'No help desk at nosuch.zendesk.com', message: 'There is none configured.' } };
const HTML = '<!DOCTYPE html>\n<html><head><title>\n Down for\n maintenance </title></head></html>';

describe('which error comes of which answer', () => {
  test.each([
    ['401', 401, { error: "Couldn't authenticate you" }, 'ERR_ZENDESK_UNAUTHORIZED', false],
    ['401 without a body', 401, '', 'ERR_ZENDESK_UNAUTHORIZED', false],
    ['403', 403, { error: { title: 'Forbidden', message: 'No access' } }, 'ERR_ZENDESK_REJECTED', false],
    [
      '404 about the job',
      404,
      { error: 'RecordNotFound', description: 'Not found' },
      'ERR_ZENDESK_JOB_NOT_FOUND',
      false,
    ],
    ['404 without a body', 404, '', 'ERR_ZENDESK_JOB_NOT_FOUND', false],
    ['404 {}', 404, {}, 'ERR_ZENDESK_JOB_NOT_FOUND', false],
    ['404 about the path', 404, { error: 'InvalidEndpoint', description: 'Not found' }, 'ERR_ZENDESK_REJECTED', false],
    ['404 about the subdomain', 404, NO_HELP_DESK, 'ERR_ZENDESK_REJECTED', false],
    ['404 in plain text', 404, '404 page not found', 'ERR_ZENDESK_REJECTED', false],
    ['400', 400, { error: 'TooManyValues', description: 'At most 100' }, 'ERR_ZENDESK_REJECTED', false],
    ['409', 409, { error: 'Conflict' }, 'ERR_ZENDESK_REJECTED', false],
    ['422', 422, { error: 'RecordInvalid' }, 'ERR_ZENDESK_REJECTED', false],
    ['301', 301, '', 'ERR_ZENDESK_REJECTED', false],
    ['304', 304, '', 'ERR_ZENDESK_REJECTED', false],
    ['408', 408, '', 'ERR_ZENDESK_UNAVAILABLE', true],
    ['429', 429, { error: 'TooManyRequests' }, 'ERR_ZENDESK_RATE_LIMITED', true],
    ['429 in HTML', 429, HTML, 'ERR_ZENDESK_RATE_LIMITED', true],
    ['500', 500, { error: 'Internal Server Error' }, 'ERR_ZENDESK_UNAVAILABLE', true],
    ['502 in HTML', 502, HTML, 'ERR_ZENDESK_UNAVAILABLE', true],
    ['503', 503, '', 'ERR_ZENDESK_UNAVAILABLE', true],
    ['520 of Cloudflare', 520, HTML, 'ERR_ZENDESK_UNAVAILABLE', true],
    ['TooManyJobs with 429', 429, { error: 'TooManyJobs' }, 'ERR_ZENDESK_TOO_MANY_JOBS', true],
    ['TooManyJobs with 403', 403, { error: 'TooManyJobs' }, 'ERR_ZENDESK_TOO_MANY_JOBS', true],
    ['TooManyJobs with 200', 200, { error: 'TooManyJobs' }, 'ERR_ZENDESK_TOO_MANY_JOBS', true],
  ])('%s', (_, status, body, code, temporary) => {
    expect(of(status, body)).toMatchObject({ code, temporary, status, request: SHOW });
  });

  test.each([
    ['200', 200, { job_status: {} }],
    ['201', 201, { job_status: {} }],
    ['200 of a job that speaks of TooManyJobs', 200, { job_status: { message: 'TooManyJobs' } }],
  ])('%s is none', (_, status, body) => {
    expect(of(status, body)).toBeUndefined();
  });

  test.each([
    ['the list', LIST],
    ['show_many', SHOW_MANY],
  ])('a 404 for %s is about the address, never about a job', (_, request) => {
    expect(of(404, { error: 'RecordNotFound' }, { request })?.code).toBe('ERR_ZENDESK_REJECTED');
  });

  test.each([401, 403, 404, 405, 407, 421, 451])('a %d with a page of HTML is an outage of a proxy', (status) => {
    const error = of(status, HTML);
    expect(error).toMatchObject({ code: 'ERR_ZENDESK_UNAVAILABLE', temporary: true, status });
    expect(error?.message).toContain('a page of HTML, titled "Down for maintenance" - not a response of Zendesk');
    expect(error?.message).not.toContain('credentials');
  });

  test.each([
    ['of a challenge', { 'cf-mitigated': 'challenge' }, ''],
    ['of AWS WAF', { 'x-amzn-waf-action': 'captcha' }, ''],
    ['of HTML without a page', { 'content-type': 'text/html; charset=utf-8' }, 'Access denied'],
    ['of a block by Cloudflare, in plain text', { 'content-type': 'text/plain' }, 'error code: 1020'],
    ['of a challenge, in JSON', { 'cf-mitigated': 'challenge' }, '{"error":"Forbidden"}'],
    ['of a forward proxy', { 'proxy-authenticate': 'Basic' }, ''],
  ])('a 403 %s is an outage of a proxy', (_, headers, body) => {
    expect(of(403, body, { headers })?.code).toBe('ERR_ZENDESK_UNAVAILABLE');
  });

  test.each([
    ['in JSON', { error: { title: 'Forbidden', message: 'No access' } }, { 'content-type': 'application/json' }],
    ['in JSON that is called HTML', { error: 'Forbidden' }, { 'content-type': 'text/html' }],
    ['in plain text', 'Access denied', { 'content-type': 'text/plain' }],
    ['without a body', '', {}],
  ])("a 403 %s is Zendesk's own", (_, body, headers) => {
    expect(of(403, body, { headers: { server: 'cloudflare', 'cf-ray': '8f', ...headers } })?.code).toBe(
      'ERR_ZENDESK_REJECTED',
    );
  });

  test.each([400, 413, 414, 422, 431])('a %d in HTML is about the request itself, whoever sent it', (status) => {
    expect(of(status, HTML)?.code).toBe('ERR_ZENDESK_REJECTED');
  });

  test.each([400, 401, 403, 404, 413])('a page of HTML (%d) says nothing about the OAuth client', (status) => {
    const error = of(status, HTML, { request: TOKEN });
    expect(error).toMatchObject({ code: 'ERR_ZENDESK_UNAVAILABLE', temporary: true });
  });

  test('a 404 in HTML names the address as a possible cause', () => {
    expect(of(404, HTML)?.message).toContain("check the account's subdomain or base URL");
  });

  test.each([400, 401, 403])('a refused OAuth grant (%d) is about the credentials', (status) => {
    const error = of(status, { error: 'invalid_client', error_description: 'unknown client' }, { request: TOKEN });
    expect(error?.code).toBe('ERR_ZENDESK_UNAUTHORIZED');
    expect(error?.message).toMatch(
      /POST \/oauth\/tokens: .*invalid_client: unknown client.*check its id, secret and scope/,
    );
  });

  test('TooManyJobs keeps the ids of the jobs that run', () => {
    const error = of(429, {
      error: 'TooManyJobs',
      description: 'Try again later.',
      current_job_ids: ['14b1', '14b2', 3],
    });
    expect((error as ZendeskTooManyJobsError).currentJobIds).toEqual(['14b1', '14b2']);
  });

  test('TooManyJobs keeps no more ids than there can be, and no secret among them', () => {
    const redact = (text: string) => text.replaceAll('secret', '[redacted]');
    const ids = ['secret', ...Array.from({ length: 5_000 }, (_, i) => `${i}`)];
    const error = of(429, { error: 'TooManyJobs', current_job_ids: ids }, { redact });
    expect((error as ZendeskTooManyJobsError).currentJobIds.slice(0, 2)).toEqual(['[redacted]', '0']);
    expect((error as ZendeskTooManyJobsError).currentJobIds).toHaveLength(100);
  });
});

describe('what an error says', () => {
  test('what was asked, what came, the request id, the pause, and the words of the server', () => {
    const headers = { 'x-request-id': 'abc-1, abc-1', 'retry-after': '30' };
    const error = of(503, 'Database\n\n  timeout', { headers });
    expect(error?.message).toBe(
      'GET /api/v2/job_statuses/V3-1: 503 Service Unavailable (request id abc-1, try again in 30s): Database timeout',
    );
    expect(error).toMatchObject({ requestId: 'abc-1', retryAfter: 30_000 });
  });

  test.each([
    ['string and description', { error: 'RecordInvalid', description: 'Nope' }, 'RecordInvalid: Nope'],
    ['object', { error: { title: 'Forbidden', message: 'No access' } }, 'Forbidden: No access'],
    [
      'list of errors',
      { errors: [{ code: 'Bad', title: 'Bad title', detail: 'Bad detail' }] },
      'Bad Bad title Bad detail',
    ],
    ['list of strings', { errors: ['one', 'two'] }, 'one: two'],
    [
      'OAuth',
      { error: 'invalid_scope', error_description: 'The scope is unknown' },
      'invalid_scope: The scope is unknown',
    ],
    ['error alone', { error: 'Oh no' }, 'Oh no'],
    ['message alone', { message: 'Hm' }, 'Hm'],
    [
      'details of a 422',
      {
        error: 'RecordInvalid',
        details: { name: [{ description: 'Name: is too short', error: 'TooShort' }], base: 'x' },
      },
      'RecordInvalid: name: Name: is too short: base: x',
    ],
    ['plain text', 'Too  many\nrequests', 'Too many requests'],
    ['HTML', HTML, 'a page of HTML, titled "Down for maintenance"'],
    ['HTML without a title', '<h1>no</h1>', 'a page of HTML'],
    ['truncated JSON', '{"error":', '{"error":'],
    ['JSON that is no object', [1], '[1]'],
    [
      'objects that cannot be made a text of',
      { errors: [{ toString: 1 }, [{ toString: 1 }]], details: { name: [{ description: { toString: 1 } }] } },
      '[{"toString":1}]: name: {"toString":1}',
    ],
  ])('words from: %s', (_, body, words) => {
    expect(of(422, body)?.message).toBe(`GET /api/v2/job_statuses/V3-1: 422 Unprocessable Entity: ${words}`);
  });

  test('a page of titles that never end is not read over and over', () => {
    expect(of(502, `<title${'<title'.repeat(500_000)}`)?.message).toContain('a page of HTML');
  });

  test('what is nested thousands deep is taken for a text', () => {
    expect(of(422, `{"details":${'['.repeat(9_000)}${']'.repeat(9_000)}}`)?.message).toMatch(/: \{"details":\[{289}…$/);
  });

  test('at most 300 characters of the server', () => {
    expect(of(500, 'x'.repeat(5_000))?.message).toMatch(/: x{300}…$/);
  });

  test('secrets are struck out before the text is cut', () => {
    const text = `${'x'.repeat(290)}hunter2hunter2`;
    const error = errorOf(SHOW, { status: 500, headers: { 'x-request-id': 'hunter2' }, body: text }, (words) =>
      words.replaceAll('hunter2', '*'),
    );
    expect(error?.message).not.toContain('hunter');
    expect(error?.requestId).toBe('*');
  });

  test.each([
    ['https://login.example.com/sso?ticket=abc', 'https://login.example.com'],
    ['//login.example.com/sso', 'https://login.example.com'],
    ['/login?return_to=x', 'another path'],
    [undefined, 'another path'],
  ])('a redirect to %s names the origin only', (location, target) => {
    expect(of(302, '', { headers: { location } })?.message).toBe(
      `GET /api/v2/job_statuses/V3-1: 302 Found: redirected to ${target}, which is not followed - check the account's subdomain or base URL`,
    );
  });

  test.each([
    [401, "check the account's credentials"],
    [403, "the user's role, the plan or the token's scope does not allow it"],
  ])('%d says what to look at', (status, hint) => {
    expect(of(status)?.message).toContain(hint);
  });

  test('an error can be serialised, and holds nothing but facts', () => {
    const error = of(429, { error: 'TooManyRequests' }, { headers: { 'retry-after': '7' } });
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      name: 'ZendeskRateLimitedError',
      code: 'ERR_ZENDESK_RATE_LIMITED',
      temporary: true,
      request: SHOW,
      status: 429,
      retryAfter: 7_000,
    });
    expect(error?.cause).toBeUndefined();
  });
});

describe('which error comes of no answer', () => {
  test.each([
    [false, 'ERR_ZENDESK_UNREACHABLE', 'not connected'],
    [true, 'ERR_ZENDESK_NO_ANSWER', 'no answer'],
  ])('connected: %s', (connected, code, words) => {
    const failure = { connected, code: 'ECONNRESET', message: 'socket hang up of hunter2' };
    const error = errorOfFailure(SHOW, failure, (text) => text.replace('hunter2', '*'));
    expect(error).toMatchObject({ code, temporary: true, request: SHOW });
    expect(error.message).toBe(`GET /api/v2/job_statuses/V3-1: ${words}: socket hang up of * (ECONNRESET)`);
  });
});
