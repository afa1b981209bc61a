/**
 * What the public types let through, what they refuse, and what comes out: `tsc` is the test (`npm run typecheck`), nothing here
 * runs.
 */
import type { WorkflowHandle } from '@temporalio/client';
import { proxyActivities } from '@temporalio/workflow';
import { expectTypeOf } from 'expect-type';
import type { StringValue } from 'ms';
import { ZendeskErrorType, ZendeskJobsPlugin } from 'temporal-zendesk-jobs';
import type {
  AccountsOptions,
  AnswerInfo,
  AwaitZendeskJobInput,
  AwaitZendeskJobsResult,
  BulkEndedDetails,
  BulkFailure,
  BulkRow,
  DuplicateKey,
  Duration,
  JobStatus,
  KeyField,
  KeyRule,
  KeysOfRecords,
  RemainingRecords,
  RunZendeskBulkInput,
  RunZendeskBulkResult,
  RunZendeskJobInput,
  SinkCheckContext,
  SinkContext,
  SinkObject,
  SinkRef,
  SourceObject,
  SourceRef,
  StartCandidate,
  SupersededRecords,
  UncertainBatch,
  ZendeskBulkProgress,
  ZendeskErrorDetails,
  ZendeskJobOutcome,
  ZendeskJobProgress,
  ZendeskSink,
  ZendeskSource,
} from 'temporal-zendesk-jobs';
import type * as activityTypes from 'temporal-zendesk-jobs/activities';
import type { ZendeskActivities } from 'temporal-zendesk-jobs/activities';
import type * as nexusTypes from 'temporal-zendesk-jobs/nexus';
import type * as helperTypes from 'temporal-zendesk-jobs/workflow';
import { FakeZendesk, type FaultOptions } from 'temporal-zendesk-jobs/testing';
import * as helpers from 'temporal-zendesk-jobs/workflow';
import type * as workflows from 'temporal-zendesk-jobs/workflows';

export function inputs(): void {
  expectTypeOf<{ jobId: string; timeout: '24h'; results: 'failed' }>().toExtend<AwaitZendeskJobInput>();
  expectTypeOf<{ jobId: string; timeout: number; polling: { minInterval: '5 s' } }>().toExtend<AwaitZendeskJobInput>();
  expectTypeOf<{ jobId: string; timeout: '6 hourz' }>().not.toExtend<AwaitZendeskJobInput>();
  expectTypeOf<{ operation: string; timeout: '6 hourz' }>().not.toExtend<RunZendeskBulkInput>();
  expectTypeOf<{ jobId: string; polling: { maxInterval: 'soon' } }>().not.toExtend<AwaitZendeskJobInput>();
  expectTypeOf<{ jobId: number }>().not.toExtend<AwaitZendeskJobInput>();
  expectTypeOf<{ jobId: string; timeout: Date }>().not.toExtend<AwaitZendeskJobInput>();
  expectTypeOf<{ jobId: string; results: 'some' }>().not.toExtend<AwaitZendeskJobInput>();
  expectTypeOf<{ operation: string; source: { name: string; args: unknown } }>().toExtend<RunZendeskBulkInput>();
  expectTypeOf<{ operation: string; onUncertainStart: 'retry' }>().not.toExtend<RunZendeskBulkInput>();

  expectTypeOf<Duration>().toEqualTypeOf<number | StringValue>();

  // @ts-expect-error an option that there is not
  ({ jobId: '1', timeOut: '1h' }) satisfies AwaitZendeskJobInput;
  // @ts-expect-error an operation that Zendesk has not
  ({ operation: 'users/create_mny', items: [{}] }) satisfies RunZendeskJobInput;
}

