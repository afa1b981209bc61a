/** How many workflows the ready worker keeps in memory, by its environment. */
import { ZendeskConfigurationError } from './zendesk/accounts';

/** 0.2 MiB each. The SDK's own default is by the heap's size: thousands, of which most only wait. */
const DEFAULT = 100;

/**
 * From `TEMPORAL_MAX_CACHED_WORKFLOWS`, 100 where it is not set or empty. The others are read from Temporal when something
 * happens to them. Throws `ZendeskConfigurationError`.
 */
export function maxCachedWorkflowsFromEnv(env: NodeJS.ProcessEnv): number {
  const asked = env['TEMPORAL_MAX_CACHED_WORKFLOWS'];
  if (!asked) return DEFAULT;
  if (/^[1-9]\d{0,6}$/.test(asked)) return Number(asked);
  const problem = `TEMPORAL_MAX_CACHED_WORKFLOWS: expected a whole number from 1 to 9999999, got ${JSON.stringify(asked)}`;
  throw new ZendeskConfigurationError([problem], 'The workflow cache');
}
