/** What is known of a start that failed: whether a job may be there in spite of it, and whether to try again. Pure. */
import { TOKEN_PATH } from './answers';
import { ZendeskTooManyJobsError, ZendeskUnreachableError, type ZendeskError } from './errors';

/** 408: whoever gave up waiting for the request may have passed it on by then. */
const REQUEST_TIMEOUT = 408;

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
