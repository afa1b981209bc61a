import type { Command } from 'commander';
import { withTemporal } from './connection';
import { follow, withInterrupt } from './follow';
import { jsonOption } from './options';
import { printResult } from './outcome-view';
import { progressView } from './progress-view';

export function addWatchCommand(program: Command): void {
  program
    .command('watch')
    .description('attach to a workflow of this package that runs or has ended, and print its outcome')
    .argument('<workflowId>')
    .addOption(jsonOption())
    .action(watch);
}

async function watch(workflowId: string, { json = false }: { json?: boolean }): Promise<void> {
  const result = await withTemporal((temporal) =>
    withInterrupt((signal) => follow(temporal, workflowId, progressView({ json }), signal)),
  );
  printResult(result, json);
}
