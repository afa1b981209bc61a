/** What this package adds to the workflow bundle of its users: bytes of code. Of the built package: run `npm run build` first. */
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { printTable, rounded } from './support/table';
import { versions } from './support/versions';

const FILES = {
  'without this package': 'plain',
  'with temporal-zendesk-jobs/workflows': 'with-workflows',
  'with temporal-zendesk-jobs/workflow': 'with-helpers',
};

export async function bundle(): Promise<void> {
  const sizes: [string, number][] = [];
  for (const [name, file] of Object.entries(FILES)) sizes.push([name, await codeBytes(file)]);
  const plain = sizes[0]![1];
  printTable(
    "bundle: code of a user's workflow bundle, source map apart",
    versions(),
    sizes.map(([name, bytes]) => ({
      'workflow file': name,
      'KB of code': rounded(bytes / 1000, 1),
      'KB added': rounded((bytes - plain) / 1000, 1),
      'times the first': rounded(bytes / plain, 3),
    })),
  );
}

async function codeBytes(file: string): Promise<number> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: path.join(__dirname, 'bundled', `${file}.ts`),
    logger: new DefaultLogger('WARN'),
  });
  // Files in the bundle may have such a comment of their own, naming a file.
  return Buffer.byteLength(code.replace(/^\/\/# sourceMappingURL=data:.*$/m, ''));
}