export function whatWorkflowsReturn(): void {
  type Workflows = typeof workflows;
  type Result<Name extends keyof Workflows> = Awaited<ReturnType<Workflows[Name]>>;
  expectTypeOf<Result<'awaitZendeskJob'>>().toEqualTypeOf<ZendeskJobOutcome>();
  expectTypeOf<Result<'awaitZendeskJobs'>>().toEqualTypeOf<AwaitZendeskJobsResult>();
  expectTypeOf<Result<'runZendeskJob'>>().toEqualTypeOf<ZendeskJobOutcome>();
  expectTypeOf<Result<'runZendeskBulk'>>().toEqualTypeOf<RunZendeskBulkResult>();

  // Everything that a bundle exports can be started as a workflow: there is nothing else in it.
  type Names = 'awaitZendeskJob' | 'awaitZendeskJobs' | 'runZendeskJob' | 'runZendeskBulk';
  expectTypeOf<keyof Workflows>().toEqualTypeOf<Names>();

  type OfHandle = Awaited<ReturnType<WorkflowHandle<Workflows['awaitZendeskJob']>['result']>>;
  expectTypeOf<OfHandle['status']>().toEqualTypeOf<
    'completed' | 'failed' | 'killed' | 'lost' | 'unreadable' | 'timed_out'
  >();
}

export function helpersTakeAndReturnWhatWorkflowsDo(): void {
  expectTypeOf(helpers.awaitZendeskJob).parameter(0).toEqualTypeOf<AwaitZendeskJobInput>();
  expectTypeOf(helpers.awaitZendeskJob).returns.resolves.toEqualTypeOf<ZendeskJobOutcome>();
  expectTypeOf(helpers.awaitZendeskJobs).returns.resolves.toEqualTypeOf<AwaitZendeskJobsResult>();
  expectTypeOf(helpers.runZendeskJob).returns.resolves.toEqualTypeOf<ZendeskJobOutcome>();
  expectTypeOf(helpers.runZendeskBulk).parameter(0).toEqualTypeOf<RunZendeskBulkInput>();
  expectTypeOf(helpers.runZendeskBulk).returns.resolves.toEqualTypeOf<RunZendeskBulkResult>();
  void helpers.runZendeskBulk({ operation: 'x', items: [1] }, { taskQueue: 'zendesk-jobs', workflowId: 'nightly' });
  // @ts-expect-error the input is the first argument
  void helpers.runZendeskBulk({ operation: 'x', items: [1] }, { args: [] });
  const onProgress = (progress: ZendeskJobProgress) => progress.polls;
  void helpers.awaitZendeskJob({ jobId: '1' }, { onProgress, taskQueue: 'zendesk-jobs' });
  // @ts-expect-error an option of activities, which waits do not have
  void helpers.awaitZendeskJob({ jobId: '1' }, { startToCloseTimeout: '1m' });
}

export function activitiesFromAWorkflow(): void {
  const { listZendeskJobStatuses, showZendeskJobStatus } = proxyActivities<ZendeskActivities>({});
  expectTypeOf(showZendeskJobStatus).parameter(0).toEqualTypeOf<{ account?: string; jobId: string }>();
  expectTypeOf(showZendeskJobStatus).returns.resolves.toEqualTypeOf<JobStatus>();
  expectTypeOf(listZendeskJobStatuses).toBeCallableWith();
}

export function pluginSourcesAndSinks(): void {
  const accounts = { default: { subdomain: 'acme' } };
  const written: BulkRow[] = [];
  new ZendeskJobsPlugin({
    accounts,
    sources: {
      people: (_, cursor) => ({ items: [{ name: 'Ann' }], next: typeof cursor === 'number' ? null : 1 }),
      checked: { read: async () => ({ items: [] }), check: () => ({ total: 0 }) },
    },
    sinks: {
      kept(rows, context) {
        expectTypeOf(context).toExtend<SinkContext>();
        written.push(...rows);
      },
    },
  });
  // @ts-expect-error no accounts
  new ZendeskJobsPlugin({});
  // @ts-expect-error a source that returns no page
  new ZendeskJobsPlugin({ accounts, sources: { people: () => [{ name: 'Ann' }] } });
  // @ts-expect-error a cursor that does not travel as JSON
  new ZendeskJobsPlugin({ accounts, sources: { people: () => ({ items: [], next: new Date() }) } });
}

/** Arguments have the shape that the source or sink says. */
export function argumentsOfSourcesAndSinks(): void {
  const table: ZendeskSource<{ table: string }> = ({ table }, cursor) => ({ items: [`${table} ${cursor}`] });
  const checked: ZendeskSource<{ table: string }> = { read: table, check: ({ table }) => void table.length };
  const rows: ZendeskSink<{ path: string }> = (_, { args, runId }) => void [args.path, runId];
  const opened: ZendeskSink<{ path: string }> = { write: rows, open: ({ args }) => void args.path };
  new ZendeskJobsPlugin({ accounts: {}, sources: { table, checked }, sinks: { rows, opened } });
  // @ts-expect-error a field that the arguments do not have
  void (({ tables }) => ({ items: [tables] })) satisfies ZendeskSource<{ table: string }>;
  // @ts-expect-error arguments that are not said to have any field
  void (({ table }) => ({ items: [table] })) satisfies ZendeskSource;
}

