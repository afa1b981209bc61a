/** What a workflow cost, as its history tells. */
import type { WorkflowHandle } from '@temporalio/client';

export interface RunCost {
  events: number;
  /** Of activities. */
  attempts: number;
  actions: number;
}

export const COUNTED = '\nActions: counted in the history, 1 for the start, each activity attempt and each timer.';

export async function runCost(handle: WorkflowHandle): Promise<RunCost> {
  const events = (await handle.fetchHistory()).events ?? [];
  // The event of an activity's last attempt is the only one that it leaves, and bears its number.
  const attempts = events.reduce((sum, event) => sum + (event.activityTaskStartedEventAttributes?.attempt ?? 0), 0);
  const timers = events.filter((event) => event.timerStartedEventAttributes).length;
  return { events: events.length, attempts, actions: 1 + attempts + timers };
}
