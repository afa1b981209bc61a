/** What can go wrong around a batch, beside Zendesk. */

/** What a source or sink says with it stays so: a file that is none, a line that is no JSON. Trying again does not help. */
export class UnusableError extends Error {
  override readonly name = 'UnusableError';
}

/** A source failed. `permanent`: reading it again gives no better answer. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  constructor(
    readonly source: string,
    problem: string,
    readonly permanent: boolean,
    options?: ErrorOptions,
  ) {
    super(`source ${source}: ${problem}`, options);
  }
}

/** A sink did not take the rows. */
export class SinkError extends Error {
  override readonly name = 'SinkError';
  constructor(
    readonly sink: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`sink ${sink}: ${problem}`, options);
  }
}

/** Temporal did not take note of a start that is about to be sent, so it was not. */
export class StartNotAnnouncedError extends Error {
  override readonly name = 'StartNotAnnouncedError';
  constructor(cause: unknown) {
    super(`Temporal took no note of the start, it was not sent: ${(cause as Error).message}`, { cause });
  }
}

/** The attempt's time is up before the start was sent. */
export class StartTooLateError extends Error {
  override readonly name = 'StartTooLateError';
  constructor() {
    super('reading the records and waiting for a job slot took too long: the start was not sent');
  }
}
