import { readdir, readFile, symlink } from 'node:fs/promises';
import { ZendeskAccounts } from '../../../src/activities';
import { createCheckZendeskBulk } from '../../../src/activities/bulk/check-zendesk-bulk';
import { createCloseZendeskSink } from '../../../src/activities/bulk/close-zendesk-sink';
import type { SourceObject, SourcesAndSinks, ZendeskSource } from '../../../src/activities/bulk/pluggable';
import type { BulkCheckInput, BulkRun } from '../../../src/common/bulk';
import { failureOf, RUN, temporaryFolder, users } from './support/records';

const accounts = ZendeskAccounts.of({ default: { baseUrl: 'http://127.0.0.1:1' } });
const folder = temporaryFolder();
const read = () => ({ items: users(3) });
const check = (input: BulkCheckInput, plugged: SourcesAndSinks = { sources: { own: read } }) =>
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
    expect(failure.message).toContain('has 1 bad lines: line 2: not JSON at column 2');
  });
});

describe('what is wrong before the first job fails the run', () => {
  const start = (operation: string, more: object = {}) => ({ ...RUN, start: { operation, ...more } });
  const late: ZendeskSource = (_, cursor) => (cursor === null ? { items: [], next: 1 } : read());
  const empty: ZendeskSource = () => ({ items: [] });
  const sink = { name: 'rows' };
  const ownSink = (own: object): SourcesAndSinks => ({ sources: { own: read }, sinks: { rows: own as never } });

  test.each<[string, BulkCheckInput, SourcesAndSinks, string, RegExp]>([
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
      /total that is not a whole number/,
    ],
    [
      'sink of a folder that is not there',
      { run: { ...RUN, sink: { name: 'ndjson', args: { path: '/nowhere/rows.ndjson' } } } },
      { sources: { own: read } },
      'ZendeskInputInvalid',
      /sink\.args\.path: \/nowhere\/rows\.ndjson cannot be written: the folder \/nowhere does not exist/,
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

describe('duplicate keys', () => {
  const user = (external_id: string, email?: string) => ({ external_id, email });
  const run = (duplicateKeys: BulkRun['duplicateKeys'], more: Partial<BulkRun> = {}) => ({
    ...RUN,
    ...more,
    duplicateKeys,
  });
  const lines = (records: unknown[]) => records.map((record) => `${JSON.stringify(record)}\n`).join('');

  test('with `fail`, inline records: all are named, and nothing is opened', async () => {
    const path = folder.path('rows.ndjson');
    const sink = { name: 'ndjson', args: { path } };
    const items = [user('a'), user('b', 'x@y.z'), user('A'), user('c', 'X@Y.Z')];
    const failure = await failureOf(check({ run: run('fail', { source: undefined, sink }), items }));
    expect(failure).toMatchObject({ type: 'ZendeskInputInvalid', nonRetryable: true });
    expect(failure.message).toBe(
      'runZendeskBulk: items: 2 records have a key that a later record has too: index 0 and index 2: "external_id=a"; ' +
        'index 1 and index 3: "email=x@y.z". Remove them, or use duplicateKeys \'last\' to send only the last record of each key',
    );
    expect(await readdir(folder.path())).toEqual([]);
  });

  test('with `fail`, a file: the line is named', async () => {
    const path = await folder.write('users.ndjson', `\n${lines([user('a'), user('a')])}`);
    const failure = await failureOf(check({ run: run('fail', { source: { name: 'ndjson', args: { path } } }) }));
    expect(failure.message).toContain(
      'source: 1 record has a key that a later record has too: index 0 and index 1 (line 3): ',
    );
    expect(failure.details).toMatchObject([{ problems: [{ field: 'source' }] }]);
  });

  test('with `fail`, many duplicates with long keys: twenty are named, in some KB', async () => {
    const key = (i: number) => `${i}-${'語'.repeat(5_000)}`;
    const items = Array.from({ length: 60 }, (_, i) => user(key(i % 30)));
    const path = await folder.write('users.ndjson', lines(items));
    for (const input of [
      { run: run('fail', { source: undefined }), items },
      { run: run('fail', { source: { name: 'ndjson', args: { path } } }) },
    ]) {
      const { message } = await failureOf(check(input));
      expect(message).toContain('30 records have a key');
      expect(message).toContain('; and 10 more');
      expect(message.match(/external_id=/g)).toHaveLength(20);
      expect(Buffer.byteLength(message)).toBeLessThan(5_000);
    }
  });

  test('with `fail` or `last`, records without duplicates pass; with `last` and `allow` those with some, too', async () => {
    const path = await folder.write('users.ndjson', lines([user('a'), user('b')]));
    const twice = await folder.write('twice.ndjson', lines([user('a'), user('a')]));
    const checked = (duplicateKeys: BulkRun['duplicateKeys'], path: string) =>
      check({ run: run(duplicateKeys, { source: { name: 'ndjson', args: { path } } }) });
    expect(await checked('fail', path)).toEqual({ total: 2 });
    expect(await checked('last', path)).toEqual({ total: 2 });
    expect(await checked('last', twice)).toEqual({ total: 2 });
    expect(await checked('allow', twice)).toEqual({ total: 2 });
    expect(await check({ run: run('last', { source: undefined }), items: [user('a'), user('a')] })).toEqual({
      total: 2,
    });
  });

  test.each(['fail', 'last'] as const)(
    'with `%s`, an operation that only creates records is refused',
    async (option) => {
      const start = { operation: 'users/create_many' };
      const failure = await failureOf(check({ run: run(option, { start, source: undefined }), items: [user('a')] }));
      expect(failure).toMatchObject({ type: 'ZendeskInputInvalid', nonRetryable: true });
      expect(failure.message).toContain('duplicateKeys: users/create_many finds no existing record by a key');
    },
  );

  test.each(['fail', 'last'] as const)('with `%s`, a source that cannot be scanned is refused', async (option) => {
    const failure = await failureOf(check({ run: run(option) }));
    expect(failure).toMatchObject({ type: 'ZendeskInputInvalid', nonRetryable: true });
    expect(failure.message).toMatch(/duplicateKeys: the source "own" cannot be scanned .* copy the records to a file/);
  });

  test('a source of one’s own can offer it; what it throws is retried', async () => {
    const own: SourceObject = {
      read,
      superseded: () => ({
        count: 1,
        has: (index) => index === 0,
        examples: [{ index: 0, by: 2, key: 'external_id=crm-0' }],
      }),
    };
    const failure = await failureOf(check({ run: run('fail') }, { sources: { own } }));
    expect(failure.message).toContain('index 0 and index 2: "external_id=crm-0"');
    const failing = { read, superseded: throwing('connection lost') };
    expect(await failureOf(check({ run: run('last') }, { sources: { own: failing } }))).toMatchObject({
      type: 'ZendeskSourceFailed',
      nonRetryable: false,
    });
  });
});

describe('the sink of a run', () => {
  const path = () => folder.path('rows.ndjson');
  const sink = () => ({ name: 'ndjson', args: { path: path() } });
  const runWithSink = (more: Partial<BulkRun> = {}): BulkRun => ({ ...RUN, sink: sink(), ...more });

  test('is opened when the checks have passed: the run then leaves an empty file', async () => {
    await folder.write('rows.ndjson', 'yesterday');
    await check({ run: runWithSink() });
    expect((await readdir(folder.path())).sort()).toEqual(['rows.ndjson', 'rows.ndjson.parts-run-1']);
    expect(await readFile(path(), 'utf8')).toBe('yesterday');
    await createCloseZendeskSink({})({ run: runWithSink() });
    expect(await readFile(path(), 'utf8')).toBe('');
  });

  const wrong: [string, () => Partial<BulkRun>][] = [
    ['account', () => ({ account: 'other' })],
    ['operation', () => ({ start: { operation: 'users/upsert' } })],
    ['source', () => ({ source: { name: 'ndjson', args: { path: folder.path('none') } } })],
    ['duplicate keys', () => ({ duplicateKeys: 'fail' })],
  ];
  test.each(wrong)('stays as it is where the check fails: %s', async (_, more) => {
    await folder.write('rows.ndjson', 'yesterday');
    await failureOf(check({ run: runWithSink(more()) }));
    await createCloseZendeskSink({})({ run: runWithSink(more()) });
    expect(await readdir(folder.path())).toEqual(['rows.ndjson']);
    expect(await readFile(path(), 'utf8')).toBe('yesterday');
  });

  test.each(wrong)('stays as it is where an attempt before had passed and could not report it: %s', async (_, more) => {
    await folder.write('rows.ndjson', 'yesterday');
    await check({ run: runWithSink() });
    await failureOf(check({ run: runWithSink(more()) }));
    await createCloseZendeskSink({})({ run: runWithSink(more()) });
    expect(await readdir(folder.path())).toEqual(['rows.ndjson']);
    expect(await readFile(path(), 'utf8')).toBe('yesterday');
  });

  test('that is the source is refused, through a link too, and the source stays whole', async () => {
    const source = await folder.write('users.ndjson', '{"external_id":"a"}\n');
    await symlink(source, path());
    const ndjson = { name: 'ndjson', args: { path: source } };
    for (const sink of [ndjson, { name: 'ndjson', args: { path: path() } }]) {
      const failure = await failureOf(check({ run: { ...RUN, source: ndjson, sink } }));
      expect(failure).toMatchObject({ type: 'ZendeskInputInvalid', nonRetryable: true });
      expect(failure.details).toMatchObject([{ problems: [{ field: 'sink.args.path' }] }]);
    }
    expect(await readFile(source, 'utf8')).toBe('{"external_id":"a"}\n');
  });
});

describe('the end of a run', () => {
  const closing = (own: object) => createCloseZendeskSink({ sinks: { rows: own as never } });
  const run = { ...RUN, sink: { name: 'rows', args: { table: 'r' } } };

  test('is reported to the sink', async () => {
    const told: unknown[] = [];
    await closing({ write: read, close: (context: object) => void told.push(context) })({ run });
    expect(told).toEqual([{ args: { table: 'r' }, runId: 'run-1' }]);
  });

  test('is not reported to a sink without close, and needs no sink', async () => {
    await expect(closing(read)({ run })).resolves.toBeUndefined();
    await expect(closing(read)({ run: RUN })).resolves.toBeUndefined();
  });

  test('is reported again where the sink failed', async () => {
    const failure = await failureOf(closing({ write: read, close: throwing('disk full') })({ run }));
    expect(failure).toMatchObject({ type: 'ZendeskSinkFailed', nonRetryable: false });
  });
});
