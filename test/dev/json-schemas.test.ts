import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { FOLDER, jsonSchemas } from '../../dev/json-schemas';
import { OPERATIONS } from '../../src/zendesk/operations';
import { detailProblemsOf, problemsOf, WORKFLOWS } from '../support/json-schemas';

test('what is in schemas/ is made of the types as they are: npm run schemas', () => {
  const files = readdirSync(FOLDER).map((file): [string, string] => [
    file,
    readFileSync(path.join(FOLDER, file), 'utf8'),
  ]);
  expect(Object.fromEntries(files)).toEqual(Object.fromEntries(jsonSchemas()));
});

describe('the schema of an input', () => {
  const ticket = { subject: 'Printer', comment: { body: 'It smokes' } };
  const params = { custom_object_key: 'car' };

  test.each([
    ['awaitZendeskJob', { jobId: 'V3-1' }],
    [
      'awaitZendeskJob',
      { jobId: 'V3-1', account: 'acme', timeout: 90_000, polling: { minInterval: '2s' }, results: 'none' },
    ],
    ['awaitZendeskJobs', { jobIds: ['V3-1'], failOnItemErrors: true, searchAttributes: true }],
    ['runZendeskJob', { operation: 'tickets/create_many', items: [ticket], onUncertainStart: 'adopt', timeout: '2h' }],
    ['runZendeskJob', { operation: 'tickets/update_many', items: [{ id: 1, status: 'solved' }] }],
    ['runZendeskJob', { operation: 'tickets/update_many', ids: [1, '2'], body: { ticket: { status: 'solved' } } }],
    ['runZendeskJob', { operation: 'tickets/{ticket_id}/merge', params: { ticket_id: 7 }, body: { ids: [8, 9] } }],
    [
      'runZendeskJob',
      { operation: 'users/update_many', externalIds: ['a'], body: { user: {} }, params: { brand_id: 5 } },
    ],
    ['runZendeskJob', { operation: 'users/create_or_update_many', items: [{ email: 'a@example.com', tags: ['vip'] }] }],
    [
      'runZendeskJob',
      {
        operation: 'custom_objects/{custom_object_key}/jobs',
        params,
        items: [{ name: 'A' }],
        body: { job: { action: 'create' } },
      },
    ],
    [
      'runZendeskJob',
      {
        operation: 'custom_objects/{custom_object_key}/jobs',
        params,
        items: ['1'],
        body: { job: { action: 'delete' } },
      },
    ],
    ['runZendeskBulk', { operation: 'tickets/create_many', items: [ticket], maxJobs: 3 }],
    [
      'runZendeskBulk',
      {
        operation: 'users/create_or_update_many',
        source: { name: 'ndjson', args: { path: 'users.ndjson' } },
        sink: { name: 'rows' },
      },
    ],
  ])('of %s takes %j', (workflow, input) => {
    expect(problemsOf(WORKFLOWS[workflow]!.input, input)).toEqual([]);
  });

  test.each([
    ['awaitZendeskJob', {}],
    ['awaitZendeskJob', { jobId: 1 }],
    ['awaitZendeskJob', { jobId: 'V3-1', timeOut: '1h' }],
    ['awaitZendeskJob', { jobId: 'V3-1', account: null }],
    ['awaitZendeskJob', { jobId: 'V3-1', polling: { every: '1s' } }],
    ['awaitZendeskJobs', { jobIds: 'V3-1' }],
    ['runZendeskJob', { operation: 'tickets/create_mny', items: [ticket] }],
    ['runZendeskJob', { operation: 'tickets/create_many' }],
    ['runZendeskJob', { operation: 'tickets/create_many', items: [ticket], ids: [1] }],
    ['runZendeskJob', { operation: 'tickets/create_many', items: [ticket], params: { ticket_id: 1 } }],
    ['runZendeskJob', { operation: 'tickets/update_many', items: [{ status: 'solved' }] }],
    ['runZendeskJob', { operation: 'tickets/{ticket_id}/merge', body: { ids: [8, 9] } }],
    ['runZendeskJob', { operation: 'tickets/destroy_many', ids: [1], body: { ticket: {} } }],
    ['runZendeskBulk', { operation: 'tickets/create_many', items: [ticket], maxJobs: 'all' }],
    ['runZendeskBulk', { operation: 'tickets/create_many', source: 'ndjson' }],
  ])('of %s refuses %j', (workflow, input) => {
    expect(problemsOf(WORKFLOWS[workflow]!.input, input)).not.toEqual([]);
  });

  test('of runZendeskJob has every operation', () => {
    const text = readFileSync(path.join(FOLDER, 'RunZendeskJobInput.schema.json'), 'utf8');
    const { anyOf } = JSON.parse(text) as { anyOf: { properties: { operation: { const: string } } }[] };
    expect(new Set(anyOf.map(({ properties }) => properties.operation.const))).toEqual(
      new Set(Object.keys(OPERATIONS)),
    );
  });
});

describe('what went over the wire in the golden histories', () => {
  const HISTORIES = path.resolve(__dirname, '../histories');
  const histories = readdirSync(HISTORIES, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.json'),
  );

  interface Payloads {
    payloads: { data: string }[];
  }
  interface Failure {
    applicationFailureInfo?: { type: string; details: Payloads };
  }
  interface History {
    events: {
      workflowExecutionStartedEventAttributes?: { workflowType: { name: string }; input: Payloads };
      workflowExecutionCompletedEventAttributes?: { result: Payloads };
      workflowExecutionFailedEventAttributes?: { failure: Failure };
    }[];
  }
  const decoded = ({ payloads }: Payloads): unknown =>
    JSON.parse(Buffer.from(payloads[0]!.data, 'base64').toString('utf8'));
  const read = (file: string) => JSON.parse(readFileSync(path.join(HISTORIES, file), 'utf8')) as History;

  test.each(histories)('%s', (file) => {
    const { events } = read(file);
    const started = events[0]!.workflowExecutionStartedEventAttributes!;
    const { input, result } = WORKFLOWS[started.workflowType.name]!;
    expect(problemsOf(input, decoded(started.input))).toEqual([]);

    const end = events.at(-1)!;
    const completed = end.workflowExecutionCompletedEventAttributes;
    if (completed) expect(problemsOf(result, decoded(completed.result))).toEqual([]);
    const failed = end.workflowExecutionFailedEventAttributes?.failure.applicationFailureInfo;
    if (failed) expect(detailProblemsOf(failed.type, decoded(failed.details))).toEqual([]);
  });

  test('has results of each workflow, and every way to fail but those of sources, sinks and large responses', () => {
    const ends = histories.map((file) => [read(file).events[0]!, read(file).events.at(-1)!] as const);
    const completed = ends.filter(([, end]) => end.workflowExecutionCompletedEventAttributes);
    const workflows = completed.map(([first]) => first.workflowExecutionStartedEventAttributes!.workflowType.name);
    expect(new Set(workflows)).toEqual(new Set(Object.keys(WORKFLOWS)));
    const types = ends.map(
      ([, end]) => end.workflowExecutionFailedEventAttributes?.failure.applicationFailureInfo?.type,
    );
    const { properties } = JSON.parse(readFileSync(path.join(FOLDER, 'ZendeskErrorDetails.schema.json'), 'utf8')) as {
      properties: object;
    };
    expect(Object.keys(properties).filter((type) => !types.includes(type))).toEqual([
      'ZendeskSourceFailed',
      'ZendeskSinkFailed',
      'ZendeskResponseTooLarge',
    ]);
  });
});
