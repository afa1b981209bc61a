/** Zendesk's error bodies, in the several forms that they are known to have. */
import type { Answer } from './http';

export const recordNotFound: Answer = {
  status: 404,
  body: { error: 'RecordNotFound', description: 'Not found' },
};

export const invalidEndpoint: Answer = {
  status: 404,
  body: { error: 'InvalidEndpoint', description: 'Not found' },
};

export const notAuthenticated: Answer = { status: 401, body: { error: "Couldn't authenticate you" } };

export const invalidToken: Answer = {
  status: 401,
  body: {
    error: 'invalid_token',
    error_description: 'The access token provided is expired, revoked, malformed or invalid for other reasons.',
  },
};

const forbidden: Answer = {
  status: 403,
  body: { error: { title: 'Forbidden', message: 'You do not have access to this page.' } },
};

const recordInvalid: Answer = {
  status: 422,
  body: {
    error: 'RecordInvalid',
    description: 'Record validation errors',
    details: { base: [{ error: 'BlankValue', description: 'Description: cannot be blank' }] },
  },
};

const rateLimited: Answer = {
  status: 429,
  body: { error: 'APIRateLimitExceeded', description: 'Number of allowed API requests per minute exceeded' },
};

const unavailable: Answer = {
  status: 503,
  body: { error: 'ServiceUnavailable', description: 'Please try again in a moment' },
};

export function badRequest(message: string): Answer {
  return { status: 400, body: { error: { title: 'Invalid attribute', message } } };
}

export function invalidPagination(detail: string): Answer {
  const code = 'InvalidPaginationParameter';
  return { status: 400, body: { errors: [{ code, title: code, detail }] } };
}

export function tooManyValues(description: string, maxCount?: number): Answer {
  const body = { error: 'TooManyValues', description };
  return { status: 400, body: maxCount === undefined ? body : { ...body, max_count: maxCount } };
}

/** What a proxy in front of Zendesk responds by itself. */
export function proxyPage(status: number, title: string, headers: Record<string, string> = {}): Answer {
  const body = `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`;
  return { status, headers: { 'content-type': 'text/html; charset=UTF-8', ...headers }, body, fromProxy: true };
}

/** What Zendesk says with a status when nothing more is known. */
export function errorFor(status: number): Answer {
  const known = [notAuthenticated, forbidden, recordNotFound, recordInvalid, rateLimited, unavailable];
  return (
    known.find((answer) => answer.status === status) ?? {
      status,
      body: { error: 'Error', description: `Answered with status ${status}` },
    }
  );
}

/** Retry-After is sent as given, so that dates, negative numbers and nonsense can be played. */
export function withRetryAfter(answer: Answer, retryAfter: number | string | undefined): Answer {
  if (retryAfter === undefined) return answer;
  return { ...answer, headers: { ...answer.headers, 'retry-after': String(retryAfter) } };
}
