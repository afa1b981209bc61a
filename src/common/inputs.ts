/**
 * Checks the inputs of the workflows and activities before anything is asked of Zendesk. Pure, and small: it is part of the
 * workflow bundle, to which a schema library would add 30 KB (superstruct) to 2.7 MB (zod).
 */
import { durationProblem, toMilliseconds } from './duration';
import { jobIdProblem } from './job-id';
import type { AwaitZendeskJobInput, AwaitZendeskJobsInput, ResultsMode, WaitOptions } from './types';

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;

export const DEFAULT_ACCOUNT = 'default';
export const DEFAULT_TIMEOUT = DAY;
export const DEFAULT_MIN_INTERVAL = SECOND;
export const DEFAULT_MAX_INTERVAL = 60 * SECOND;
export const MAX_JOB_IDS = 1000;

/** An input that is not of the documented shape. `problems` has one line for each wrong field. */
export class InputProblems extends Error {
  override readonly name = 'InputProblems';
  constructor(
    what: string,
    readonly problems: { field: string; problem: string }[],
  ) {
    super(
      `${what}: ${problems.map(({ field, problem }) => (field === '' ? problem : `${field}: ${problem}`)).join('; ')}`,
    );
  }
}

type Problem = InputProblems['problems'][number];

/** Says what is wrong with a value: in words, or field by field; undefined where nothing is. */
export type Rule = (value: unknown) => string | Problem[] | undefined;

export const jobId: Rule = jobIdProblem;

export const jobIds: Rule = (value) => {
  if (!Array.isArray(value)) return 'expected an array of job ids';
  if (value.length < 1 || value.length > MAX_JOB_IDS)
    return `expected 1 to ${MAX_JOB_IDS} job ids, got ${value.length}`;
  return value.flatMap((id, i) => at(`[${i}]`, jobIdProblem(id)));
};

export const accountName: Rule = (value) =>
  typeof value === 'string' && /^[A-Za-z0-9._-]{1,100}$/.test(value)
    ? undefined
    : 'expected the name of an account: 1 to 100 letters, digits, ".", "_" or "-"';

const duration =
  (shortest: number, longest: number): Rule =>
  (value) =>
    durationProblem(value, shortest, longest);

export const oneOf =
  (...values: string[]): Rule =>
  (value) =>
    values.includes(value as string) ? undefined : `expected one of ${values.join(', ')}`;

const flag: Rule = (value) => (typeof value === 'boolean' ? undefined : 'expected a boolean');

export const wholeNumber =
  (least: number, most: number): Rule =>
  (value) =>
    Number.isInteger(value) && Number(value) >= least && Number(value) <= most
      ? undefined
      : `expected a whole number from ${least} to ${most}`;

/** All fields that are given follow their rules, and there are no others. Those that are not required may be left out. */
export const fields =
  (rules: Record<string, Rule>, required: string[] = []): Rule =>
  (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'expected an object';
    const given = Object.entries(value).filter(([, field]) => field !== undefined);
    const missing = required.filter((name) => !given.some(([field]) => field === name));
    return [
      ...missing.flatMap((name) => at(`.${name}`, rules[name]!(undefined))),
      ...given.flatMap(([name, field]) =>
        at(`.${name}`, Object.hasOwn(rules, name) ? rules[name]!(field) : 'unknown option'),
      ),
    ];
  };

/** The rules of `WaitOptions` and of what goes with it in every wait. */
export const waitRules = {
  account: accountName,
  timeout: duration(SECOND, 30 * DAY),
  polling: fields({
    minInterval: duration(SECOND / 10, HOUR),
    maxInterval: duration(SECOND / 10, HOUR),
  }),
  searchAttributes: flag,
  results: oneOf('all', 'failed', 'none'),
  failOnItemErrors: flag,
};

const awaitZendeskJobRules = fields({ jobId, ...waitRules }, ['jobId']);
const awaitZendeskJobsRules = fields({ jobIds, ...waitRules }, ['jobIds']);
const runZendeskJobRules = fields({ ...waitRules, onUncertainStart: oneOf('fail', 'adopt') });

/** A wait's settings with all defaults filled in and all durations in milliseconds. */
export interface WaitSettings {
  account: string;
  timeout: number;
  minInterval: number;
  maxInterval: number;
  searchAttributes: boolean;
  results: ResultsMode;
  failOnItemErrors: boolean;
}

type Wait = WaitOptions & { results?: ResultsMode; failOnItemErrors?: boolean };

export function checkAwaitZendeskJob(input: AwaitZendeskJobInput): WaitSettings & { jobId: string } {
  check('awaitZendeskJob', input, awaitZendeskJobRules);
  return { jobId: input.jobId, ...waitSettings('awaitZendeskJob', input, 'all') };
}

export function checkAwaitZendeskJobs(input: AwaitZendeskJobsInput): WaitSettings & { jobIds: string[] } {
  check('awaitZendeskJobs', input, awaitZendeskJobsRules);
  return { jobIds: input.jobIds, ...waitSettings('awaitZendeskJobs', input, 'failed') };
}

/** What `runZendeskJob` takes beside what starts the job. */
export function checkRunOptions(input: Wait & { onUncertainStart?: 'fail' | 'adopt' }): WaitSettings {
  check('runZendeskJob', input, runZendeskJobRules);
  return waitSettings('runZendeskJob', input, 'all');
}

/** Throws `InputProblems` with every wrong field. */
export function check(what: string, input: unknown, rule: Rule): void {
  const problems = at('', rule(input)).map(({ field, problem }) => ({ field: field.replace(/^\./, ''), problem }));
  if (problems.length > 0) throw new InputProblems(what, problems);
}

/** The problems of a value, as those of the field that holds it. */
function at(field: string, found: string | Problem[] | undefined): Problem[] {
  if (found === undefined) return [];
  if (typeof found === 'string') return [{ field, problem: found }];
  return found.map((inner) => ({ field: `${field}${inner.field}`, problem: inner.problem }));
}

/** Fills in the defaults. */
export function waitSettings(what: string, input: Wait, defaultResults: ResultsMode): WaitSettings {
  const minInterval = toMilliseconds(input.polling?.minInterval ?? DEFAULT_MIN_INTERVAL);
  const maxInterval = toMilliseconds(input.polling?.maxInterval ?? Math.max(minInterval, DEFAULT_MAX_INTERVAL));
  if (maxInterval < minInterval) {
    throw new InputProblems(what, [{ field: 'polling.maxInterval', problem: 'expected at least polling.minInterval' }]);
  }
  return {
    account: input.account ?? DEFAULT_ACCOUNT,
    timeout: toMilliseconds(input.timeout ?? DEFAULT_TIMEOUT),
    minInterval,
    maxInterval,
    searchAttributes: input.searchAttributes ?? false,
    results: input.results ?? defaultResults,
    failOnItemErrors: input.failOnItemErrors ?? false,
  };
}
