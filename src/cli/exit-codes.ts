/**
 * Exit codes of the CLI, for scripts.
 *
 * | code | meaning |
 * |---|---|
 * | 0 | done |
 * | 1 | anything unexpected; the wait was cancelled or terminated |
 * | 2 | bad input: usage, options, configuration, a workflow or namespace that does not exist |
 * | 3 | no Temporal server, or it refused the connection |
 * | 4 | the job failed or was killed; of an import, no record succeeded |
 * | 5 | the job is lost: Zendesk does not have it, or its result is too large to read |
 * | 6 | the wait timed out |
 * | 7 | records failed (only with `--fail-on-item-errors`) |
 * | 8 | Zendesk refused or gave no answer: authentication, rejected, unknown account |
 * | 9 | no worker polls the task queue: `check`, `--require-worker`, or a timeout that passed without one |
 * | 10 | it is unknown whether the job was started, or whether records were done: check them in Zendesk first |
 * | 130 | interrupted; the wait goes on in Temporal |
 */
import { ZendeskErrorType } from '../common/error-types';

/** `type`s of the failures that only the CLI has; the others are Zendesk's and the workflows' own. */
export const CliErrorType = {
  USAGE: 'UsageError',
  TEMPORAL_UNREACHABLE: 'TemporalUnreachable',
  TEMPORAL_REFUSED: 'TemporalRefused',
  TEMPORAL_CONFIGURATION: 'TemporalConfigurationError',
  NAMESPACE_NOT_FOUND: 'NamespaceNotFound',
  WORKFLOW_NOT_FOUND: 'WorkflowNotFound',
  WORKFLOW_TIMED_OUT: 'WorkflowTimedOut',
  NO_WORKER: 'NoWorker',
  NO_RECORD_SUCCEEDED: 'NoRecordSucceeded',
  RECORDS_UNCERTAIN: 'RecordsUncertain',
  INTERRUPTED: 'Interrupted',
} as const;

export const INTERRUPTED = 130;

const MEANINGS: [code: number, meaning: string, types: string[]][] = [
  [0, 'done', []],
  [1, 'unexpected; also a wait that was cancelled or terminated', []],
  [
    2,
    'bad input: usage, options, configuration, no such workflow or namespace',
    [
      CliErrorType.USAGE,
      CliErrorType.TEMPORAL_CONFIGURATION,
      CliErrorType.NAMESPACE_NOT_FOUND,
      CliErrorType.WORKFLOW_NOT_FOUND,
      ZendeskErrorType.INPUT_INVALID,
      ZendeskErrorType.SOURCE_FAILED,
      'ZendeskConfigurationError',
    ],
  ],
  [3, 'no Temporal server', [CliErrorType.TEMPORAL_UNREACHABLE, CliErrorType.TEMPORAL_REFUSED]],
  [
    4,
    'the job failed or was killed; of an import, no record succeeded',
    [ZendeskErrorType.JOB_FAILED, ZendeskErrorType.JOB_KILLED, CliErrorType.NO_RECORD_SUCCEEDED],
  ],
  [
    5,
    'the job is lost: Zendesk does not have it, or its result is too large to read',
    [ZendeskErrorType.JOB_LOST, ZendeskErrorType.RESPONSE_TOO_LARGE],
  ],
  [6, 'the wait timed out', [ZendeskErrorType.JOB_TIMED_OUT, CliErrorType.WORKFLOW_TIMED_OUT]],
  [7, 'records failed (only with --fail-on-item-errors)', [ZendeskErrorType.ITEMS_FAILED]],
  [
    8,
    'Zendesk refused or gave no answer (authentication, rejected, unknown account)',
    [
      ZendeskErrorType.AUTHENTICATION_FAILED,
      ZendeskErrorType.REQUEST_REJECTED,
      ZendeskErrorType.ACCOUNT_UNKNOWN,
      ZendeskErrorType.RATE_LIMITED,
      ZendeskErrorType.UNAVAILABLE,
      ZendeskErrorType.SINK_FAILED,
    ],
  ],
  [
    9,
    'no worker polls the task queue: check, --require-worker, or the timeout passed without one',
    [CliErrorType.NO_WORKER],
  ],
  [
    10,
    'it is unknown whether the job was started, or whether records were done: check them in Zendesk first',
    [ZendeskErrorType.START_UNCERTAIN, CliErrorType.RECORDS_UNCERTAIN],
  ],
  [INTERRUPTED, 'interrupted; the wait goes on in Temporal', [CliErrorType.INTERRUPTED]],
];

/** For `--help`. */
export const EXIT_CODES_HELP = [
  '',
  'Exit codes:',
  ...MEANINGS.map(([code, meaning]) => `  ${String(code).padEnd(4)} ${meaning}`),
].join('\n');

/** The exit code that a failure's `type` stands for; 1 for a type that is none of ours. */
export function exitCodeOf({ type }: { type: string }): number {
  return MEANINGS.find(([, , types]) => types.includes(type))?.[0] ?? 1;
}
