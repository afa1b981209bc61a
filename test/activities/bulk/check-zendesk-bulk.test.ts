import { ZendeskAccounts } from '../../../src/activities';
import { createCheckZendeskBulk, type BulkToCheck } from '../../../src/activities/bulk/check-zendesk-bulk';
import { createCloseZendeskSink } from '../../../src/activities/bulk/close-zendesk-sink';
import type { SourcesAndSinks, ZendeskSource } from '../../../src/activities/bulk/pluggable';
import { failureOf, RUN, temporaryFolder, users } from './support/records';

const accounts = ZendeskAccounts.of({ default: { baseUrl: 'http://127.0.0.1:1' } });
const folder = temporaryFolder();
const read = () => ({ items: users(3) });
const check = (input: BulkToCheck, plugged: SourcesAndSinks = { sources: { own: read } }) =>
  createCheckZendeskBulk(accounts, plugged)(input);
const withSource = (own: ZendeskSource) => check({ run: RUN }, { sources: { own } });
const inline = { ...RUN, source: undefined };
const throwing = (message: string) => () => {
  throw new Error(message);
};

describe('the number of records', () => {
  test('is that of the inline ones', async () => {
    expect(await check({ run: inline, items: users(250) })).toEqual({ total: 250 });
  });

  test('is what the source says, which is told its arguments', async () => {
    const counting: ZendeskSource = { read, check: (args) => ({ total: (args as { count: number }).count }) };
    const run = { ...RUN, source: { name: 'own', args: { count: 12_345 } } };
    expect(await check({ run }, { sources: { own: counting } })).toEqual({ total: 12_345 });
  });

  test('is unknown where it says none', async () => {
    expect(await withSource(read)).toEqual({ total: null });
    expect(await withSource({ read, check: () => undefined })).toEqual({ total: null });
    expect(await withSource({ read, check: async () => ({}) })).toEqual({ total: null });
  });

  test('is that of the good lines of a file', async () => {
    const path = await folder.write('users.ndjson', '{"external_id":"a"}\n{\n{"external_id":"b"}\n');
    const source = (skipBadLines: boolean) => ({ name: 'ndjson', args: { path, skipBadLines } });
    expect(await check({ run: { ...RUN, source: source(true) } })).toEqual({ total: 2 });
    const failure = await failureOf(check({ run: { ...RUN, source: source(false) } }));
    expect(failure).toMatchObject({ type: 'ZendeskSourceFailed', nonRetryable: true });
    expect(failure.message).toContain('has 1 bad lines: line 2: no JSON');
  });
});

describe('what cannot go well is said at once', () => {
  const start = (operation: string, more: object = {}) => ({ ...RUN, start: { operation, ...more } });
  const late: ZendeskSource = (_, cursor) => (cursor === null ? { items: [], next: 1 } : read());
  const empty: ZendeskSource = () => ({ items: [] });
  const sink = { name: 'rows' };
  const ownSink = (own: object): SourcesAndSinks => ({ sources: { own: read }, sinks: { rows: own as never } });

  test.each<[string, BulkToCheck, SourcesAndSinks, string, RegExp]>([
    ['account', { run: { ...RUN, account: 'other' } }, {}, 'ZendeskAccountUnknown', /"other"/],
    ['source', { run: RUN }, {}, 'ZendeskInputInvalid', /no source "own", it has: ndjson/],
    ['sink', { run: { ...inline, sink }, items: [1] }, {}, 'ZendeskInputInvalid', /no sink "rows", it has: ndjson/],
    ['operation', { run: start('users/upsert') }, { sources: { own: read } }, 'ZendeskInputInvalid', /did you mean/],
    [
      'of an empty source',
      { run: start('users/upsert') },
      { sources: { own: empty } },
      'ZendeskInputInvalid',
      /did you/,
    ],
    [
      'after an empty page',
      { run: start('users/upsert') },
      { sources: { own: late } },
      'ZendeskInputInvalid',
      /did you/,
    ],
    [
      'not for many',
      { run: start('tickets/create_async') },
      { sources: { own: read } },
      'ZendeskInputInvalid',
      /not for/,
    ],
    [
      'missing parameter',
      { run: start('custom_objects/{custom_object_key}/jobs', { body: { job: { action: 'create' } } }) },
      { sources: { own: read } },
      'ZendeskInputInvalid',
      /params: expected an object with custom_object_key/,
    ],
    [
      'a total that is none',
      { run: RUN },
      { sources: { own: { read, check: () => ({ total: '100' as never }) } } },
      'ZendeskSourceFailed',
      /total that is no whole number/,
    ],
    [
      'sink of a folder that is not there',
      { run: { ...RUN, sink: { name: 'ndjson', args: { path: '/nowhere/rows.ndjson' } } } },
      { sources: { own: read } },
      'ZendeskInputInvalid',
      /sink\.args: \/nowhere\/rows\.ndjson cannot be written/,
    ],
    [
      'arguments',
      { run: { ...RUN, source: { name: 'ndjson', args: { file: 'x' } } } },
      {},
      'ZendeskInputInvalid',
      /source\.args: .*file: unknown option/,
    ],
  ])('%s', async (_, input, plugged, type, words) => {
    const failure = await failureOf(check(input, plugged));
    expect(failure).toMatchObject({ type, nonRetryable: true });
    expect(failure.message).toMatch(words);
  });

  test('what a source or sink throws may pass', async () => {
    const source = await failureOf(withSource({ read, check: throwing('connection lost') }));
    expect(source).toMatchObject({ type: 'ZendeskSourceFailed', nonRetryable: false });
    const rows = ownSink({ write: read, check: throwing('connection lost') });
    const failure = await failureOf(check({ run: { ...RUN, sink } }, rows));
    expect(failure).toMatchObject({ type: 'ZendeskSinkFailed', nonRetryable: false });
  });

  test('a record that Zendesk would refuse does not keep the others from it', async () => {
    expect(await check({ run: inline, items: [{ name: 'Ann' }, ...users(2)] })).toEqual({ total: 3 });
  });
});

describe('the end of a run', () => {
  const closing = (own: object) => createCloseZendeskSink({ sinks: { rows: own as never } });
  const run = { ...RUN, sink: { name: 'rows', args: { table: 'r' } } };

  test('is told to the sink', async () => {
    const told: unknown[] = [];
    await closing({ write: read, close: (context: object) => void told.push(context) })({ run });
    expect(told).toEqual([{ args: { table: 'r' }, runId: 'run-1' }]);
  });

  test('means nothing to a sink that does not ask, or to none', async () => {
    await expect(closing(read)({ run })).resolves.toBeUndefined();
    await expect(closing(read)({ run: RUN })).resolves.toBeUndefined();
  });

  test('is told again where the sink failed', async () => {
    const failure = await failureOf(closing({ write: read, close: throwing('disk full') })({ run }));
    expect(failure).toMatchObject({ type: 'ZendeskSinkFailed', nonRetryable: false });
  });
});
