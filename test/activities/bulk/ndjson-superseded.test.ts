import fs from 'node:fs';
import { utimes, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { supersededInFile } from '../../../src/activities/bulk/ndjson-superseded';
import { InputProblems } from '../../../src/common/inputs';
import { keyRule, keysByRule, supersededIndexes } from '../../../src/zendesk/record-keys';
import { failureOf, RUN, temporaryFolder } from './support/records';

const folder = temporaryFolder();
const lines = (records: unknown[]) => records.map((record) => `${JSON.stringify(record)}\n`).join('');
const rule = keyRule(RUN.start);
const keys = { ...rule, keysOf: (record: unknown) => keysByRule(rule, record) };
const superseded = (path: string, skipBadLines = false, maxRecords?: number) =>
  supersededInFile(path, skipBadLines, keys, maxRecords);
const user = (external_id: string, email?: string) => ({ external_id, email });

test('the records of a file that a later one replaces', async () => {
  const path = await folder.write(
    'users.ndjson',
    lines([user('a'), user('b', 'x@y.z'), user('A'), user('c', 'X@Y.Z')]),
  );
  const { count, has, examples } = await superseded(path);
  expect(count).toBe(2);
  expect([0, 1, 2, 3, 4, -1].map(has)).toEqual([true, true, false, false, false, false]);
  expect(examples).toEqual([
    { index: 0, by: 2, line: 3, key: 'external_id=a' },
    { index: 1, by: 3, line: 4, key: 'email=x@y.z' },
  ]);
});

test('records are counted as the pages count them: without blank and bad lines', async () => {
  const path = await folder.write('users.ndjson', '\n{\n{"external_id":"a"}\n\n{\n{"external_id":"a"}\n');
  const { has, examples } = await superseded(path, true);
  expect([0, 1].map(has)).toEqual([true, false]);
  expect(examples).toEqual([{ index: 0, by: 1, line: 6, key: 'external_id=a' }]);
  await expect(superseded(path)).rejects.toThrow(/line 2: not JSON at column 2$/);
});

test('are those that the pure rule finds', async () => {
  const record = fc.record({
    external_id: fc.constantFrom('a', 'A', 'é', 'e\u0301', '語', '', undefined),
    email: fc.constantFrom('x@y.z', 'X@y.z', 'w@y.z', undefined),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(record, { maxLength: 40 }), async (records) => {
      const path = await folder.write('users.ndjson', lines(records));
      const { count, has } = await superseded(path);
      const expected = supersededIndexes(RUN.start, records);
      expect(records.flatMap((_, i) => (has(i) ? [i] : []))).toEqual(expected);
      expect(count).toBe(expected.length);
    }),
    { numRuns: 60 },
  );
});

test('twenty examples are kept of many', async () => {
  const path = await folder.write('users.ndjson', lines(Array.from({ length: 500 }, (_, i) => user(`${i % 100}`))));
  const { count, examples } = await superseded(path);
  expect(count).toBe(400);
  expect(examples).toHaveLength(20);
});

describe('a file is scanned', () => {
  const old = new Date(Date.now() - 3_600_000);
  /** As if the file had been written an hour ago, so that its digest is kept. */
  async function scans(use: () => Promise<unknown>): Promise<number> {
    const { now } = Date;
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => now() + 3_600_000);
    const spy = jest.spyOn(fs, 'createReadStream');
    await use().finally(() => clock.mockRestore());
    const scanned = spy.mock.calls.filter(([, options]) => (options as { start?: number }).start === 0).length;
    spy.mockRestore();
    return scanned;
  }

  test('once for each content, however often it is asked for, also at the same time', async () => {
    const path = await folder.write('users.ndjson', lines([user('a'), user('a')]));
    expect(await scans(() => Promise.all([superseded(path), superseded(path), superseded(path)]))).toBe(1);
    await utimes(path, old, old);
    expect(await scans(() => superseded(path))).toBe(0);
    await writeFile(path, lines([user('a'), user('b')]));
    expect(await scans(async () => expect((await superseded(path)).count).toBe(0))).toBe(1);
  });

  test('again for other keys, and with bad lines left out', async () => {
    const path = await folder.write('users.ndjson', lines([user('a', '1@y.z'), user('b', '1@y.z')]));
    expect((await superseded(path)).count).toBe(1);
    const byExternalId = {
      ...keys,
      fields: ['external_id' as const],
      keysOf: ({ external_id }: never) => [external_id],
    };
    expect((await supersededInFile(path, false, byExternalId as never)).count).toBe(0);
    expect(await scans(() => superseded(path, true))).toBe(1);
  });

  test('again after a scan that failed', async () => {
    const path = await folder.write('users.ndjson', lines([user('a'), user('a')]));
    let failures = 1;
    const failing = {
      ...keys,
      keysOf: (record: unknown) => {
        if (failures-- > 0) throw new Error('out of memory');
        return keys.keysOf(record);
      },
    };
    await expect(supersededInFile(path, false, failing)).rejects.toThrow('out of memory');
    expect((await supersededInFile(path, false, failing)).count).toBe(1);
  });
});

test('a file that changes during the scan is noticed', async () => {
  const path = await folder.write('users.ndjson', lines([user('a'), user('a')]));
  let changed = false;
  const changing = {
    ...keys,
    keysOf: (record: unknown) => {
      if (!changed) fs.appendFileSync(path, lines([user('b')]));
      changed = true;
      return keys.keysOf(record);
    },
  };
  await expect(supersededInFile(path, false, changing)).rejects.toThrow(/has changed during the run$/);
  expect((await superseded(path)).count).toBe(1);
});

test('a file with too many records is refused, with what to do', async () => {
  const path = await folder.write('users.ndjson', lines([user('a'), user('b'), user('c')]));
  expect((await superseded(path, false, 3)).count).toBe(0);
  await writeFile(path, lines([user('a'), user('b'), user('c'), user('d')]));
  const error = (await failureOf(superseded(path, false, 3))) as unknown as InputProblems;
  expect(error).toBeInstanceOf(InputProblems);
  expect(error.problems).toEqual([
    { field: 'duplicateKeys', problem: expect.stringMatching(/has more than 3 records.*split the file/) as string },
  ]);
});
