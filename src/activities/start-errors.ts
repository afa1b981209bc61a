/** What keeps a start from being sent, apart from Zendesk's own responses. */

/** The time of the attempt, or of the whole start, is over before the start was sent. */
export class StartTooLateError extends Error {
  override readonly name = 'StartTooLateError';
  constructor(readonly deadlineIsOver: boolean) {
    super(
      deadlineIsOver
        ? 'the time for the start was over before it could be sent'
        : 'reading the records and waiting for an in-flight limit took too long: the start was not sent',
    );
  }
}

/** A running job of the list may be the one of an earlier attempt of the same start. */
export class EarlierJobRunningError extends Error {
  override readonly name = 'EarlierJobRunningError';
  constructor(readonly jobId: string) {
    super(`job ${jobId} may be the one of an earlier attempt: the start is repeated only after it has finished`);
  }
}

/** Temporal did not take note of a start that is about to be sent, so it was not sent. */
export class StartNotAnnouncedError extends Error {
  override readonly name = 'StartNotAnnouncedError';
  constructor(cause: unknown) {
    super(`Temporal took no note of the start, it was not sent: ${(cause as Error).message}`, { cause });
  }
}

/** A run before the workflow was reset has sent the start, or may have, and which job it made is not in the histories. */
export class SentBeforeResetError extends Error {
  override readonly name = 'SentBeforeResetError';
  constructor() {
    super(
      'the workflow was reset, and a run before the reset may have sent this start: whether it made a job is unknown',
    );
  }
}
