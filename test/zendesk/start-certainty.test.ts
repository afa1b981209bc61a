import { errorOf, errorOfFailure, TOKEN_PATH } from '../../src/zendesk/answers';
import { ZendeskAnswerInvalidError, type ZendeskError } from '../../src/zendesk/errors';
import { mayPass, startWas, wasAnswered } from '../../src/zendesk/start-certainty';

const START = { method: 'POST', path: '/api/v2/tickets/create_many' };
const TOKEN = { method: 'POST', path: TOKEN_PATH };
const plain = (text: string) => text;

const answered = (status: number, body: unknown = {}, request = START): ZendeskError =>
  errorOf(request, { status, headers: {}, body: typeof body === 'string' ? body : JSON.stringify(body) }, plain)!;
const failed = (connected: boolean, code: string, request = START): ZendeskError =>
  errorOfFailure(request, { connected, code, message: 'no' }, plain);
const unreadable = (status: number): ZendeskError =>
  new ZendeskAnswerInvalidError(START, { text: 'broke off', status });

const TOO_MANY = { error: 'TooManyJobs', description: 'Too many jobs', current_job_ids: ['V3-1'] };

describe('a start that failed', () => {
  test.each<[string, ZendeskError, 'refused' | 'uncertain', boolean]>([
    ['400', answered(400, { error: 'TooManyValues' }), 'refused', false],
    ['401', answered(401), 'refused', false],
    ['403', answered(403), 'refused', false],
    ['403 in HTML', answered(403, '<html></html>'), 'refused', true],
    ['404', answered(404, { error: 'RecordNotFound' }), 'refused', false],
    ['408', answered(408), 'uncertain', true],
    ['409', answered(409), 'refused', true],
    ['413', answered(413), 'refused', false],
    ['422', answered(422, { error: 'RecordInvalid' }), 'refused', false],
    ['429', answered(429), 'refused', true],
    ['500', answered(500), 'uncertain', true],
    ['502 in HTML', answered(502, '<html></html>'), 'uncertain', true],
    ['503', answered(503), 'uncertain', true],
    ['504', answered(504), 'uncertain', true],
    ['a redirect', answered(307), 'refused', false],
    ['a redirect to one of several places', answered(300), 'refused', false],
    ['TooManyJobs as 200', answered(200, TOO_MANY), 'refused', true],
    ['TooManyJobs as 422', answered(422, TOO_MANY), 'refused', true],
    ['TooManyJobs as 429', answered(429, TOO_MANY), 'refused', true],
    ['TooManyJobs as 503', answered(503, TOO_MANY), 'refused', true],
    ['not connected', failed(false, 'ECONNREFUSED'), 'refused', true],
    ['connected, and no answer', failed(true, 'ETIMEDOUT'), 'uncertain', true],
    ['a success that is no job status', unreadable(200), 'uncertain', true],
    ['an answer that broke off after 202', unreadable(202), 'uncertain', true],
    ['an answer that broke off after 422', unreadable(422), 'refused', true],
    ['an answer that broke off after 502', unreadable(502), 'uncertain', true],
    ['a token that came to no answer: the start was not sent', failed(true, 'ECONNRESET', TOKEN), 'refused', true],
    ['a token server in trouble', answered(503, {}, TOKEN), 'refused', true],
    ['a proxy before the token server', answered(403, '<html></html>', TOKEN), 'refused', true],
    ['a refused OAuth client', answered(400, { error: 'invalid_client' }, TOKEN), 'refused', false],
  ])('%s', (_, error, was, passes) => {
    expect([startWas(error), mayPass(error)]).toEqual([was, passes]);
  });
});

describe('whether Zendesk has finished with a start that failed', () => {
  test.each([400, 409, 422, 429, 500, 502, 503])('it has, where the response is %d', (status) => {
    expect(wasAnswered(answered(status))).toBe(true);
  });

  test.each([408, 504])('it may still be at work, where the response is %d', (status) => {
    expect(wasAnswered(answered(status))).toBe(false);
  });

  test('it may still be at work, where no response came', () => {
    expect(wasAnswered(failed(true, 'ETIMEDOUT'))).toBe(false);
    expect(wasAnswered(new Error('aborted'))).toBe(false);
    expect(wasAnswered(Object.assign(new Error('of something else'), { status: 500 }))).toBe(false);
  });
});

describe('what is said of a refused start', () => {
  test.each([
    ['users/create_many', true],
    ['users/create_or_update_many', true],
    ['users/update_many', false],
    ['tickets/create_many', false],
  ])('403 of %s: bulk user import may not be enabled: %s', (operation, said) => {
    const { message } = answered(403, { error: 'Forbidden' }, { method: 'POST', path: `/api/v2/${operation}` });
    expect(message.includes('Zendesk may not have enabled bulk user import for the account')).toBe(said);
    expect(message).toContain("the user's role, the plan or the token's scope does not allow it");
  });

  test('422 with its details', () => {
    const details = { name: [{ description: 'Name: has already been taken', error: 'DuplicateValue' }] };
    const { message } = answered(422, { error: 'RecordInvalid', description: 'Record validation errors', details });
    expect(message).toContain('RecordInvalid: Record validation errors: name: Name: has already been taken');
  });

  test('404 of a ticket that is not there does not blame the address', () => {
    const merge = { method: 'POST', path: '/api/v2/tickets/7/merge' };
    const { message } = answered(404, { error: 'RecordNotFound', description: 'Not found' }, merge);
    expect(message).toBe('POST /api/v2/tickets/7/merge: 404 Not Found: RecordNotFound: Not found');
    expect(answered(404, { error: 'InvalidEndpoint' }, merge).message).toContain("check the account's subdomain");
  });
});
