import {
  ZendeskAnswerInvalidError,
  ZendeskError,
  ZendeskRejectedError,
  ZendeskUnavailableError,
} from '../zendesk/errors';

/** Refusals that may be about one of the ids that a request names. */
const ABOUT_ITS_IDS = [400, 404, 410, 413, 414, 422];

/**
 * Whether a request for several jobs may have failed because of one of them: a 404 or a 5xx, or a response that cannot be read. Not where
 * Zendesk asks for a pause, refuses the credentials or gives no answer.
 */
export function mayBeAboutOneJob(error: unknown): boolean {
  if (!(error instanceof ZendeskError) || error.retryAfter !== undefined) return false;
  if (error instanceof ZendeskRejectedError) return ABOUT_ITS_IDS.includes(error.status ?? 0);
  return error instanceof ZendeskUnavailableError || error instanceof ZendeskAnswerInvalidError;
}
