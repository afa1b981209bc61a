/** What can go wrong around a batch, apart from Zendesk. */

/** A file or a line that a source or sink cannot use, such as one that is not JSON. Trying again does not help. */
export class UnusableError extends Error {
  override readonly name: string = 'UnusableError';
}

/** The file has other content than at the beginning of the run. */
export class FileChangedError extends UnusableError {
  override readonly name = 'FileChangedError';
}

/** A source failed. `permanent`: reading it again gives the same result. */
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
