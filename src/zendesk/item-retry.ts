/** Which failed records are worth another try: pure. */
import type { ZendeskItemResult } from '../common/types';

/** Zendesk did not do it, for a reason that passes: others were at the same record. */
const COLLIDED = /conflict|dead ?lock|\block(ed)?\b|stale|try again|too many requests|rate ?limit|temporar/i;
/** Zendesk may have done it all the same. */
const UNKNOWN = /time[ds]? ?-?out|unavailable|internal (server )?error|unexpected error/i;

/**
 * Whether a record that failed may succeed when it is sent again. One that ran out of time may have been done after all: it
 * goes again only if that does no harm. Zendesk has no list of its item errors; `error` and `details` are read for the words
 * that its docs and its clients' users quote (409s, `DatabaseConflict`, lock and deadlock messages, timeouts).
 */
export function isWorthAnotherTry(
  { ok, error = '', details = '' }: Pick<ZendeskItemResult, 'ok' | 'error' | 'details'>,
  repeatSafe: boolean,
): boolean {
  if (ok) return false;
  const text = `${error.replace(/([a-z])([A-Z])/g, '$1 $2')} ${details}`;
  return COLLIDED.test(text) || (repeatSafe && UNKNOWN.test(text));
}
