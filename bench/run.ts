/** Runs benchmarks and prints their figures, of which none is asserted: `npm run bench -- [name...]`; all without a name. */
import { Argument, InvalidArgumentError, program } from 'commander';
import { bulkCost } from './bulk-cost';
import { bulkMemory } from './bulk-memory';
import { bulkPeers } from './bulk-peers';
import { bulkSlots } from './bulk-slots';
import { bundle } from './bundle';
import { heldWaits } from './held-waits';
import { killedWorker } from './killed-worker';
import { oneJob } from './one-job';
import { runJob } from './run-job';
import { thirtyWaits } from './thirty-waits';
import { throughput } from './throughput';

const benchmarks: Record<string, (options: { seconds: number }) => Promise<void>> = {
  'one-job': oneJob,
  'run-job': runJob,
  'thirty-waits': thirtyWaits,
  'bulk-cost': bulkCost,
  'bulk-peers': bulkPeers,
  'bulk-slots': bulkSlots,
  'bulk-memory': bulkMemory,
  'held-waits': heldWaits,
  'killed-worker': killedWorker,
  throughput,
  bundle,
};

const names = Object.keys(benchmarks);
program
  .addArgument(new Argument('[name...]', 'which to run').choices(names).default(names))
  .option('--seconds <seconds>', 'how long the job of one-job takes', positive, 60)
  .action(async (chosen: string[], options: { seconds: number }) => {
    for (const name of chosen) await benchmarks[name]!(options);
  });

void program.parseAsync();

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('Expected a number above 0.');
  return value;
}
