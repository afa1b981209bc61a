/** A Zendesk account, and what one shows to be let in. */
export type ZendeskCredentials =
  | { email: string; apiToken: string }
  | { oauthToken: string }
  | {
      oauthClientId: string;
      oauthClientSecret: string;
      oauthScope: string;
      /** Lifetime to ask for, in ms: 5 min to 48 h. */
      oauthTokenLifetime: number;
    };

export interface ZendeskAccount {
  name: string;
  /** As in `https://acme.zendesk.com`. */
  origin: string;
  /** None only on loopback, where a fake may ask for none. */
  credentials?: ZendeskCredentials;
  /** The credentials as the files hold them now, where secrets came from files. Throws `ZendeskConfigurationError`. */
  readAgain?: () => ZendeskCredentials | undefined;
}
