/**
 * A workflow that is reset runs again from a point of its past, and Temporal repeats its activities after that point. The starts that
 * were made after it are in the histories of the runs before the reset.
 */
import { activityInfo, Context } from '@temporalio/activity';
import { ApplicationFailure, TimeoutFailure } from '@temporalio/common';
import {
  decodeArrayFromPayloads,
  decodeOptionalFailureToOptionalError,
} from '@temporalio/common/lib/internal-non-workflow';
import { ZendeskErrorType } from '../common/error-types';
import { SentBeforeResetError } from './start-errors';

/** A start of a run before the reset. */
export interface EarlierStart {
  input: unknown;
  /** The job that it made. `none`: it made none. `unknown`: that is not in the history. */
  job: { jobId: string } | 'none' | 'unknown';
}

/** Runs whose earlier starts are kept in memory. */
const MAX_RUNS = 20;
const startsByRun = new Map<string, Promise<EarlierStart[]>>();

/**
 * The starts that were made, with the activity that is running, in runs before those that began with a reset, and that the latter do
 * not know of. Reads the histories once per run. Throws `SentBeforeResetError` where they are not kept any more.
 */
export async function startsBeforeReset(resetRuns: string[]): Promise<EarlierStart[]> {
  const { workflowExecution, activityType } = activityInfo();
  const starts = resetRuns.map((runId) => startsBefore(workflowExecution!.workflowId, runId, activityType));
  return (await Promise.all(starts)).flat();
}

async function startsBefore(workflowId: string, runId: string, activityType: string): Promise<EarlierStart[]> {
  const key = `${runId}/${activityType}`;
  const known = startsByRun.get(key);
  if (known) return await known;
  const reading = readStarts(workflowId, runId, activityType);
  startsByRun.set(key, reading);
  reading.catch(() => startsByRun.delete(key));
  for (const oldest of startsByRun.keys()) {
    if (startsByRun.size <= MAX_RUNS) break;
    startsByRun.delete(oldest);
  }
  return await reading;
}

type History = Awaited<ReturnType<ReturnType<typeof handleOf>['fetchHistory']>>;
type HistoryEvent = NonNullable<History['events']>[number];

function handleOf(workflowId: string, runId: string) {
  return Context.current().client.workflow.getHandle(workflowId, runId);
}

async function readStarts(workflowId: string, runId: string, activityType: string): Promise<EarlierStart[]> {
  const eventsOf = async (run: string) => {
    const history = await handleOf(workflowId, run)
      .fetchHistory()
      .catch((error: Error) => {
        throw error.name === 'WorkflowNotFoundError' ? new SentBeforeResetError() : error;
      });
    return history.events ?? [];
  };
  const found: EarlierStart[] = [];
  for (const { eventId, workflowTaskFailedEventAttributes: reset } of await eventsOf(runId)) {
    if (!reset?.baseRunId || !reset.newRunId) continue;
    let run: string | undefined = reset.baseRunId;
    for (let shared = Number(eventId); run !== undefined; shared = 0) {
      const events: HistoryEvent[] = await eventsOf(run);
      found.push(...(await startsAfter(events, shared, activityType)));
      run = events.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? undefined;
    }
  }
  return found;
}

/** Starts whose end is not among the events up to `shared`, which the reset run has as well. */
async function startsAfter(events: HistoryEvent[], shared: number, activityType: string): Promise<EarlierStart[]> {
  const { loadedDataConverter: converter } = Context.current().client.options;
  const scheduled = events.filter(
    ({ activityTaskScheduledEventAttributes: activity }) => activity?.activityType?.name === activityType,
  );
  const starts = scheduled.map(async ({ eventId, activityTaskScheduledEventAttributes: activity }) => {
    const end = events.find((event) => Number(scheduledEventOf(event)) === Number(eventId));
    if (end && Number(end.eventId) <= shared) return [];
    const [input] = await decodeArrayFromPayloads(converter, activity?.input?.payloads);
    const [result] = await decodeArrayFromPayloads(
      converter,
      end?.activityTaskCompletedEventAttributes?.result?.payloads,
    );
    const { jobId } = (result ?? {}) as { jobId?: string | null };
    if (result !== undefined) return [{ input, job: jobId == null ? ('none' as const) : { jobId } }];
    const { failure } = end?.activityTaskFailedEventAttributes ?? end?.activityTaskTimedOutEventAttributes ?? {};
    const error = await decodeOptionalFailureToOptionalError(converter, failure);
    return [{ input, job: madeNoJob(error) ? ('none' as const) : ('unknown' as const) }];
  });
  return (await Promise.all(starts)).flat();
}

function scheduledEventOf(event: HistoryEvent) {
  return (
    event.activityTaskCompletedEventAttributes ??
    event.activityTaskFailedEventAttributes ??
    event.activityTaskTimedOutEventAttributes ??
    event.activityTaskCanceledEventAttributes
  )?.scheduledEventId;
}

/** A start that is not safe to repeat fails in another way than as uncertain only where Zendesk queued nothing. */
function madeNoJob(error: Error | undefined): boolean {
  if (error instanceof TimeoutFailure) return error.timeoutType === 'SCHEDULE_TO_START';
  return error instanceof ApplicationFailure && KNOWN_REFUSALS.includes(error.type ?? '');
}

const KNOWN_REFUSALS: string[] = [
  ZendeskErrorType.RATE_LIMITED,
  ZendeskErrorType.UNAVAILABLE,
  ZendeskErrorType.REQUEST_REJECTED,
  ZendeskErrorType.SOURCE_FAILED,
  ZendeskErrorType.INPUT_INVALID,
  ZendeskErrorType.AUTHENTICATION_FAILED,
  ZendeskErrorType.ACCOUNT_UNKNOWN,
  ZendeskErrorType.JOB_TIMED_OUT,
];
