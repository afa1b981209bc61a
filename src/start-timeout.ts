/** How long a start of a job may take in the prebuilt worker, by its environment, and how long the worker waits for it when it stops. */
import { durationProblem, toMilliseconds } from './common/duration';
import { ZendeskConfigurationError } from './zendesk/accounts';
import { START_TIMEOUT } from './zendesk/client';

/** From the response to a start to the report that Temporal has confirmed. */
const REPORT_TIME_MS = 15_000;

/** From `ZENDESK_START_TIMEOUT`, in ms: 60 s where it is not set or empty. Throws `ZendeskConfigurationError`. */
export function startTimeoutFromEnv(env: NodeJS.ProcessEnv): number {
  const asked = env['ZENDESK_START_TIMEOUT'];
  if (!asked) return START_TIMEOUT.default;
  const problem = durationProblem(asked, START_TIMEOUT.min, START_TIMEOUT.max);
  if (problem === undefined) return toMilliseconds(asked);
  throw new ZendeskConfigurationError([`ZENDESK_START_TIMEOUT: ${problem}`], 'The time limit of starts');
}

/** When a worker that stops gives up on what is under way, in ms: a start that was sent must not be cut off. */
export function shutdownForceTime(startTimeout: number): number {
  return startTimeout + REPORT_TIME_MS;
}
