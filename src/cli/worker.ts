import type { Command } from 'commander';

export function addWorkerCommand(program: Command): void {
  program
    .command('worker')
    .description('run a worker until SIGTERM, as `npm start` does; configured by TEMPORAL_* and ZENDESK_* variables')
    .action(worker);
}

async function worker(): Promise<void> {
  // Loaded here: its native part takes longer to load than the other commands take to run.
  const { runWorker } = await import('../worker.js');
  await runWorker();
}
