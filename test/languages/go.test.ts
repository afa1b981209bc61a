/** The example of examples/go, as a Go user's worker runs it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { exists } from '../../dev/build-once';
import { compileGo } from '../../dev/go-program';
import { spawnOther } from '../support/processes';
import { goErrorTypes, goTypes, goValues } from './support/go-types';
import { testSyncExample } from './support/sync-example';
import { errorTypes, wireTypes, wireValues } from './support/wire-types';

/** Where the name in Go is not the one of the schema. */
const NAMES: Record<string, string> = {
  AwaitZendeskJobInput: 'AwaitJobInput',
  AwaitZendeskJobsInput: 'AwaitJobsInput',
  AwaitZendeskJobsResult: 'AwaitJobsResult',
  RunZendeskJobInput: 'RunJobInput',
  RunZendeskBulkInput: 'RunBulkInput',
  RunZendeskBulkResult: 'RunBulkResult',
  ZendeskJobOutcome: 'JobOutcome',
  ZendeskItemResult: 'ItemResult',
  ErrorDetails: 'Details',
};

const FOLDER = path.resolve(__dirname, '../../examples/go');

let made: string;
beforeAll(async () => {
  made = await mkdtemp(path.join(tmpdir(), 'go-example-'));
});
afterAll(async () => await rm(made, { recursive: true }));

testSyncExample('go', async (program, args, env) => {
  const name = { worker: 'worker', 'import users': 'importusers' }[program];
  const file = path.join(made, name);
  if (!(await exists(file))) await compileGo({ folder: FOLDER, pkg: `./${name}`, file }, console.log);
  return spawnOther(file, args, env, made);
});

test('its structs have the fields of the JSON Schemas, and its constants the types of errors', () => {
  const expected = Object.entries(wireTypes()).map(([name, fields]) => [NAMES[name] ?? name, fields]);
  expect(goTypes(path.join(FOLDER, 'zendeskjobs'))).toEqual({
    ...Object.fromEntries(expected),
    WaitOptions: expect.any(Array), // part of the inputs
  });
  expect(goErrorTypes(path.join(FOLDER, 'zendeskjobs'))).toEqual(errorTypes());
});

test('its constants have the values of the JSON Schemas', () => {
  const expected = Object.entries(wireValues()).map(([place, values]) => {
    const [type, field] = place.split('.') as [string, string];
    return [`${NAMES[type] ?? type}.${field}`, values];
  });
  expect(goValues(path.join(FOLDER, 'zendeskjobs'))).toEqual(Object.fromEntries(expected));
});
