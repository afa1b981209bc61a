/** Which failure the CLI reports for whatever was thrown, and how it says so. */
import { WorkflowFailedError } from '@temporalio/client';
import {
  ApplicationFailure,
  CancelledFailure,
  TerminatedFailure,
  TimeoutFailure,
  ValueError,
  WorkflowNotFoundError,
} from '@temporalio/common';
import { CommanderError } from 'commander';
import { DEFAULT_ACCOUNT } from '../common/inputs';
import type { StartCandidate } from '../common/starting';
import { TemporalProblem } from '../temporal-problem';
import { CliErrorType, exitCodeOf } from './exit-codes';
import type { ZendeskBulkProgress } from '../common/bulk-types';
import { describeBulkCounts } from './bulk-view';
import { describeCandidates } from './candidates-view';
import { describeResult } from './outcome-view';
import { foldLine, red } from './text';

/** A failure of the CLI's own. */
export class CliFailure extends Error {
  override readonly name = 'CliFailure';
  constructor(
    readonly type: string,
    message: string,
    readonly details: object = {},
  ) {
    super(message);
  }
}

export interface ReportedFailure {
  type: string;
  message: string;
  details: unknown;
}

/** Type, message and details of an error, for people and for `--json`. */
export function failureOf(error: unknown): ReportedFailure {
  if (error instanceof WorkflowFailedError) return failureOfWorkflow(error);
  if (error instanceof ApplicationFailure) {
    return { type: error.type ?? 'ApplicationFailure', message: error.message, details: error.details?.[0] ?? {} };
  }
  if (error instanceof CliFailure || error instanceof TemporalProblem) {
    return { type: error.type, message: error.message, details: error.details };
  }
  if (error instanceof CommanderError) {
    return { type: CliErrorType.USAGE, message: error.message.replace(/^error: /, ''), details: {} };
  }
  if (error instanceof WorkflowNotFoundError) {
    const { workflowId } = error;
    const message = `Temporal knows no workflow ${JSON.stringify(workflowId)} in this namespace (any more)`;
    return { type: CliErrorType.WORKFLOW_NOT_FOUND, message, details: { workflowId } };
  }
  if (error instanceof ValueError && error.message.startsWith('Unknown encoding')) {
    const message = `what the workflow says cannot be read (${error.message}): set ZENDESK_EXTENSIONS as for the worker`;
    return { type: CliErrorType.TEMPORAL_CONFIGURATION, message, details: {} };
  }
  if (error instanceof Error) return { type: error.name, message: error.message, details: {} };
  return { type: 'Error', message: String(error), details: {} };
}

/** Prints the failure: one clear line on stderr and what is known beyond it, or one JSON document. Returns its exit code. */
export function report(error: unknown, json: boolean): number {
  if (error instanceof CommanderError && error.exitCode === 0) return 0; // --help, --version
  const failure = failureOf(error);
  if (json) {
    console.log(JSON.stringify({ error: failure }, null, 2));
  } else if (!(error instanceof CommanderError)) {
    const { outcome, result, progress } = failure.details as KnownDetails;
    const found = outcome ?? result;
    if (found) console.log(describeResult(found));
    else if (progress) console.log(describeBulkCounts({ ...progress, total: progress.progress }));
    console.error(describeFailure(failure));
  }
  return exitCodeOf(failure);
}

/**
 * One line, and more for what was last seen of the job, what last went wrong, and which jobs an uncertain start may have
 * made, where that is known.
 */
export function describeFailure({ type, message, details }: ReportedFailure): string {
  const { account = DEFAULT_ACCOUNT, lastSeen, lastTrouble, candidates, notes = [] } = details as KnownDetails;
  const label = type === CliErrorType.INTERRUPTED ? '' : `${red('error:')} `;
  const lines = [`${label}${foldLine(message)}`];
  if (lastSeen) lines.push(`  last seen: ${foldLine(describeLastSeen(lastSeen))}`);
  if (lastTrouble && !message.includes(lastTrouble.message)) {
    lines.push(`  last trouble: ${foldLine(`${lastTrouble.type}: ${lastTrouble.message}`)}`);
  }
  if (candidates?.length) lines.push(describeCandidates(candidates, account));
  for (const note of notes) lines.push(foldLine(note));
  return lines.join('\n');
}

interface KnownDetails {
  account?: string;
  /** Of a job or of jobs that were waited for. */
  outcome?: unknown;
  /** Of a bulk run: what it did before it ended. */
  result?: unknown;
  /** Of a bulk run that has no result, such as a cancelled one. */
  progress?: ZendeskBulkProgress;
  /** Of an import: what it has left, and where. */
  notes?: string[];
  lastSeen?: LastSeen | null;
  lastTrouble?: LastTrouble | null;
  candidates?: StartCandidate[];
}

interface LastSeen {
  status: string;
  progress: number | null;
  total: number | null;
  checkedAt: string;
}

interface LastTrouble {
  type: string;
  message: string;
}

function describeLastSeen({ status, progress, total, checkedAt }: LastSeen): string {
  const records = progress === null ? '' : `, ${progress} of ${total ?? 'an unknown number'}`;
  return `${status}${records}, at ${checkedAt}`;
}

function failureOfWorkflow({ cause, message }: WorkflowFailedError): ReportedFailure {
  if (cause instanceof ApplicationFailure) return failureOf(cause);
  if (cause instanceof CancelledFailure) {
    return {
      type: 'WorkflowCancelled',
      message: 'the wait was cancelled; a job that was started goes on',
      details: {},
    };
  }
  if (cause instanceof TerminatedFailure) {
    return {
      type: 'WorkflowTerminated',
      message: 'the wait was terminated; a job that was started goes on',
      details: {},
    };
  }
  if (cause instanceof TimeoutFailure) {
    const message = 'Temporal ended the workflow at its own timeout, as when no worker has polled its task queue';
    return { type: CliErrorType.WORKFLOW_TIMED_OUT, message, details: {} };
  }
  return { type: 'WorkflowFailed', message: cause?.message ?? message, details: {} };
}
