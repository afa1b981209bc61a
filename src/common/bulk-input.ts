/** Checks the input of `runZendeskBulk`, as `inputs.ts` does those of the other workflows. Pure. */
import type { BulkStart } from './bulk';
import type { Named, RunZendeskBulkInput } from './bulk-types';
import { BYTE_BUDGETS, jsonBytes } from './byte-budgets';
import { numberProblems } from './exact-numbers';
import { check, fields, InputProblems, oneOf, waitRules, waitSettings, wholeNumber, type Rule } from './inputs';

/** Zendesk lets so many jobs of an account be queued or running at once. */
const MOST_JOBS = 30;
const ITEM_ATTEMPTS = 3;
/** Keeps a run below 4,096 events: a batch makes 9 to 12 of them, or a few more where it has to be tried again. */
const BATCHES_A_RUN = 300;
const anything: Rule = () => undefined;
const object: Rule = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? undefined : 'expected an object';
const name: Rule = (value) =>
  typeof value === 'string' && value !== '' ? undefined : 'expected the name of a source or sink of the worker';
const operation: Rule = (value) =>
  typeof value === 'string' ? undefined : 'expected the name of an operation, such as users/create_or_update_many';
const named = fields({ name, args: anything }, ['name']);

const items: Rule = (value) =>
  Array.isArray(value) && value.length > 0 ? undefined : 'expected a list of records, one at least';

const rules = fields(
  {
    account: waitRules.account,
    timeout: waitRules.timeout,
    polling: waitRules.polling,
    searchAttributes: waitRules.searchAttributes,
    operation,
    params: object,
    body: object,
    items,
    source: named,
    sink: named,
    maxJobs: wholeNumber(1, MOST_JOBS),
    itemAttempts: wholeNumber(1, 10),
    onUncertainStart: oneOf('fail', 'adopt'),
    batchesPerRun: wholeNumber(1, 1000),
    duplicateKeys: oneOf('allow', 'fail', 'last'),
  },
  ['operation'],
);

/** All defaults filled in, durations in milliseconds. */
export interface BulkSettings {
  account: string;
  timeout: number;
  minInterval: number;
  maxInterval: number;
  searchAttributes: boolean;
  start: BulkStart;
  items?: unknown[];
  source?: Named;
  sink?: Named;
  maxJobs: number;
  itemAttempts: number;
  onUncertainStart: 'fail' | 'adopt';
  batchesPerRun: number;
  duplicateKeys: 'allow' | 'fail' | 'last';
}

/** Throws `InputProblems`. Whether the operation, source and sink are known is for the worker to say. */
export function checkRunZendeskBulk(input: RunZendeskBulkInput): BulkSettings {
  check('runZendeskBulk', input, rules);
  const { items, source, sink, params, body } = input;
  if ((items === undefined) === (source === undefined)) {
    throw new InputProblems('runZendeskBulk', [{ field: 'items', problem: 'expected either items or a source' }]);
  }
  checkSize(input);
  const inexact = numberProblems({ items, params, body });
  if (inexact.length > 0) throw new InputProblems('runZendeskBulk', inexact);
  const { account, timeout, minInterval, maxInterval, searchAttributes } = waitSettings(
    'runZendeskBulk',
    input,
    'none',
  );
  return {
    account,
    timeout,
    minInterval,
    maxInterval,
    searchAttributes,
    start: { operation: input.operation, ...(params && { params }), ...(body && { body }) },
    items,
    source,
    sink,
    maxJobs: input.maxJobs ?? MOST_JOBS,
    itemAttempts: input.itemAttempts ?? ITEM_ATTEMPTS,
    onUncertainStart: input.onUncertainStart ?? 'fail',
    batchesPerRun: input.batchesPerRun ?? BATCHES_A_RUN,
    duplicateKeys: input.duplicateKeys ?? 'allow',
  };
}

/** The input is carried from run to run, and all of it but the records goes to each activity. */
function checkSize({ items, ...rest }: RunZendeskBulkInput): void {
  const restBytes = jsonBytes(rest);
  if (restBytes > BYTE_BUDGETS.bulkSettings) {
    const problem = `expected at most ${BYTE_BUDGETS.bulkSettings} bytes of JSON besides the records, got ${restBytes}`;
    throw new InputProblems('runZendeskBulk', [{ field: '', problem }]);
  }
  const itemBytes = jsonBytes(items);
  if (itemBytes + restBytes <= BYTE_BUDGETS.bulkInput) return;
  const problem = `expected at most ${BYTE_BUDGETS.bulkInput} bytes of JSON, got ${itemBytes}: use a source, such as ndjson`;
  throw new InputProblems('runZendeskBulk', [{ field: 'items', problem }]);
}
