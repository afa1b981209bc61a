/** What is known of a start that failed: whether a job may be there in spite of it, and whether to try again. Pure. */
import { TOKEN_PATH } from './answers';
import { ZendeskError, ZendeskTooManyJobsError, ZendeskUnreachableError } from './errors';

/** 408: whoever gave up waiting for the request may have passed it on by then. */
const REQUEST_TIMEOUT = 408;
/** A gateway stopped waiting for the server behind it, which may be at work. */
const GATEWAY_TIMEOUT = 504;

/**
 * `refused`: no job was queued. Nothing was sent, the answer is a redirect or a 4xx, or it says TooManyJobs, whatever its
 * status; or the token for the start could not be had. `uncertain`: a job may have been queued. No answer, 408, 5xx, or a
 * success that is no job status.
 */
export function startWas(error: ZendeskError): 'refused' | 'uncertain' {
  if (error.request.path === TOKEN_PATH) return 'refused'; // Before the start was sent, or after its 401.
  if (error instanceof ZendeskUnreachableError || error instanceof ZendeskTooManyJobsError) return 'refused';
  const { status = 0 } = error;
  return status >= 300 && status < 500 && status !== REQUEST_TIMEOUT ? 'refused' : 'uncertain';
}

/**
 * Whether the same start may succeed later: after trouble of the network, 408, 409, 429, 5xx, TooManyJobs and what is no
 * answer of Zendesk's. Of 409 Zendesk says to try again.
 * Source: https://developer.zendesk.com/api-reference/introduction/requests/
 */
export function mayPass(error: ZendeskError): boolean {
  return error.temporary || error.status === 409;
}

/** Whether Zendesk has finished with a start that failed. False where a response did not come in time: a job may yet be made. */
export function wasAnswered(error: unknown): boolean {
  const status = error instanceof ZendeskError ? error.status : undefined;
  return status !== undefined && status !== REQUEST_TIMEOUT && status !== GATEWAY_TIMEOUT;
}
