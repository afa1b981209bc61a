import type { ZendeskAccount } from '../zendesk/account';
import { checkProxy, parseAccounts } from '../zendesk/accounts';
import { checkStartTimeout, ZendeskClient, type ZendeskClientOptions } from '../zendesk/client';
import { answered, oddElement, paused, polled } from './events';
import { JobReader, type JobReaderOptions } from './job-reader';
import { JobSlots } from './job-slots';
import { StartRegister } from './start-register';

/** Odd elements of responses that are remembered, so that each is reported once. */
const MAX_ODD_ELEMENTS = 1_000;

/** Accounts that the message of an `AccountUnknownError` names. */
const MAX_NAMED = 20;

/** The worker knows no account of the name that a workflow gave. */
export class AccountUnknownError extends Error {
  override readonly name = 'AccountUnknownError';
  constructor(
    name: string,
    readonly known: string[],
  ) {
    const shown = known.slice(0, MAX_NAMED);
    const others = known.length > shown.length ? `, and ${known.length - shown.length} more` : '';
    super(
      `account ${JSON.stringify(name)} is not known to this worker, which has: ${shown.join(', ') || 'none'}${others}`,
    );
  }
}

/** What a worker holds for one account, shared by all its workflows: client, polls, in-flight jobs, starts. */
export interface AccountConnection {
  client: ZendeskClient;
  reader: JobReader;
  slots: JobSlots;
  starts: StartRegister;
}

/** Account name -> `{subdomain | baseUrl, oauthClientId + oauthClientSecret | oauthToken | email + apiToken}`. */
export type AccountsConfiguration = Record<string, object>;

export interface AccountsOptions extends ZendeskClientOptions {
  reader?: JobReaderOptions;
}

/** The Zendesk accounts of a worker, by name. Connections are opened on first use and kept alive. */
export class ZendeskAccounts {
  readonly #accounts: Map<string, ZendeskAccount>;
  readonly #connections = new Map<string, AccountConnection>();

  /** Throws `ZendeskConfigurationError`. */
  constructor(
    accounts: ZendeskAccount[],
    private readonly options: AccountsOptions = {},
  ) {
    checkStartTimeout(options.startTimeout);
    checkProxy(accounts.map(({ origin }) => origin));
    this.#accounts = new Map(accounts.map((account) => [account.name, account]));
  }

  /** From what `ZENDESK_ACCOUNTS_FILE` holds. Throws `ZendeskConfigurationError`. */
  static of(configuration: AccountsConfiguration, options?: AccountsOptions): ZendeskAccounts {
    return new ZendeskAccounts(parseAccounts(configuration), options);
  }

  get names(): string[] {
    return [...this.#accounts.keys()];
  }

  /** Throws `AccountUnknownError`. */
  connect(name: string): AccountConnection {
    const open = this.#connections.get(name);
    if (open) return open;
    const account = this.#accounts.get(name);
    if (!account) throw new AccountUnknownError(name, this.names);
    const { onAnswer, onOddElement, reader, ...options } = this.options;
    const reportedOdd = new Set<string>();
    const slots = new JobSlots(() => connection.reader.ask());
    const client = new ZendeskClient(account, {
      ...options,
      onAnswer(info) {
        answered(name, info);
        if (info.inflightJobs) slots.told(info.inflightJobs.remaining);
        onAnswer?.(info);
      },
      onOddElement(odd) {
        const key = JSON.stringify(odd);
        if (reportedOdd.has(key)) return;
        if (reportedOdd.size >= MAX_ODD_ELEMENTS) reportedOdd.clear();
        reportedOdd.add(key);
        oddElement(name, odd);
        onOddElement?.(odd);
      },
    });
    const jobReader = new JobReader(client, reader, {
      onPoll: (jobs) => polled(name, jobs),
      onPause: (added, error) => paused(name, added, error),
    });
    const connection: AccountConnection = { client, reader: jobReader, slots, starts: new StartRegister() };
    this.#connections.set(name, connection);
    return connection;
  }

  /** Closes all connections; the next use opens them again. */
  close(): void {
    for (const { client } of this.#connections.values()) client.close();
    this.#connections.clear();
  }
}
