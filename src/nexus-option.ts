import type { createZendeskNexusHandler } from './nexus-handler';
import { ZendeskConfigurationError } from './zendesk/accounts';

/**
 * The Nexus services that the ready worker serves: none, or `ZendeskJobs` where `ZENDESK_NEXUS` is `1` or `true`. Throws
 * `ZendeskConfigurationError` for another value, and where the optional packages of Nexus are not installed.
 */
export async function nexusServicesOf(
  value: string | undefined,
): Promise<ReturnType<typeof createZendeskNexusHandler>[]> {
  if (!value || value === '0' || value === 'false') return [];
  const wrong = (problem: string) => new ZendeskConfigurationError([problem], 'ZENDESK_NEXUS');
  if (value !== '1' && value !== 'true') throw wrong(`expected 1 or 0, got ${JSON.stringify(value)}`);
  const handler = await import('./nexus-handler.js').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'MODULE_NOT_FOUND') throw error;
    throw wrong('@temporalio/nexus and nexus-rpc are not installed; they are optional peer dependencies');
  });
  return [handler.createZendeskNexusHandler()];
}
