/** The files that an import leaves when its workflow has ended. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RunZendeskBulkResult } from '../../src/common/bulk-types';
import { writeImportFiles } from '../../src/cli/import-end';
import { importFiles } from '../../src/cli/import-files';

const OPERATION = 'users/create_or_update_many';
const user = (index: number) => ({ name: `User ${index}`, external_id: `crm-${index}` });
/** As a run reports that could not write its sink: two records failed, and a batch is uncertain, of which two records were done. */
const result: RunZendeskBulkResult = {
  total: 10,
  succeeded: 5,
  failed: 2,
  retried: 0,
  superseded: 0,
  jobs: 2,
  failures: [7, 2].map((index) => ({ index, error: 'UserCreateError' })),
  failuresOmitted: 0,
  uncertain: [
    { batch: 2, firstIndex: 8, count: 2, reason: 'unreported', candidates: [] },
    { batch: 1, firstIndex: 0, count: 1, indexes: [4], reason: 'unreported', candidates: [] },
  ],
  uncertainRecords: 3,
  uncertainOmitted: 0,
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'import-end-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function endWith(changes: Partial<RunZendeskBulkResult>, rows?: object[]) {
  const source = path.join(folder, 'users.ndjson');
  writeFileSync(source, Array.from({ length: 10 }, (_, i) => `${JSON.stringify(user(i))}\n`).join(''));
  const files = importFiles(source, OPERATION, '0123456789ab');
  if (rows) writeFileSync(files.rows, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const args = { path: source, skipBadLines: false, version: 'v' };
  const plan = { workflowId: 'w', files, input: { operation: OPERATION, source: { name: 'ndjson', args } } };
  const end = await writeImportFiles(plan, {
    result: { ...result, ...changes },
    progress: null,
    remaining: { ranges: [], fromIndex: null },
    jobIds: ['V3-1'],
    sinkProblem: rows ? undefined : 'ENOSPC: no space left on device',
  });
  return { ...end, records: (file?: string) => (file && existsSync(file) ? linesOf(file) : undefined) };
}

const linesOf = (file: string) =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as object);

test('failed and uncertain records come from the source where the worker could not write its rows', async () => {
  const { files, notes, records } = await endWith({});
  expect(records(files.failed)).toEqual([user(2), user(7)]);
  expect(records(files.uncertain)).toEqual([user(4), user(8), user(9)]);
  expect(files.rows).toBeUndefined();
  const text = notes.join('\n');
  expect(text).toMatch(/could not write .*rows\.ndjson: ENOSPC.*rows\.ndjson\.parts-\*/);
  expect(text).toMatch(/not reported when it ended .*may still run, or their rows could not be written\): V3-1/);
  expect(text).not.toMatch(/Why they failed|Not in these files/);
});

test('records that the result had no room for are counted', async () => {
  const { notes } = await endWith({ failuresOmitted: 3, uncertainOmitted: 1 });
  expect(notes).toContain('Not in these files: 3 failed records, and the records of 1 uncertain batches');
});

test('the rows of the worker count, where there are rows', async () => {
  const rows = [
    { index: 1, result: 'failed', item: user(1) },
    { index: 3, result: 'uncertain', item: user(3) },
  ];
  const { files, notes, records } = await endWith({}, rows);
  expect(records(files.failed)).toEqual([user(1)]);
  expect(records(files.uncertain)).toEqual([user(3)]);
  expect(notes).toContain(`Why they failed, or are uncertain: ${files.rows}`);
});