/** A source of a user's own, with every type of it named. */
export class People implements SourceObject {
  read(): { items: unknown[] } {
    return { items: [] };
  }

  superseded(_args: unknown, { fields, takes, keysOf }: KeysOfRecords): SupersededRecords {
    const rule: KeyRule = { fields, takes };
    const best: KeyField | undefined = rule.fields[0];
    const examples: DuplicateKey[] = [{ index: 0, by: 1, key: keysOf({})[0] ?? `${best}` }];
    return { count: 1, has: (index) => index === 0, examples };
  }
}

/** And a sink. */
export class Rows implements SinkObject {
  source?: SourceRef;

  check(_args: unknown, { source }: SinkCheckContext): void {
    this.source = source;
  }

  write(_rows: BulkRow[], _context: SinkContext): void {
    return;
  }
}

export function partsOfBulkInputsAndResults(): void {
  expectTypeOf<RunZendeskBulkInput['source']>().toEqualTypeOf<SourceRef | undefined>();
  expectTypeOf<RunZendeskBulkInput['sink']>().toEqualTypeOf<SinkRef | undefined>();
  expectTypeOf<RunZendeskBulkResult['failures']>().toEqualTypeOf<BulkFailure[]>();
  expectTypeOf<RunZendeskBulkResult['uncertain']>().toEqualTypeOf<UncertainBatch[]>();
  expectTypeOf<UncertainBatch['candidates']>().toEqualTypeOf<StartCandidate[]>();
  expectTypeOf<ZendeskBulkProgress['remaining']>().toEqualTypeOf<RemainingRecords>();
  expectTypeOf<ZendeskErrorDetails['ZendeskSourceFailed']>().toEqualTypeOf<BulkEndedDetails>();
  expectTypeOf<NonNullable<AccountsOptions['onAnswer']>>().parameter(0).toEqualTypeOf<AnswerInfo>();
}

/** Each entry names the shapes of what it takes and gives, so that nobody needs a second entry for them. */
export function typesOfOtherEntries(): void {
  expectTypeOf<activityTypes.KeysOfRecords>().toEqualTypeOf<KeysOfRecords>();
  expectTypeOf<activityTypes.BulkRow>().toEqualTypeOf<BulkRow>();
  expectTypeOf<activityTypes.JobStatus>().toEqualTypeOf<JobStatus>();
  expectTypeOf<helperTypes.BulkEndedDetails>().toEqualTypeOf<BulkEndedDetails>();
  expectTypeOf<helperTypes.UncertainBatch>().toEqualTypeOf<UncertainBatch>();
  expectTypeOf<helperTypes.RemainingRecords>().toEqualTypeOf<RemainingRecords>();
  expectTypeOf<nexusTypes.BulkEndedDetails>().toEqualTypeOf<BulkEndedDetails>();
  expectTypeOf<nexusTypes.UncertainBatch>().toEqualTypeOf<UncertainBatch>();
}

/** Literals, so that a `switch` over them is checked. */
export function errorTypes(): void {
  expectTypeOf(ZendeskErrorType.JOB_LOST).toEqualTypeOf<'ZendeskJobLost'>();
  expectTypeOf<'ZendeskJobLost'>().toExtend<ZendeskErrorType>();
  expectTypeOf<'ZendeskJobFound'>().not.toExtend<ZendeskErrorType>();
  expectTypeOf(helpers.ZendeskErrorType).toEqualTypeOf<typeof ZendeskErrorType>();
}

export function fake(): void {
  expectTypeOf(FakeZendesk.start).returns.resolves.toEqualTypeOf<FakeZendesk>();
  expectTypeOf<{ kind: 'reset'; takesEffect: true; match: { method: 'POST' } }>().toExtend<FaultOptions>();
  expectTypeOf<{ kind: 'crash' }>().not.toExtend<FaultOptions>();
}
