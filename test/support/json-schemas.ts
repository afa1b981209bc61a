import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import { FOLDER } from '../../dev/json-schemas';

const ajv = new Ajv({ strict: true, strictRequired: false, allowUnionTypes: true, allErrors: true });

/** Workflow type -> the schemas of what goes into it and comes out of it. */
export const WORKFLOWS: Record<string, { input: string; result: string; progress: string }> = {
  awaitZendeskJob: { input: 'AwaitZendeskJobInput', result: 'ZendeskJobOutcome', progress: 'ZendeskJobProgress' },
  awaitZendeskJobs: {
    input: 'AwaitZendeskJobsInput',
    result: 'AwaitZendeskJobsResult',
    progress: 'ZendeskJobsProgress',
  },
  runZendeskJob: { input: 'RunZendeskJobInput', result: 'ZendeskJobOutcome', progress: 'ZendeskRunProgress' },
  runZendeskBulk: { input: 'RunZendeskBulkInput', result: 'RunZendeskBulkResult', progress: 'ZendeskBulkProgress' },
};

/**
 * What a schema of schemas/ has against a value; empty where nothing. Stricter than the schema is for others: an answer has
 * nothing that the schema does not tell.
 */
export function problemsOf(schema: string, value: unknown, part = ''): string[] {
  if (!ajv.getSchema(schema)) ajv.addSchema(closed(schema), schema);
  const validate = ajv.getSchema(`${schema}${part}`);
  if (!validate) throw new Error(`${schema} has no ${part}`);
  return validate(value)
    ? []
    : validate.errors!.map(({ instancePath, message }) => `${instancePath} ${message}`.trim());
}

/** The same for `details[0]` of a failure of that type. */
export function detailProblemsOf(type: string, details: unknown): string[] {
  return problemsOf('ZendeskErrorDetails', details, `#/properties/${type}`);
}

function closed(schema: string): object {
  const text = readFileSync(path.join(FOLDER, `${schema}.schema.json`), 'utf8');
  return JSON.parse(text, (_, part: unknown) =>
    typeof part === 'object' && part !== null && 'properties' in part && 'type' in part
      ? { additionalProperties: false, ...part }
      : part,
  ) as object;
}
