import { Context } from '@temporalio/activity';

/** A third of the heartbeat timeout of starts: a start that takes no longer sends none. Each one that Temporal gets is an action. */
const HEARTBEAT_EVERY_MS = 10_000;

/** Tells Temporal that a start is alive, which may take minutes, so that the death of its worker is noticed within half a minute. */
export class StartHeartbeats {
  readonly #context = Context.current();
  readonly #timer = setInterval(() => this.#context.heartbeat(this.#details), HEARTBEAT_EVERY_MS);
  #details: 'sending' | undefined;

  /** Announces that the start is about to be sent: from here on an attempt without a result may have sent it. Waits for Temporal. */
  async announce(): Promise<void> {
    const { client, info } = this.#context;
    await client.activity.heartbeat(info.taskToken, 'sending');
    this.#details = 'sending';
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
