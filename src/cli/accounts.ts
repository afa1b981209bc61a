import type { ZendeskAccount } from '../zendesk/account';
import { accountsFromEnv } from '../zendesk/accounts';

/** The accounts that a worker with this environment would have. Throws `ZendeskConfigurationError`. */
export function configuredAccounts(): ZendeskAccount[] {
  return accountsFromEnv(process.env);
}
