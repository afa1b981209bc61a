/** What the tests of sources and sinks share. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ApplicationFailure } from '@temporalio/common';
import type { BulkRow, BulkRun } from '../../../../src/common/bulk';

export const RUN: BulkRun = {
  account: 'default',
  start: { operation: 'users/create_or_update_many' },
  source: { name: 'own' },
  duplicateKeys: 'allow',
  runId: 'run-1',
};

export const users = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => ({ name: `Ann ${from + i}`, external_id: `crm-${from + i}` }));

export const row = (index: number, fields: Partial<BulkRow> = {}): BulkRow => {
  return { index, result: 'succeeded', item: { external_id: `crm-${index}` }, ...fields };
};

/** What an activity or a function fails with. */
export async function failureOf(failing: Promise<unknown>): Promise<ApplicationFailure> {
  return await failing.then(
    (result) => {
      throw new Error(`expected a failure, got ${JSON.stringify(result)}`);
    },
    (error: ApplicationFailure) => error,
  );
}

/** A folder for the tests of a file, empty before each. */
export function temporaryFolder(): {
  path(...names: string[]): string;
  write(name: string, text: string | Buffer): Promise<string>;
} {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'bulk-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });
  const inFolder = (...names: string[]) => path.join(folder, ...names);
  return {
    path: inFolder,
    async write(name, text) {
      await writeFile(inFolder(name), text);
      return inFolder(name);
    },
  };
}
